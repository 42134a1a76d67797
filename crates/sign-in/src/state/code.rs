//! A code that is asked, and what was typed for it.

use crate::challenge::{AskedCode, CodeRefusal};
use parvis_protocol::{clock::UnixMillis, encoding::same_secret, normalise};
use secrecy::{ExposeSecret, SecretString};

/// A code that is asked, and what was typed for it.
#[derive(Debug)]
pub(crate) struct CodeEntry {
    pub(crate) step: AskedCode,
    /// When the code was asked for, by this PC's clock.
    pub(crate) asked_at: UnixMillis,
    pub(crate) problem: Option<CodeProblemHere>,
    pub(crate) sends: u32,
    /// The code that is being checked.
    tried: Option<SecretString>,
    /// The code that was refused last, for this challenge.
    refused: Option<SecretString>,
}

/// Why a code was refused: by the portal, or here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeProblemHere {
    /// By the portal.
    Portal(CodeRefusal),
    /// Not a code of this length.
    NotACode,
    /// This very code was refused a moment ago.
    SameCodeAgain,
}

impl CodeEntry {
    /// The code as the portal has just asked it, after so many sends, and after the entry before it.
    pub(super) fn asked(step: AskedCode, sends: u32, sent: bool, before: Option<Self>) -> Self {
        let sent = sent && !matches!(step.problem, Some(CodeRefusal::SendRefused(_)));
        let rejected = step.problem == Some(CodeRefusal::Rejected);
        let (mut asked_at, mut refused, mut tried) = (step.said_at, None, None);
        if let Some(before) = before {
            tried = before.tried;
            if before.step.challenge_id == step.challenge_id {
                refused = before.refused;
                asked_at = if sent { asked_at } else { before.asked_at };
            }
        }
        Self {
            asked_at,
            problem: step.problem.map(CodeProblemHere::Portal),
            sends: (sends + u32::from(sent)).max(1),
            tried: None,
            refused: if rejected { tried } else { refused },
            step,
        }
    }

    /// Takes what was typed, if it can be the code; otherwise says why not, and nothing is sent. `again`: the answer to the
    /// same code was lost, which makes it another try of the same.
    pub(super) fn take(&mut self, typed: &SecretString, again: bool) -> Option<SecretString> {
        let length = usize::try_from(self.step.length).unwrap_or(usize::MAX);
        let code = normalise::code(typed.expose_secret(), length);
        let was_refused = |code: &str| {
            self.refused.as_ref().is_some_and(|refused| same_secret(refused.expose_secret(), code))
        };
        self.problem = match &code {
            None => Some(CodeProblemHere::NotACode),
            Some(code) if !again && was_refused(code) => Some(CodeProblemHere::SameCodeAgain),
            Some(_) => None,
        };
        let code = SecretString::from(code.filter(|_| self.problem.is_none())?);
        self.tried = Some(code.clone());
        Some(code)
    }

    /// What became of the message, as the portal has just said; everything else waits for the person's next answer.
    pub(super) fn polled(&mut self, said: AskedCode) {
        let step = &mut self.step;
        if step.challenge_id == said.challenge_id {
            step.delivery = said.delivery;
            step.expires = said.expires;
            step.resend = said.resend;
            step.sends_remaining = said.sends_remaining;
            step.attempts_remaining = said.attempts_remaining;
            step.methods = said.methods;
        }
    }
}

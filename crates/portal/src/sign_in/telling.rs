//! What a client is told of a sign-in under way: its next step, and what was wrong with the last answer.

use crate::{
    Fault, Portal,
    account::Account,
    auth_session::{self, AuthSession, IDLE},
    clock::{duration, seconds},
    codes::{self, Challenge},
    message, sends,
    store::Connection,
    tries,
};
use parvis_portal_profile::MethodId;
use parvis_protocol::{
    clock::UnixMillis,
    error::Problem,
    message::{ChallengeError, MethodChoice, Next, Otp, SelectMethod, SupportContact},
};

/// Problems that a repeat tells again.
const NOTED: [(Problem, &str); 5] = [
    (Problem::CredentialsRejected, "credentials_rejected"),
    (Problem::CodeRejected, "code_rejected"),
    (Problem::CodeExpired, "code_expired"),
    (Problem::MethodBlocked, "method_blocked"),
    (Problem::SendRefused, "send_refused"),
];

fn noted_as(problem: Problem) -> Option<&'static str> {
    NOTED.into_iter().find(|(noted, _)| *noted == problem).map(|(_, word)| word)
}

/// Trust needs a factor of one's own, and a sign-in that is one.
pub(super) fn can_be_remembered(session: &AuthSession, method: MethodId) -> bool {
    method != MethodId::RecoveryCode && session.step_up_grant.is_none()
}

impl Portal {
    /// Notes the state for repeats and polls, and describes it.
    #[expect(clippy::too_many_arguments, reason = "one question, all of what it says")]
    pub(crate) async fn describe(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        challenge: Option<&Challenge>,
        problem: Option<Problem>,
        until: Option<UnixMillis>,
        now: UnixMillis,
    ) -> Result<ChallengeError, Fault> {
        let word = problem.and_then(noted_as);
        auth_session::note(tx, session, challenge.map(|challenge| challenge.id.as_str()), word, until)
            .await?;
        let mut noted = session.clone();
        noted.challenge_id = challenge.map(|challenge| challenge.id.clone());
        noted.last_problem = word.map(ToOwned::to_owned);
        noted.last_until = until;
        self.state_of(tx, &noted, account, now).await
    }

    /// The answer that the state of a sign-in under way gives.
    pub(crate) async fn state_of(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        now: UnixMillis,
    ) -> Result<ChallengeError, Fault> {
        let mut methods = Vec::new();
        for method in self.usable_methods(account) {
            let factor = tries::factor(tx, &account.subject, method).await?;
            let room = if method.is_sent() {
                Some(sends::room(self, tx, &account.subject, method, &factor, now).await?)
            } else {
                None
            };
            methods.push(MethodChoice {
                id: method.as_str().to_owned(),
                hint: account.hint(method),
                blocked_until: factor.blocked_until(now).map(seconds),
                sends_remaining: room.as_ref().map(|room| room.remaining),
                last_send_blocks: room.as_ref().is_some_and(|room| room.last_blocks),
            });
        }
        let trust = self.profile.trust.filter(|_| session.step_up_grant.is_none());
        let can_remember = trust.is_some();
        let remember_max_age = trust.map(|rules| rules.max_age_s);
        let challenge = match &session.challenge_id {
            Some(id) => codes::find(tx, id, &session.subject, &session.device_id, session.purpose()).await?,
            None => None,
        };
        let next = match challenge {
            Some(challenge) => {
                let method = challenge.method();
                let factor = tries::factor(tx, &account.subject, method).await?;
                let mut otp = Otp {
                    method: method.as_str().to_owned(),
                    length: codes::length(self, method),
                    // A code that is not sent has no validity of its own: the sign-in under way has.
                    expires_in: duration(IDLE),
                    resend_after: 0,
                    sends_remaining: None,
                    attempts_remaining: Some(factor.tries_left(self)),
                    delivery: None,
                    hint: account.hint(method),
                    challenge_id: challenge.id,
                    methods,
                    can_remember: can_remember && can_be_remembered(session, method),
                    remember_max_age,
                };
                if method.is_sent() {
                    let room = sends::room(self, tx, &account.subject, method, &factor, now).await?;
                    otp.expires_in = duration(challenge.expires_at - now);
                    otp.resend_after = duration(room.possible_at - now + 999);
                    otp.sends_remaining = Some(room.remaining);
                    otp.delivery = Some(message::delivery(tx, &otp.challenge_id).await?);
                }
                Next::Otp(otp)
            }
            None if session.awaits_password() => Next::Password { roles: None },
            None => Next::SelectMethod(SelectMethod {
                expires_in: duration(IDLE),
                methods,
                preferred: Some(self.profile.second_factor.preferred.as_str().to_owned()),
                can_remember,
                remember_max_age,
            }),
        };
        let mut answer = ChallengeError::next(next);
        answer.problem = session
            .last_problem
            .as_deref()
            .and_then(|word| NOTED.into_iter().find(|(_, noted)| *noted == word))
            .map(|(problem, _)| problem)
            .or(session.trust_ended().map(|_| Problem::TrustEnded));
        // Beside another problem the reason still tells why a code is asked at all.
        answer.reason = session.trust_ended();
        answer.until = session.last_until.map(seconds);
        Ok(answer)
    }

    /// Only after the right password (ACC-12).
    pub(crate) fn contact_support(&self, account: &Account) -> ChallengeError {
        let mut answer = ChallengeError::next(Next::ContactSupport);
        answer.problem = account.blocked_at.map(|_| Problem::AccountBlocked);
        answer.since = account.blocked_at.map(seconds);
        answer.cause = account.block_cause();
        answer.support = Some(SupportContact {
            email: self.profile.support.email.clone(),
            phone: self.profile.support.phone.clone(),
            reference: account.block_reference.clone(),
        });
        answer
    }
}

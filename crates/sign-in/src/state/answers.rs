//! What the person answers.

use super::{AtPassword, Effect, SignIn, State, registration, space};
use crate::{
    challenge::{Identifier, Question},
    registration::{Question as RegistrationQuestion, Resend},
    request::Request,
    view::{Answer, Busy, FailureCode},
};
use parvis_protocol::encoding::same_secret;
use secrecy::ExposeSecret;
use std::mem;

pub(super) fn on_answer(state: &mut State, answer: Answer) -> Vec<Effect> {
    let has_session = state.session().is_some();
    match answer {
        Answer::DismissFailure => {
            state.failure = None;
            // A password is not kept for longer than it is needed; nothing tells the portal that two are one.
            state.lost.take_if(|lost| {
                matches!(
                    lost,
                    Request::Password { .. }
                        | Request::StepUpComplete { .. }
                        | Request::Register { question: RegistrationQuestion::Form(_), .. }
                )
            });
            if let SignIn::Password(step) = &mut state.sign_in {
                step.right_password = None;
            }
            return Vec::new();
        }
        Answer::StaySignedIn => return Vec::new(),
        // These two leave a step even while it is busy; a session is left by signing out only.
        Answer::ChangePortal if !has_session => return state.go(SignIn::SignedOut { notice: None }),
        Answer::Restart if !has_session => {
            let place = state.sign_in.place().map(|(at, identifier)| (at.clone(), identifier));
            if let Some((at, identifier)) = place {
                return state.enter(at, identifier);
            }
        }
        // Whoever goes does not wait for a list that is being changed.
        Answer::SignOut | Answer::Leave if state.busy() == Some(Busy::Saving) => {
            return on_session_answer(state, answer).unwrap_or_default();
        }
        Answer::CancelStepUp if space::cancel_busy_step_up(state) => return Vec::new(),
        // A second click while the first is under way.
        _ if state.busy.is_some() => return Vec::new(),
        Answer::Retry if state.failure.as_ref().is_some_and(|shown| shown.can_retry) => return retry(state),
        Answer::ChoosePortal { portal } if !has_session => {
            return state.run(Busy::Connecting, Request::Connect { portal });
        }
        Answer::Password { identifier, password } => {
            if let SignIn::Revoked { at } = &state.sign_in {
                let at = at.clone();
                state.enter(at, Identifier::default());
            }
            if let SignIn::Password(step) = &mut state.sign_in {
                let identifier = Identifier(identifier);
                (step.problem, step.notice, step.right_password) = (None, None, None);
                step.identifier.clone_from(&identifier);
                let (at, role) = (step.at.clone(), step.role.clone());
                return state
                    .run(Busy::CheckingPassword, Request::Password { at, role, identifier, password });
            }
        }
        Answer::ChooseEntrance { role } => {
            if let Some(effects) = choose_entrance(state, role) {
                return effects;
            }
        }
        Answer::ChangeEntrance => {
            if let SignIn::Password(step) = &state.sign_in
                && step.at.only_role().is_none()
            {
                let (at, identifier) = (step.at.clone(), step.identifier.clone());
                return state.go(SignIn::ChooseEntrance { at, identifier });
            }
        }
        Answer::ForgottenPassword { identifier } => {
            let at = match &state.sign_in {
                SignIn::Password(step) => Some(step.at.clone()),
                SignIn::Revoked { at } => Some(at.clone()),
                _ => None,
            };
            if let Some(at) = at {
                let identifier = Identifier(identifier);
                return state.go(SignIn::Forgotten { at, identifier, asked_at: None });
            }
        }
        Answer::RequestRecovery { identifier } => {
            if let SignIn::Forgotten { at, identifier: here, .. } = &mut state.sign_in {
                *here = Identifier(identifier);
                let (at, identifier) = (at.clone(), here.clone());
                return state.run(Busy::RequestingLink, Request::Recovery { at, identifier });
            }
        }
        Answer::OpenBrowser => {
            if let SignIn::Browser { address: Some(address), .. } = &state.sign_in {
                return vec![Effect::OpenBrowser(address.clone())];
            }
        }
        // « Mon espace », and the fresh proof that is asked over it.
        Answer::Show { .. }
        | Answer::OpenPages
        | Answer::ChangePassword { .. }
        | Answer::ChangeContact { .. }
        | Answer::ResendContact
        | Answer::ProveContact { .. }
        | Answer::CancelContact
        | Answer::SetUpAuthenticator
        | Answer::ConfirmAuthenticator { .. }
        | Answer::RemoveAuthenticator
        | Answer::NewRecoveryCodes
        | Answer::AcceptRecoveryCodes
        | Answer::EndSession { .. }
        | Answer::SignOutOthers
        | Answer::InviteDelegate { .. }
        | Answer::RemoveDelegate { .. }
        | Answer::StepUpPassword { .. }
        | Answer::CancelStepUp => {
            if let Some(effects) = space::on_answer(state, answer) {
                return effects;
            }
        }
        Answer::Register if !has_session => {
            if let Some(effects) = registration::begin(state) {
                return effects;
            }
        }
        Answer::SubmitRegistration { .. }
        | Answer::EditRegistration
        | Answer::AcceptConsent { .. }
        | Answer::ResendActivation
        | Answer::SignInNow
        | Answer::ReturnToPage => {
            if let Some(effects) = registration::on_answer(state, answer) {
                return effects;
            }
        }
        Answer::SendCode { .. } | Answer::Code { .. } | Answer::PollDelivery
            if matches!(state.sign_in, SignIn::Registering(_)) =>
        {
            if let Some(effects) = registration::on_answer(state, answer) {
                return effects;
            }
        }
        Answer::SendCode { .. } | Answer::Code { .. } | Answer::PollDelivery if has_session => {
            if let Some(effects) = space::on_answer(state, answer) {
                return effects;
            }
        }
        Answer::SendCode { .. } | Answer::Code { .. } | Answer::PollDelivery => {
            if let Some(effects) = on_code_answer(state, answer) {
                return effects;
            }
        }
        Answer::AcceptReceipt | Answer::SignOut | Answer::Leave | Answer::ForgetDevice { .. } => {
            if let Some(effects) = on_session_answer(state, answer) {
                return effects;
            }
        }
        Answer::ChangePortal
        | Answer::Restart
        | Answer::ChoosePortal { .. }
        | Answer::Retry
        | Answer::Register => {}
    }
    state.say(FailureCode::OutOfStep, "the answer does not belong to this screen");
    Vec::new()
}

/// Enters by this entrance, with what was typed; `None` where there is no such choice.
fn choose_entrance(state: &mut State, role: String) -> Option<Vec<Effect>> {
    let (at, identifier, password) = match &mut state.sign_in {
        SignIn::ChooseEntrance { at, identifier } => (at.clone(), identifier.clone(), None),
        SignIn::Password(step) => {
            let password = step.right_password.take().map(|(password, _)| password);
            (step.at.clone(), step.identifier.clone(), password)
        }
        _ => return None,
    };
    at.role(&role)?;
    state.last_entrances.insert(at.portal.id.clone(), role.clone());
    state.go(SignIn::Password(AtPassword::at(at.clone(), role.clone(), identifier.clone())));
    Some(match password {
        Some(password) => {
            state.run(Busy::CheckingPassword, Request::Password { at, role, identifier, password })
        }
        None => Vec::new(),
    })
}

/// Answers to the second factor; `None` if none is asked.
fn on_code_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let (flow, auth_session) = match &state.sign_in {
        SignIn::SelectMethod(step) => (step.flow.clone(), step.auth_session.clone()),
        SignIn::Code(step) => (step.flow.clone(), step.auth_session.clone()),
        _ => return None,
    };
    let ask = |question| Request::Challenge {
        flow: flow.clone(),
        auth_session: auth_session.clone(),
        question,
        repeat: None,
    };
    match (answer, &mut state.sign_in) {
        (Answer::SendCode { method }, _) => {
            let same_again = |request: &Request| match request {
                Request::Complete { .. } => true,
                Request::Challenge { question: Question::Send(lost), .. } => *lost == method,
                _ => false,
            };
            if state.lost.as_ref().is_some_and(same_again) {
                return Some(retry(state));
            }
            Some(state.run(Busy::SendingCode, ask(Question::Send(method))))
        }
        (Answer::PollDelivery, SignIn::Code(step)) => {
            let challenge_id = step.entry.step.challenge_id.clone();
            Some(vec![Effect::Poll { flow, auth_session, challenge_id }])
        }
        (Answer::Code { code, remember }, SignIn::Code(step)) => {
            let lost = state.lost.take();
            let Some(code) = step.entry.take(&code, lost.is_some()) else {
                // Nothing was sent: what was lost can still be asked for.
                state.lost = lost;
                state.failure = None;
                return Some(Vec::new());
            };
            let same_again = |request: &Request| match request {
                // The steps were done when the answer was lost: there is no code to check any more.
                Request::Complete { .. } => true,
                Request::Challenge { question: Question::Code { code: lost, .. }, .. } => {
                    same_secret(lost.expose_secret(), code.expose_secret())
                }
                _ => false,
            };
            if lost.as_ref().is_some_and(same_again) {
                state.lost = lost;
                return Some(retry(state));
            }
            let challenge_id = step.entry.step.challenge_id.clone();
            let remember = remember && step.entry.step.remember.is_some();
            Some(state.run(Busy::CheckingCode, ask(Question::Code { challenge_id, code, remember })))
        }
        _ => None,
    }
}

/// Answers of the person who is signed in; `None` if nobody is.
fn on_session_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let session = state.session()?.clone();
    match (answer, &mut state.sign_in) {
        (Answer::SignOut, _) => Some(state.run(Busy::SigningOut, Request::SignOut { session })),
        (Answer::Leave, _) => Some(state.run(Busy::Leaving, Request::Leave { session })),
        (Answer::AcceptReceipt, _) => {
            let before = mem::replace(&mut state.sign_in, SignIn::SignedOut { notice: None });
            match before {
                SignIn::Handover { signed_in, .. } => state.sign_in = SignIn::SignedIn(signed_in),
                other => {
                    state.sign_in = other;
                    return None;
                }
            }
            Some(Vec::new())
        }
        (Answer::ForgetDevice { id }, SignIn::SignedIn(signed_in)) => {
            let devices = signed_in.account.iter().flat_map(|account| &account.devices);
            let device = devices.into_iter().find(|device| device.id == id)?;
            let current = device.current;
            signed_in.notice = None;
            Some(state.run(Busy::Saving, Request::ForgetDevice { session, id, current }))
        }
        _ => None,
    }
}

/// The same request again, as the same: a lost answer costs nobody an attempt.
pub(super) fn retry(state: &mut State) -> Vec<Effect> {
    match state.lost.take() {
        Some(request) => {
            let what = busy_of(&request);
            state.run(what, request)
        }
        None => space::read_list_again(state),
    }
}

/// What is under way with it.
pub(super) const fn busy_of(request: &Request) -> Busy {
    match request {
        Request::Connect { .. } | Request::FollowLink { .. } => Busy::Connecting,
        Request::Register { question, .. } => match question {
            RegistrationQuestion::Code { .. } => Busy::CheckingCode,
            RegistrationQuestion::Resend(Resend::Code(_)) => Busy::SendingCode,
            RegistrationQuestion::Resend(Resend::Activation) => Busy::RequestingLink,
            RegistrationQuestion::Link(_)
            | RegistrationQuestion::Form(_)
            | RegistrationQuestion::Accept(_) => Busy::Registering,
        },
        Request::Password { .. } | Request::StepUp { question: Question::StepUpPassword { .. }, .. } => {
            Busy::CheckingPassword
        }
        Request::Challenge { question: Question::Send(_), .. }
        | Request::StepUp { question: Question::Send(_), .. } => Busy::SendingCode,
        Request::Challenge { .. } | Request::StepUp { .. } => Busy::CheckingCode,
        Request::Complete { .. } | Request::StepUpComplete { .. } => Busy::Completing,
        Request::SignOut { .. } => Busy::SigningOut,
        Request::Leave { .. } => Busy::Leaving,
        Request::ForgetDevice { .. } | Request::Change { .. } => Busy::Saving,
        Request::OpenPages { .. } => Busy::OpeningPages,
        Request::Recovery { .. } => Busy::RequestingLink,
    }
}

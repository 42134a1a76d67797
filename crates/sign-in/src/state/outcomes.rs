//! What comes back: from the portal, from the keyring, from the operating system.

use super::{
    AtCode, AtMethod, AtPassword, CodeEntry, Effect, EndCause, RegistrationStep, Shown, SignIn, SignedIn,
    State, StepUp, StepUpStep, registration, space,
};
use crate::{
    account::Account,
    challenge::{Asked, AskedCode, AskedMethod, Flow, Identifier},
    entrance::Entrance,
    request::{Completed, Outcome, Refused, Request},
    tokens::Session,
    view::{Busy, FailureCode, Notice, PasswordProblem, TrustState},
};
use std::{mem, sync::Arc, time::Duration};
use tokio::time::Instant;

/// A right password waits so long for its entrance, whatever else the person does.
const PASSWORD_KEPT: Duration = Duration::from_mins(1);

pub(super) fn on_outcome(state: &mut State, outcome: Outcome, at: Instant) -> Vec<Effect> {
    match outcome {
        Outcome::Connected(entrance) => state.enter(entrance, Identifier::default()),
        Outcome::LinkFollowed { at, token } => registration::on_followed(state, at, token),
        Outcome::LinkIgnored => Vec::new(),
        Outcome::Registration { flow, answered, resent } => {
            registration::on_answered(state, flow, *answered, resent, at)
        }
        Outcome::WrongEntrance { at: entrance, role, identifier, password, entrances } => {
            state.go(SignIn::Password(AtPassword {
                problem: Some(PasswordProblem::WrongRole { entrances }),
                right_password: Some((password, at + PASSWORD_KEPT)),
                ..AtPassword::at(entrance, role, identifier)
            }))
        }
        Outcome::RecoveryAsked { at: when } => {
            if let SignIn::Forgotten { asked_at, .. } = &mut state.sign_in {
                *asked_at = Some(when);
            }
            Vec::new()
        }
        Outcome::Asked { flow, asked, sent, asked_for_trust, device } => match *asked {
            Asked::Authorized { authorization_code } => state.run(
                Busy::Completing,
                Request::Complete { flow, authorization_code, asked_for_trust, device, request_id: None },
            ),
            step => on_step(state, &flow, step, sent),
        },
        Outcome::Completed(completed) => {
            let Completed { session, settled } = *completed;
            let notice = settled.notice;
            let signed_in = Box::new(SignedIn::new(session.clone(), settled.trust, notice));
            state.go(match settled.receipt {
                Some(receipt) => SignIn::Handover { signed_in, receipt },
                None => SignIn::SignedIn(signed_in),
            });
            state.failure =
                settled.warning.map(|trouble| Shown { trouble, retry_at: None, can_retry: false });
            vec![Effect::Load(session)]
        }
        Outcome::SignedOut { confirmed } => {
            let trust_until = match &state.sign_in {
                SignIn::SignedIn(signed_in) | SignIn::Handover { signed_in, .. } => match signed_in.trust {
                    TrustState::Until { at } => Some(at),
                    TrustState::None { .. } => None,
                },
                _ => None,
            };
            let notice = if confirmed { Notice::SignedOut { trust_until } } else { Notice::EndPending };
            state.go(SignIn::SignedOut { notice: Some(notice) })
        }
        Outcome::Left { wiped, confirmed } => match state.sign_in.place().map(|(at, _)| at.clone()) {
            Some(at) => state.go(SignIn::Left { at, wiped, confirmed }),
            None => Vec::new(),
        },
        Outcome::Changed { done, at } => space::on_done(state, done, at),
        Outcome::ChangeRefused { wrong } => space::on_refused(state, wrong, at),
        Outcome::StepUpAsked { flow, asked, wanted, sent } => {
            space::on_step_up(state, &flow, *asked, wanted, sent)
        }
        Outcome::PagesOpened(opened) => {
            if let SignIn::SignedIn(signed_in) = &mut state.sign_in {
                signed_in.notice = (!opened).then_some(Notice::PagesNotOpened);
            }
            Vec::new()
        }
        Outcome::Forgotten { devices, current } => {
            if let SignIn::SignedIn(signed_in) = &mut state.sign_in {
                if let (Some(account), Some(devices)) = (&mut signed_in.account, devices) {
                    account.devices = devices;
                }
                if current {
                    let code_due = signed_in.account.as_ref().is_none_or(|account| account.card.code_due);
                    signed_in.trust = TrustState::None { code_due };
                    signed_in.notice = Some(Notice::TrustForgotten);
                }
            }
            Vec::new()
        }
    }
}

/// The portal asks something of the person.
fn on_step(state: &mut State, flow: &Arc<Flow>, asked: Asked, sent: bool) -> Vec<Effect> {
    let before = mem::replace(&mut state.sign_in, SignIn::SignedOut { notice: None });
    let (old_session, ended_before, sends, old_entry) = match before {
        SignIn::SelectMethod(step) => (Some(step.auth_session), step.trust_ended, step.sends, None),
        SignIn::Code(step) => (Some(step.auth_session), step.trust_ended, step.entry.sends, Some(step.entry)),
        _ => (None, None, 0, None),
    };
    let at = flow.entrance.clone();
    let identifier = flow.identifier.clone();
    let place = match asked {
        Asked::Password { problem, .. } => {
            SignIn::Password(AtPassword { problem, ..AtPassword::at(at, flow.role.clone(), identifier) })
        }
        Asked::Method(step) => {
            let AskedMethod { auth_session, methods, preferred, trust_ended, problem } = step;
            match auth_session.or(old_session) {
                Some(auth_session) => SignIn::SelectMethod(AtMethod {
                    flow: flow.clone(),
                    auth_session,
                    methods,
                    preferred,
                    trust_ended: trust_ended.or(ended_before),
                    problem,
                    sends,
                }),
                None => return without_session(state, at, identifier),
            }
        }
        Asked::Code(mut step) => match step.auth_session.take().or(old_session) {
            Some(auth_session) => {
                let trust_ended = step.trust_ended.or(ended_before);
                let entry = CodeEntry::asked(step, sends, sent, old_entry);
                SignIn::Code(AtCode { flow: flow.clone(), auth_session, trust_ended, entry })
            }
            None => return without_session(state, at, identifier),
        },
        Asked::Blocked { since, until, cause, support } => {
            SignIn::Blocked { at, since, until, cause, support }
        }
        Asked::Activation { hint } => SignIn::ActivationDue { at, identifier, hint },
        Asked::Browser { address } => SignIn::Browser { at, address },
        // Completed by the caller.
        Asked::Authorized { .. } => SignIn::Password(AtPassword::at(at, flow.role.clone(), identifier)),
    };
    state.go(place)
}

fn without_session(state: &mut State, at: Arc<Entrance>, identifier: Identifier) -> Vec<Effect> {
    state.enter(at, identifier);
    state.say(FailureCode::UnexpectedAnswer, "a step of a sign-in without its auth_session");
    Vec::new()
}

pub(super) fn on_refused(state: &mut State, busy: Busy, refused: Refused, at: Instant) -> Vec<Effect> {
    let Refused { trouble, retry } = refused;
    let place = state.sign_in.place().map(|(at, identifier)| (at.clone(), identifier));
    let has_session = state.session().is_some();
    let mid_way = matches!(state.sign_in, SignIn::SelectMethod(_) | SignIn::Code(_));
    match (trouble.code, place) {
        (FailureCode::SignedOutByPortal, Some((at, _))) if has_session => {
            return state.go(SignIn::Revoked { at });
        }
        // What cannot be repeated cannot be gone on with, either: from the password again.
        (_, Some((at, identifier))) if mid_way && retry.is_none() => {
            state.enter(at, identifier);
        }
        _ => {}
    }
    if let (SignIn::Registering(registering), None) = (&mut state.sign_in, &retry) {
        registering.give_up();
    }
    // Nor a fresh proof: its screen keeps what was typed, and asks for a new one with it.
    if let (SignIn::SignedIn(signed_in), None) = (&mut state.sign_in, &retry) {
        signed_in.step_up = None;
    }
    let retry_at = trouble.retry_after.map(|after| at + after);
    state.failure = Some(Shown { trouble, retry_at, can_retry: retry.is_some() });
    state.lost = retry;
    match &state.sign_in {
        // The portal may have made a change whose answer was lost: what is shown is what it holds.
        SignIn::SignedIn(signed_in) if matches!(busy, Busy::Saving | Busy::Completing) => {
            let mut effects = vec![Effect::Load(signed_in.session.clone())];
            effects.extend(space::read_list(signed_in));
            effects
        }
        _ => Vec::new(),
    }
}

/// What became of a message.
pub(super) fn on_polled(state: &mut State, said: AskedCode) -> Vec<Effect> {
    let entry = match &mut state.sign_in {
        SignIn::Code(step) => &mut step.entry,
        SignIn::Registering(registering) => match &mut registering.step {
            RegistrationStep::Code { entry, .. } => entry,
            _ => return Vec::new(),
        },
        SignIn::SignedIn(signed_in) => match &mut signed_in.step_up {
            Some(StepUp { step: StepUpStep::Code(step), .. }) => &mut step.entry,
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    if state.busy.is_none() {
        entry.polled(said);
    }
    Vec::new()
}

pub(super) fn on_loaded(state: &mut State, session: &Arc<Session>, account: Account) -> Vec<Effect> {
    if let SignIn::SignedIn(signed_in) | SignIn::Handover { signed_in, .. } = &mut state.sign_in
        && Arc::ptr_eq(&signed_in.session, session)
    {
        if let TrustState::None { code_due } = &mut signed_in.trust {
            *code_due = account.card.code_due;
        }
        signed_in.account = Some(account);
    }
    Vec::new()
}

pub(super) fn on_revoked(state: &mut State, session: &Arc<Session>) -> Vec<Effect> {
    let ours = state.session().is_some_and(|ours| Arc::ptr_eq(ours, session));
    // A sign-out or a leave that is under way says more than that the session is over.
    let ending = matches!(state.busy(), Some(Busy::SigningOut | Busy::Leaving));
    match state.sign_in.place() {
        Some((at, _)) if ours && !ending => {
            let at = at.clone();
            state.go(SignIn::Revoked { at })
        }
        _ => Vec::new(),
    }
}

pub(super) fn on_end(state: &mut State, cause: EndCause) -> Vec<Effect> {
    if matches!(state.busy(), Some(Busy::SigningOut | Busy::Leaving)) {
        return Vec::new();
    }
    // Whoever comes next is somebody else.
    state.link = None;
    let notice = match cause {
        EndCause::Sleep => Some(Notice::SignedOutBySleep),
        EndCause::Inactivity => Some(Notice::SignedOutByInactivity),
        EndCause::Quit => None,
    };
    if let Some(session) = state.session().cloned() {
        state.go(SignIn::SignedOut { notice });
        return vec![Effect::End(session)];
    }
    match &state.sign_in {
        SignIn::SignedOut { .. } | SignIn::Left { .. } => Vec::new(),
        // Half a sign-in shows what was typed and masked addresses, and its codes wait for somebody else. The window drops
        // what was typed when another screen comes.
        _ => state.go(SignIn::SignedOut { notice: None }),
    }
}

//! The transition function on its own: whatever comes in whatever order, INV-10 holds and no session is lost.

use super::scripted;
use crate::{
    account::{Account, Card},
    challenge::{Asked, AskedCode, AskedMethod, Choice, Flow, Identifier, Question, Repeat},
    entrance::{Endpoints, Entrance},
    failure::Trouble,
    handover::Settled,
    link::RegistrationLink,
    portals::Portal,
    registration::{self, Answered, Reached, RegistrationFlow},
    request::{Completed, Outcome, Refused, Request},
    space::{Done, Wrong},
    state::{Effect, EndCause, Event, Registering, RegistrationStep, SignIn, State, next},
    tokens::Session,
    view::{
        Answer, AuthenticatorState, Busy, ContactField, Delivery, FailureCode, FieldProblem, MethodId,
        Notice, Place, Receipt, Texts, TrustState, TrustedWorkstation,
    },
};
use parvis_portal_profile::PublicProfile;
use parvis_protocol::entropy::SeededEntropy;
use proptest::prelude::*;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::Instant;
use url::Url;

fn entrance() -> Arc<Entrance> {
    let url = || Url::parse("https://portal.example/x").unwrap();
    let texts = || Texts { fr: String::new(), en: String::new(), de: String::new() };
    let mut profile = scripted::profile();
    profile["registration"] = scripted::doctolib()["registration"].clone();
    profile["registration"]["form"]["role"] = "professional".into();
    let profile: PublicProfile = serde_json::from_value(profile).unwrap();
    let issuer = "https://portal.example".to_owned();
    Arc::new(Entrance {
        portal: Portal {
            id: "p".to_owned(),
            issuer,
            name: texts(),
            audience: texts(),
            monogram: String::new(),
        },
        issuer: url(),
        endpoints: Endpoints {
            challenge: url(),
            token: url(),
            end_session: url(),
            keys: url(),
            account: url(),
            pages: url(),
        },
        profile,
        device_id: "d".to_owned(),
    })
}

fn flow(at: &Arc<Entrance>) -> Arc<Flow> {
    Arc::new(Flow::new(
        at.clone(),
        "professional".to_owned(),
        Identifier("medecin-a".to_owned()),
        &SeededEntropy::new(1),
    ))
}

fn asked_code(challenge_id: &str) -> Asked {
    Asked::Code(code_step(challenge_id))
}

fn code_step(challenge_id: &str) -> AskedCode {
    let now = Instant::now();
    AskedCode {
        auth_session: Some("s".into()),
        method: MethodId::Email,
        challenge_id: challenge_id.to_owned(),
        length: 6,
        hint: None,
        said_at: 0,
        expires: now,
        validity: Duration::from_mins(5),
        resend: now,
        sends_remaining: None,
        attempts_remaining: None,
        delivery: Delivery::Sent,
        methods: Vec::new(),
        last_try_blocks_account: false,
        next_code: None,
        remember: Some(Duration::from_hours(24)),
        trust_ended: None,
        problem: None,
    }
}

fn asked_method() -> Asked {
    Asked::Method(AskedMethod {
        auth_session: Some("s".into()),
        methods: vec![Choice {
            id: MethodId::Email,
            hint: None,
            blocked_until: None,
            requests_left: None,
            last_request_blocks: false,
        }],
        preferred: None,
        trust_ended: None,
        problem: None,
    })
}

fn account() -> Account {
    let device =
        |id: &str, current| TrustedWorkstation { id: id.to_owned(), current, granted_at: 0, expires_at: 1 };
    Account {
        card: Card {
            email: None,
            phone: None,
            code_due: true,
            authenticator: AuthenticatorState::Off,
            pending: None,
        },
        devices: vec![device("d1", true), device("d2", false)],
    }
}

fn answers(n: usize) -> Answer {
    let text = |text: &str| text.to_owned();
    match n % 46 {
        0 => Answer::ChoosePortal { portal: text("p") },
        1 => Answer::ChangePortal,
        2 | 3 => Answer::Password { identifier: text("medecin-a"), password: "x".into() },
        4 => Answer::SendCode { method: MethodId::Sms },
        5 => Answer::Code { code: "123456".into(), remember: true },
        6 => Answer::Code { code: "nonsense".into(), remember: false },
        7 => Answer::PollDelivery,
        8 => Answer::ForgottenPassword { identifier: text("medecin-a") },
        9 => Answer::Restart,
        10 | 11 => Answer::Retry,
        12 => Answer::DismissFailure,
        13 => Answer::OpenBrowser,
        14 => Answer::AcceptReceipt,
        15 => Answer::SignOut,
        16 => Answer::Leave,
        17 => Answer::ForgetDevice { id: text("d1") },
        18 => Answer::RequestRecovery { identifier: text("medecin-a") },
        19 => Answer::ChangeEntrance,
        20 => Answer::ChooseEntrance { role: text("professional") },
        21 => Answer::OpenPages,
        22 => Answer::Show { place: Place::Home },
        23 | 24 => Answer::Show { place: Place::ChangePassword },
        25 => Answer::Show { place: Place::Contacts },
        26 | 27 => Answer::ChangePassword { current: "x".into(), new: "y".into(), sign_out_others: true },
        28 => Answer::ChangeContact { field: ContactField::Phone, value: text("0612345678") },
        29 | 30 => Answer::StepUpPassword { password: "x".into() },
        31 => Answer::CancelStepUp,
        32 => Answer::Show { place: Place::Sessions },
        33 => Answer::SignOutOthers,
        34 => Answer::Show { place: Place::Authenticator },
        35 => Answer::ConfirmAuthenticator { code: "123456".into() },
        36 => Answer::Register,
        37 | 38 => filled_in(),
        39 => Answer::EditRegistration,
        40 => Answer::AcceptConsent { id: text("privacy") },
        41 => Answer::ResendActivation,
        42 => Answer::SignInNow,
        43 => Answer::Show { place: Place::Delegates },
        44 => Answer::InviteDelegate { name: text("Léa"), email: text("lea@example.org") },
        _ => Answer::StaySignedIn,
    }
}

fn filled_in() -> Answer {
    let fields = [
        ("phone", "0612345678"),
        ("email", "ada@example.org"),
        ("email_again", "ada@example.org"),
        ("password", "the-password"),
        ("name_letters", "Mar"),
    ];
    Answer::SubmitRegistration {
        fields: fields.map(|(name, value)| (name.to_owned(), value.into())).into(),
        declared: true,
        accepted: vec!["terms".to_owned()],
    }
}

fn registration_link() -> RegistrationLink {
    RegistrationLink::parse("parvis://register?portal=p&link=the-token").unwrap()
}

/// The portal's answer to a step of a registration.
fn answered(step: Reached) -> Outcome {
    let flow = Arc::new(RegistrationFlow::new(entrance(), &SeededEntropy::new(1)));
    let answered = Answered { session: Some("the-session".into()), step, problems: Vec::new() };
    Outcome::Registration { flow, answered: Box::new(answered), resent: false }
}

fn at_code(contact: ContactField) -> Reached {
    Reached::Code { contact, code: code_step("c1") }
}

fn at_the_end(return_to: Option<Url>) -> Reached {
    Reached::Done(registration::Done {
        opened: false,
        identifier: Identifier("ada@example.org".to_owned()),
        hint: None,
        resend: Instant::now(),
        sends_remaining: None,
        return_to,
    })
}

/// The world around the function under test: what is under way, and which sessions the portal has.
struct World {
    at: Arc<Entrance>,
    state: Option<State>,
    under_way: Vec<(u64, Request)>,
    /// Sessions that nobody has ended yet.
    alive: Vec<Arc<Session>>,
}

impl World {
    fn new() -> Self {
        Self { at: entrance(), state: Some(State::default()), under_way: Vec::new(), alive: Vec::new() }
    }

    fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    fn happen(&mut self, event: Event) -> Vec<&'static str> {
        let (state, effects) = next(self.state.take().unwrap(), event);
        self.state = Some(state);
        let mut names = Vec::new();
        for effect in effects {
            names.push(match effect {
                Effect::Run { ticket, request } => {
                    self.under_way.push((ticket, request));
                    "run"
                }
                Effect::End(session) => {
                    self.alive.retain(|other| !Arc::ptr_eq(other, &session));
                    "end"
                }
                Effect::Poll { .. } | Effect::PollRegistration { .. } => "poll",
                Effect::Load(_) => "load",
                Effect::LoadList(..) => "list",
                Effect::OpenBrowser(_) => "browser",
                Effect::ClearPages => "clear",
            });
        }
        self.check();
        names
    }

    /// A request comes to its end in the `n`th of the ways it can.
    fn finish(&mut self, which: usize, n: usize) {
        if self.under_way.is_empty() {
            return;
        }
        let (ticket, request) = self.under_way.remove(which % self.under_way.len());
        let at = self.at.clone();
        let result = match (n % 6, request) {
            (0, request) => Err(Refused {
                trouble: Trouble::lost(FailureCode::PortalUnreachable, "x"),
                retry: Some(request),
            }),
            (1, _) => Err(Trouble::new(FailureCode::SessionExpired, "x").into()),
            (2, Request::ForgetDevice { session, .. }) => {
                self.alive.retain(|other| !Arc::ptr_eq(other, &session));
                Err(Trouble::new(FailureCode::SignedOutByPortal, "x").into())
            }
            (_, Request::Connect { .. }) => Ok(Outcome::Connected(at)),
            (2, Request::FollowLink { .. }) => Ok(Outcome::LinkIgnored),
            (_, Request::FollowLink { token, .. }) => Ok(Outcome::LinkFollowed { at, token }),
            (n, Request::Register { .. }) => Ok(answered(match n {
                2 => at_code(ContactField::Phone),
                3 => at_code(ContactField::Email),
                4 => at_the_end(None),
                _ if which.is_multiple_of(2) => Reached::Form { name_letters: Some(3), appointment: None },
                _ => {
                    let form = at.profile.registration.form.clone().unwrap();
                    let asked = form.consents.into_iter().find(|consent| consent.id == "privacy").unwrap();
                    Reached::Consent { asked, then: VecDeque::new() }
                }
            })),
            (_, Request::Recovery { .. }) => Ok(Outcome::RecoveryAsked { at: 0 }),
            (n, Request::Password { .. } | Request::Challenge { .. }) => {
                let asked = match n {
                    2 => asked_code("c1"),
                    3 => asked_method(),
                    4 => Asked::Authorized { authorization_code: "a".into() },
                    _ => match which % 4 {
                        0 => Asked::Password { problem: None, auth_session: Some("s".into()) },
                        1 => Asked::Blocked { since: None, until: None, cause: None, support: None },
                        2 => Asked::Browser { address: None },
                        _ => asked_code("c2"),
                    },
                };
                Ok(Outcome::Asked {
                    flow: flow(&at),
                    asked: Box::new(asked),
                    sent: true,
                    asked_for_trust: true,
                    device: None,
                })
            }
            (n, Request::Complete { .. }) => {
                let session = Arc::new(Session::unknown_to_all(at, &SeededEntropy::new(1)));
                self.alive.push(session.clone());
                let receipt = (n == 3).then(|| Receipt {
                    ended_trust: true,
                    ended_sessions: 1,
                    wiped: Vec::new(),
                    at: 0,
                });
                let trust = TrustState::Until { at: 1 };
                let settled = Settled { receipt, trust, notice: None, warning: None };
                Ok(Outcome::Completed(Box::new(Completed { session, settled })))
            }
            (n, Request::SignOut { session }) => {
                self.alive.retain(|other| !Arc::ptr_eq(other, &session));
                Ok(Outcome::SignedOut { confirmed: n == 3 })
            }
            (_, Request::Leave { session }) => {
                self.alive.retain(|other| !Arc::ptr_eq(other, &session));
                Ok(Outcome::Left { wiped: Vec::new(), confirmed: true })
            }
            (_, Request::OpenPages { .. }) => Ok(Outcome::PagesOpened(n.is_multiple_of(2))),
            (3, Request::Change { change, .. }) => Ok(Outcome::StepUpAsked {
                flow: flow(&at),
                asked: Box::new(asked_code("s1")),
                wanted: Some(change),
                sent: true,
            }),
            (4, Request::Change { .. }) => {
                Ok(Outcome::ChangeRefused { wrong: Wrong::Fields(vec![FieldProblem::CodeRejected]) })
            }
            (_, Request::Change { .. } | Request::StepUpComplete { .. }) => {
                Ok(Outcome::Changed { done: Done::Password { others_signed_out: false }, at: 0 })
            }
            (n, Request::StepUp { .. }) => {
                let asked = match n {
                    2 => asked_code("s1"),
                    3 => Asked::Authorized { authorization_code: "a".into() },
                    4 => Asked::Blocked { since: None, until: None, cause: None, support: None },
                    _ => Asked::Password { problem: None, auth_session: None },
                };
                Ok(Outcome::StepUpAsked { flow: flow(&at), asked: Box::new(asked), wanted: None, sent: true })
            }
            (_, Request::ForgetDevice { current, .. }) => {
                Ok(Outcome::Forgotten { devices: Some(Vec::new()), current })
            }
        };
        self.happen(Event::Done { ticket, at: Instant::now(), result });
    }

    /// What holds after every event.
    fn check(&self) {
        let state = self.state();
        // What is waited for is under way: nothing is busy forever.
        if state.busy().is_some() {
            assert!(!self.under_way.is_empty(), "busy with nothing: {state:?}");
        }
        // A session is on the screen, or ended: never both forgotten and alive.
        for session in &self.alive {
            let shown = state.session().is_some_and(|shown| Arc::ptr_eq(shown, session));
            assert!(shown, "a session is alive and nobody's: {state:?}");
        }
        // A session that is shown is alive, or just being ended.
        let ending = matches!(state.busy(), Some(Busy::SigningOut | Busy::Leaving));
        if let Some(shown) = state.session().filter(|_| !ending) {
            assert!(self.alive.iter().any(|alive| Arc::ptr_eq(alive, shown)), "a dead session is shown");
        }
    }

    /// From wherever it is, a few answers lead to « nobody is here »: there is no dead end.
    fn leads_out(mut self) {
        for _ in 0..4 {
            while !self.under_way.is_empty() {
                self.finish(0, 5);
            }
            let out = if self.state().session().is_some() { Answer::SignOut } else { Answer::ChangePortal };
            self.happen(Event::Answer(out));
            if matches!(self.state().sign_in, SignIn::SignedOut { .. }) && self.state().busy().is_none() {
                assert!(self.alive.is_empty());
                return;
            }
        }
        panic!("a dead end: {:?}", self.state());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn inv_10_no_dead_end_and_no_lost_session(steps in proptest::collection::vec((0..10_u8, 0..100_usize, 0..6_usize), 0..60)) {
        let mut world = World::new();
        for (kind, which, n) in steps {
            match kind {
                0..=3 => drop(world.happen(Event::Answer(answers(which)))),
                4..=7 => world.finish(which, n),
                8 => {
                    let session = world.state().session().cloned();
                    match (n, session) {
                        (0, Some(session)) => drop(world.happen(Event::Loaded { session, account: account() })),
                        (1, Some(session)) if world.under_way.is_empty() => {
                            world.alive.clear();
                            world.happen(Event::Revoked { session });
                        }
                        (3, _) => drop(world.happen(Event::LinkOpened(registration_link()))),
                        (2, _) => drop(world.happen(Event::Polled { code: Box::new(code_step("c1")) })),
                        _ => {}
                    }
                }
                _ => {
                    let cause = [EndCause::Sleep, EndCause::Quit, EndCause::Inactivity][n % 3];
                    world.happen(Event::End(cause));
                }
            }
        }
        world.leads_out();
    }
}

/// Drives a world to the code screen.
fn at_the_code() -> World {
    let mut world = World::new();
    world.happen(Event::Answer(answers(0)));
    world.finish(0, 3);
    world.happen(Event::Answer(answers(2)));
    world.finish(0, 2);
    assert!(matches!(world.state().sign_in, SignIn::Code(_)));
    world
}

fn signed_in() -> World {
    let mut world = at_the_code();
    world.happen(Event::Answer(answers(5)));
    world.finish(0, 4);
    assert_eq!(world.state().busy(), Some(Busy::Completing));
    world.finish(0, 4);
    assert!(matches!(world.state().sign_in, SignIn::SignedIn(_)));
    world
}

#[test]
fn a_second_click_sends_nothing() {
    let mut world = at_the_code();
    assert_eq!(world.happen(Event::Answer(answers(5))), ["run"]);
    assert!(world.happen(Event::Answer(answers(5))).is_empty());
    assert!(world.happen(Event::Answer(answers(4))).is_empty());
    assert_eq!(world.state().busy(), Some(Busy::CheckingCode));
}

#[test]
fn revoked_is_not_signed_out() {
    let mut world = signed_in();
    let session = world.state().session().unwrap().clone();
    world.alive.clear();
    assert!(world.happen(Event::Revoked { session }).is_empty(), "there is nothing to end");
    assert!(matches!(world.state().sign_in, SignIn::Revoked { .. }));
}

#[test]
fn a_revocation_of_an_earlier_session_does_not_touch_this_one() {
    let mut world = signed_in();
    let earlier = Arc::new(Session::unknown_to_all(entrance(), &SeededEntropy::new(9)));
    world.happen(Event::Revoked { session: earlier.clone() });
    world.happen(Event::Loaded { session: earlier, account: account() });
    assert!(matches!(&world.state().sign_in, SignIn::SignedIn(signed_in) if signed_in.account.is_none()));
}

#[test]
fn ses_07_sleep_ends_the_session_and_clears_half_a_sign_in() {
    let mut world = signed_in();
    assert_eq!(world.happen(Event::End(EndCause::Sleep)), ["end"]);
    let SignIn::SignedOut { notice } = &world.state().sign_in else { panic!() };
    assert_eq!(*notice, Some(Notice::SignedOutBySleep));
    let mut world = at_the_code();
    assert!(world.happen(Event::End(EndCause::Sleep)).is_empty());
    assert!(matches!(world.state().sign_in, SignIn::SignedOut { notice: None }));
}

#[test]
fn tru_02_the_receipt_is_shown_before_signed_in() {
    let mut world = at_the_code();
    world.happen(Event::Answer(answers(5)));
    world.finish(0, 4);
    world.finish(0, 3);
    assert!(matches!(world.state().sign_in, SignIn::Handover { .. }));
    world.happen(Event::Answer(Answer::AcceptReceipt));
    assert!(matches!(world.state().sign_in, SignIn::SignedIn(_)));
}

#[test]
fn ending_this_workstations_trust_is_said() {
    let mut world = signed_in();
    let session = world.state().session().unwrap().clone();
    world.happen(Event::Loaded { session, account: account() });
    world.happen(Event::Answer(answers(17)));
    world.finish(0, 3);
    let SignIn::SignedIn(signed_in) = &world.state().sign_in else { panic!() };
    assert_eq!(signed_in.notice, Some(Notice::TrustForgotten));
    assert_eq!(signed_in.trust, TrustState::None { code_due: true });
}

#[test]
fn app_07_nothing_that_was_typed_is_printed() {
    let mut world = at_the_code();
    let secrets = ["medecin-a", "the-password", "123456"];
    let clean = |shown: String| assert!(!secrets.iter().any(|secret| shown.contains(secret)), "{shown}");
    clean(format!("{:?}", world.state()));
    world.happen(Event::Answer(answers(5)));
    clean(format!("{:?} {:?}", world.state(), world.under_way));
    let question = Question::Code { challenge_id: "c".to_owned(), code: "123456".into(), remember: true };
    clean(format!("{question:?} {:?}", Repeat { request_id: "r".to_owned(), device: None }));
    let request = Request::Password {
        role: "professional".to_owned(),
        at: entrance(),
        identifier: Identifier("medecin-a".to_owned()),
        password: "the-password".into(),
    };
    clean(format!("{request:?}"));
    clean(format!("{:?}", Event::Answer(answers(2))));
}

#[test]
fn ses_07_sleep_leaves_nothing_typed_in_the_window() {
    // The window drops what was typed with the screen that it was typed on.
    let mut world = World::new();
    world.happen(Event::Answer(answers(0)));
    world.finish(0, 3);
    assert!(matches!(world.state().sign_in, SignIn::Password(_)));
    world.happen(Event::End(EndCause::Sleep));
    assert!(matches!(world.state().sign_in, SignIn::SignedOut { notice: None }));
    let mut world = signed_in();
    let session = world.state().session().unwrap().clone();
    world.alive.clear();
    world.happen(Event::Revoked { session });
    world.happen(Event::End(EndCause::Sleep));
    assert!(matches!(world.state().sign_in, SignIn::SignedOut { notice: None }));
}

#[test]
fn signing_out_does_not_wait_for_a_workstation_that_is_being_forgotten() {
    for (way_out, busy) in [(Answer::SignOut, Busy::SigningOut), (Answer::Leave, Busy::Leaving)] {
        let mut world = signed_in();
        let session = world.state().session().unwrap().clone();
        world.happen(Event::Loaded { session, account: account() });
        world.happen(Event::Answer(answers(17)));
        assert_eq!(world.state().busy(), Some(Busy::Saving));
        assert_eq!(world.happen(Event::Answer(way_out)), ["run"]);
        assert_eq!(world.state().busy(), Some(busy));
        // The first answer comes when nobody waits for it any more.
        world.finish(0, 3);
        assert_eq!(world.state().busy(), Some(busy));
        world.finish(0, 3);
        assert!(world.state().session().is_none());
    }
}

/// Drives a world to the code of a fresh proof, asked over the password that is being changed.
fn at_the_code_of_a_step_up() -> World {
    let mut world = signed_in();
    world.happen(Event::Answer(Answer::Show { place: Place::ChangePassword }));
    let (current, new) = ("the-password".into(), "another-password".into());
    world.happen(Event::Answer(Answer::ChangePassword { current, new, sign_out_others: false }));
    world.finish(0, 3);
    assert!(step_up_is_open(&world));
    world
}

fn step_up_is_open(world: &World) -> bool {
    matches!(&world.state().sign_in, SignIn::SignedIn(signed_in) if signed_in.step_up.is_some())
}

fn type_code(world: &mut World, code: &str) {
    world.happen(Event::Answer(Answer::Code { code: code.into(), remember: false }));
}

#[test]
fn a_lost_answer_of_a_step_up_costs_no_try() {
    for (typed, same) in [("123456", true), ("654321", false)] {
        let mut world = at_the_code_of_a_step_up();
        type_code(&mut world, "123456");
        let (ticket, mut request) = world.under_way.remove(0);
        if let Request::StepUp { repeat, .. } = &mut request {
            *repeat = Some(Repeat { request_id: "r".to_owned(), device: None });
        }
        let trouble = Trouble::lost(FailureCode::PortalUnreachable, "x");
        let result = Err(Refused { trouble, retry: Some(request) });
        world.happen(Event::Done { ticket, at: Instant::now(), result });
        assert!(step_up_is_open(&world));
        type_code(&mut world, typed);
        let (_, sent) = &world.under_way[0];
        let Request::StepUp { repeat, .. } = sent else { panic!("{sent:?}") };
        assert_eq!(repeat.is_some(), same, "{typed} is sent as the same request");
    }
}

#[test]
fn a_step_up_that_is_over_closes_and_its_screen_stays() {
    let mut world = at_the_code_of_a_step_up();
    type_code(&mut world, "123456");
    world.finish(0, 1);
    assert!(!step_up_is_open(&world));
    let SignIn::SignedIn(signed_in) = &world.state().sign_in else { panic!() };
    assert!(matches!(signed_in.page, crate::state::Page::ChangePassword { .. }));
    assert_eq!(world.state().failure.as_ref().unwrap().trouble.code, FailureCode::SessionExpired);
}

#[test]
fn a_fresh_proof_that_is_being_checked_can_be_cancelled() {
    let mut world = at_the_code_of_a_step_up();
    type_code(&mut world, "123456");
    assert_eq!(world.state().busy(), Some(Busy::CheckingCode));
    assert!(world.happen(Event::Answer(Answer::CancelStepUp)).is_empty());
    assert!(!step_up_is_open(&world));
    assert_eq!(world.state().busy(), None);
    let (ticket, _) = world.under_way.remove(0);
    let trouble = Trouble::lost(FailureCode::PortalUnreachable, "x");
    let result = Err(Refused { trouble, retry: None });
    assert!(world.happen(Event::Done { ticket, at: Instant::now(), result }).is_empty());
    assert!(world.state().failure.is_none(), "the late answer says nothing");
}

#[test]
fn pages_that_open_after_the_session_are_cleared() {
    let mut world = signed_in();
    world.happen(Event::Answer(Answer::OpenPages));
    let (ticket, _) = world.under_way.remove(0);
    world.happen(Event::End(EndCause::Sleep));
    let result = Ok(Outcome::PagesOpened(true));
    assert_eq!(world.happen(Event::Done { ticket, at: Instant::now(), result }), ["clear"]);
}

#[test]
fn a_change_that_failed_is_followed_by_what_the_portal_holds() {
    let mut world = signed_in();
    world.happen(Event::Answer(Answer::Show { place: Place::ChangePassword }));
    let (current, new) = ("the-password".into(), "another-password".into());
    world.happen(Event::Answer(Answer::ChangePassword { current, new, sign_out_others: false }));
    let (ticket, _) = world.under_way.remove(0);
    let trouble = Trouble::lost(FailureCode::PortalUnreachable, "x");
    let result = Err(Refused { trouble, retry: None });
    assert_eq!(world.happen(Event::Done { ticket, at: Instant::now(), result }), ["load"]);
    assert!(world.state().failure.is_some());
}

/// Drives a world to the form of a registration, and gives it this answer of the portal.
fn after_the_form(step: Reached) -> World {
    let mut world = World::new();
    world.happen(Event::Answer(answers(0)));
    world.finish(0, 3);
    assert!(world.happen(Event::Answer(Answer::Register)).is_empty(), "nothing is asked for an empty form");
    assert_eq!(world.happen(Event::Answer(filled_in())), ["run"]);
    assert_eq!(world.state().busy(), Some(Busy::Registering));
    let (ticket, _) = world.under_way.remove(0);
    world.happen(Event::Done { ticket, at: Instant::now(), result: Ok(answered(step)) });
    world
}

fn registering(world: &World) -> &Registering {
    let SignIn::Registering(registering) = &world.state().sign_in else { panic!("{:?}", world.state()) };
    registering
}

#[test]
fn app_07_nothing_of_a_registration_is_printed() {
    let secrets = ["the-password", "0612345678", "ada@example", "the-token", "the-session", "123456"];
    let clean = |shown: String| assert!(!secrets.iter().any(|secret| shown.contains(secret)), "{shown}");
    let mut world = World::new();
    world.happen(Event::LinkOpened(registration_link()));
    clean(format!("{:?}", world.under_way));
    world.finish(0, 3);
    clean(format!("{:?} {:?}", world.state(), world.under_way));
    world.finish(0, 5);
    world.happen(Event::Answer(filled_in()));
    clean(format!("{:?} {:?}", world.state(), world.under_way));
    world.finish(0, 0);
    clean(format!("{:?}", world.state()));
    world.happen(Event::Answer(Answer::Retry));
    world.finish(0, 2);
    assert!(matches!(registering(&world).step, RegistrationStep::Code { .. }));
    world.happen(Event::Answer(answers(5)));
    clean(format!("{:?} {:?}", world.state(), world.under_way));
    let world = after_the_form(at_the_end(None));
    clean(format!("{:?}", world.state()));
}

#[test]
fn what_is_kept_of_a_form_has_no_password() {
    let world = after_the_form(at_code(ContactField::Phone));
    let kept = &registering(&world).typed;
    assert_eq!(kept.len(), 2);
    assert!(kept.values().all(|typed| typed.0 != "the-password"));
}

#[test]
fn the_page_of_the_booking_opens_in_the_browser_and_the_registration_stays() {
    let page = Url::parse("https://portal.example/booking").ok();
    let mut world = after_the_form(at_the_end(page));
    assert_eq!(world.happen(Event::Answer(Answer::ReturnToPage)), ["browser"]);
    assert!(matches!(registering(&world).step, RegistrationStep::Done { .. }));
}

#[test]
fn consents_are_asked_one_after_the_other_and_sent_together() {
    let form = entrance().profile.registration.form.clone().unwrap();
    let mut consents: VecDeque<_> = form.consents.into();
    let (first, second) = (consents[0].id.clone(), consents[1].id.clone());
    let asked = consents.pop_front().unwrap();
    let mut world = after_the_form(Reached::Consent { asked, then: consents });
    let accept = |id: &str| Event::Answer(Answer::AcceptConsent { id: id.to_owned() });
    assert!(world.happen(accept(&second)).is_empty(), "not yet asked");
    assert!(world.happen(accept(&first)).is_empty());
    assert_eq!(world.happen(accept(&second)), ["run"]);
    let Request::Register { question: registration::Question::Accept(ids), .. } = &world.under_way[0].1
    else {
        panic!()
    };
    assert_eq!(*ids, [first, second]);
}

#[test]
fn a_step_without_a_session_is_not_gone_on_with() {
    for step in [at_code(ContactField::Phone), at_code(ContactField::Email)] {
        let mut world = after_the_form(Reached::Form { name_letters: None, appointment: None });
        world.happen(Event::Answer(filled_in()));
        let (ticket, _) = world.under_way.remove(0);
        let Outcome::Registration { flow, mut answered, resent } = answered(step) else { panic!() };
        answered.session = None;
        let result = Ok(Outcome::Registration { flow, answered, resent });
        world.happen(Event::Done { ticket, at: Instant::now(), result });
        assert!(matches!(registering(&world).step, RegistrationStep::Form { .. }));
        let failure = &world.state().failure.as_ref().unwrap().trouble;
        assert_eq!(failure.code, FailureCode::UnexpectedAnswer);
    }
}

#[test]
fn a_registration_does_not_touch_who_is_signed_in() {
    let mut world = signed_in();
    for answer in [
        Answer::Register,
        filled_in(),
        Answer::EditRegistration,
        Answer::SignInNow,
        Answer::ReturnToPage,
        Answer::ResendActivation,
    ] {
        assert!(world.happen(Event::Answer(answer)).is_empty());
        assert!(matches!(world.state().sign_in, SignIn::SignedIn(_)));
    }
    assert!(world.happen(Event::LinkOpened(registration_link())).is_empty());
    let SignIn::SignedIn(signed_in) = &world.state().sign_in else { panic!() };
    assert_eq!(signed_in.notice, Some(Notice::LinkWaits));
}

#[test]
fn a_link_waits_until_what_was_wiped_is_read() {
    let mut world = signed_in();
    world.happen(Event::LinkOpened(registration_link()));
    world.happen(Event::Answer(Answer::Leave));
    world.finish(0, 3);
    assert!(matches!(world.state().sign_in, SignIn::Left { .. }) && world.state().busy().is_none());
    assert_eq!(world.happen(Event::Answer(Answer::ChangePortal)), ["run"]);
    world.finish(0, 3);
    assert_eq!(world.state().busy(), Some(Busy::Registering));
    assert!(matches!(registering(&world).step, RegistrationStep::Form { .. }));
}

#[test]
fn a_link_that_comes_while_a_sign_in_completes_waits_for_its_end() {
    let mut world = at_the_code();
    world.happen(Event::Answer(answers(5)));
    world.happen(Event::LinkOpened(registration_link()));
    world.finish(0, 4);
    world.finish(0, 4);
    assert!(matches!(world.state().sign_in, SignIn::SignedIn(_)));
    assert!(world.state().link_waits() && world.under_way.is_empty());
    world.happen(Event::Answer(Answer::SignOut));
    world.finish(0, 3);
    assert_eq!(world.state().busy(), Some(Busy::Connecting));
    assert!(matches!(world.under_way[0].1, Request::FollowLink { .. }));
}

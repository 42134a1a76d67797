//! From the state to what is on the screen. Durations are counted here, at the moment of drawing.

use crate::{
    account::Pending,
    challenge::{Choice, CodeRefusal},
    engine::Engine,
    entrance::{Entrance, texts},
    state::{
        self, CodeEntry, CodeProblemHere, Page, Problems, Registering, RegistrationStep, Shown, SignIn,
        SignedIn, State, StepUpStep,
    },
    view::{
        self, AuthenticatorState, CodeProblem, CodeStep, ConsentText, ContactProof, EntranceInfo, Failure,
        FieldProblem, FormField, FormFieldId, FormProblem, FormRefusal, KeyringState, Method,
        NewPasswordRules, Notice, PagesState, Person, PortalCard, PortalInfo, Screen, Support, TrustState,
        View, Workstation,
    },
};
use parvis_portal_profile::{Consent, ConsentStep, FieldId};
use parvis_protocol::clock::UnixMillis;
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::time::Instant;

/// A profile that left nobody the time to act would be a dead end.
const LEAST_LIMIT: Duration = Duration::from_mins(1);

/// What drawing needs beside the state.
pub(crate) struct Surroundings<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) revision: u32,
    pub(crate) last_portal: Option<&'a str>,
    /// When the session ends for inactivity, once that is near.
    pub(crate) sign_out_at: Option<Instant>,
    pub(crate) now: Instant,
}

/// The whole screen.
pub(crate) fn draw(state: &State, around: &Surroundings<'_>) -> View {
    let engine = around.engine;
    View {
        revision: around.revision,
        screen: around.screen(state),
        busy: state.busy(),
        failure: state.failure.as_ref().map(|shown| around.failure(shown)),
        workstation: workstation(engine),
        portals: engine
            .portals
            .iter()
            .map(|portal| PortalCard {
                id: portal.id.clone(),
                name: portal.name.clone(),
                audience: portal.audience.clone(),
                monogram: portal.monogram.clone(),
                last_used: around.last_portal == Some(portal.id.as_str()),
            })
            .collect(),
        demonstration: engine.portals.is_demonstration(),
        step_up: around.step_up(&state.sign_in),
        inactivity_sign_out_in: around.sign_out_at.map(|at| around.left(at)),
    }
}

/// This workstation, as people see it.
pub(crate) fn workstation(engine: &Engine) -> Workstation {
    Workstation {
        name: engine.workstation.name.clone(),
        scope: engine.workstation.scope(),
        reference: engine.workstation.reference(),
        keyring: engine.keyring.state(),
    }
}

impl Surroundings<'_> {
    fn screen(&self, state: &State) -> Screen {
        match &state.sign_in {
            SignIn::SignedOut { notice } => Screen::ChoosePortal { notice: *notice },
            SignIn::ChooseEntrance { at, .. } => Screen::ChooseEntrance {
                portal: portal(at, None),
                entrances: at.profile.roles.iter().filter_map(|role| entrance(at, Some(&role.id))).collect(),
            },
            SignIn::Revoked { at } => Screen::Password {
                portal: portal(at, state.role_at(at).as_deref()),
                entrance: entrance(at, state.role_at(at).as_deref()),
                identifier: String::new(),
                problem: None,
                notice: Some(Notice::SignedOutByPortal),
            },
            SignIn::Password(step) => Screen::Password {
                portal: portal(&step.at, Some(&step.role)),
                entrance: entrance(&step.at, Some(&step.role)),
                identifier: step.identifier.0.clone(),
                problem: step.problem.clone(),
                notice: step.notice,
            },
            SignIn::SelectMethod(step) => Screen::SelectMethod {
                portal: portal(&step.flow.entrance, Some(&step.flow.role)),
                methods: self.methods(&step.methods),
                preferred: step.preferred,
                trust_ended: step.trust_ended,
                problem: step.problem.map(|refusal| self.refusal(refusal)),
            },
            SignIn::Code(step) => Screen::Code {
                portal: portal(&step.flow.entrance, Some(&step.flow.role)),
                code: self.code(&step.entry),
                trust_ended: step.trust_ended,
                problem: self.code_problem(&step.entry),
            },
            SignIn::Blocked { at, since, until, cause, support } => Screen::Blocked {
                portal: portal(at, None),
                since: *since,
                until: *until,
                cause: *cause,
                support: support.clone().unwrap_or_else(|| support_of(at)),
            },
            SignIn::ActivationDue { at, hint, .. } => {
                Screen::ActivationDue { portal: portal(at, state.role_at(at).as_deref()), hint: hint.clone() }
            }
            SignIn::Browser { at, address } => {
                Screen::Browser { portal: portal(at, None), can_open: address.is_some() }
            }
            SignIn::Forgotten { at, identifier, asked_at } => {
                let portal = portal(at, state.role_at(at).as_deref());
                let identifier = identifier.0.clone();
                let link_validity = u64::from(at.profile.recovery.link_validity_s) * 1000;
                match *asked_at {
                    None => Screen::ForgottenPassword { portal, identifier, link_validity },
                    Some(at) => Screen::RecoverySent { portal, identifier, link_validity, at },
                }
            }
            SignIn::Handover { signed_in, receipt } => Screen::HandoverReceipt {
                portal: portal(&signed_in.session.entrance, None),
                person: person(signed_in),
                receipt: receipt.clone(),
            },
            SignIn::Registering(registering) => self.registration(registering),
            SignIn::SignedIn(signed_in) => self.page(signed_in, state.link_waits()),
            SignIn::Left { at, wiped, confirmed } => {
                Screen::Left { portal: portal(at, None), wiped: wiped.clone(), portal_confirmed: *confirmed }
            }
        }
    }

    /// A part of « Mon espace ».
    fn page(&self, signed_in: &SignedIn, link_waits: bool) -> Screen {
        let at = &signed_in.session.entrance;
        let portal = portal(at, None);
        let authenticator = signed_in.account.as_ref().map(|account| account.card.authenticator);
        match &signed_in.page {
            Page::Home => Screen::SignedIn {
                portal,
                person: person(signed_in),
                since: signed_in.session.since,
                trust: self.trust(signed_in),
                devices: state::devices(signed_in),
                inactivity_limit: millis(inactivity_limit(at)),
                pages: if self.engine.pages.is_open() { PagesState::Open } else { PagesState::Closed },
                authenticator: authenticator
                    .filter(|_| at.profile.methods.contains_key(&parvis_portal_profile::MethodId::Totp)),
                has_delegates: at
                    .profile
                    .delegates
                    .as_ref()
                    .is_some_and(|delegates| delegates.invited_by == signed_in.session.role),
                notice: signed_in.notice.or(link_waits.then_some(Notice::LinkWaits)),
            },
            Page::ChangePassword { problems } => {
                Screen::ChangePassword { portal, rules: rules(at), problems: self.problems(problems) }
            }
            Page::Contacts { problems, done, .. } => Screen::Contacts {
                portal,
                person: person(signed_in),
                proof: signed_in
                    .account
                    .as_ref()
                    .and_then(|account| account.card.pending.as_ref())
                    .map(|pending| self.pending(pending)),
                problems: self.problems(problems),
                done: *done,
            },
            Page::Authenticator { setup, problems, notice } => Screen::Authenticator {
                portal,
                state: authenticator.unwrap_or(AuthenticatorState::Off),
                setup: setup.as_deref().cloned(),
                problems: self.problems(problems),
                notice: *notice,
            },
            Page::RecoveryCodes { codes, at } => Screen::RecoveryCodes {
                portal,
                person: person(signed_in),
                codes: codes.iter().map(|code| halved(code.expose_secret())).collect(),
                at: *at,
            },
            Page::Sessions(sessions) => Screen::Sessions { portal, sessions: sessions.clone() },
            Page::History(entries) => Screen::History { portal, entries: entries.clone() },
            Page::Delegates { delegates, problems, done } => Screen::Delegates {
                portal,
                delegates: delegates.as_ref().map(|delegates| delegates.list.clone()),
                room: delegates.as_ref().map(|delegates| delegates.room),
                problems: self.form_problems(problems),
                done: done.clone(),
            },
        }
    }

    /// « Créer un compte »
    fn registration(&self, registering: &Registering) -> Screen {
        let Registering { at, form, appointment, .. } = registering;
        let portal = portal(at, Some(&form.role));
        match &registering.step {
            RegistrationStep::Form { problems } => Screen::Register {
                portal,
                form: registration_form(registering),
                rules: rules(at),
                problems: self.form_problems(problems),
                appointment: appointment.clone(),
            },
            RegistrationStep::Code { contact, entry } => Screen::RegisterCode {
                portal,
                contact: *contact,
                code: self.code(entry),
                problem: self.code_problem(entry),
            },
            RegistrationStep::Consent { asked, .. } => {
                Screen::RegisterConsent { portal, consent: consent_text(asked) }
            }
            RegistrationStep::Done { done, resent } => Screen::Registered {
                portal,
                opened: done.opened,
                identifier: done.identifier.0.clone(),
                hint: done.hint.clone(),
                resend_in: self.left(done.resend),
                sends_remaining: done.sends_remaining,
                resent: *resent,
                appointment: appointment.clone(),
                can_return: done.return_to.is_some(),
            },
        }
    }

    fn step_up(&self, sign_in: &SignIn) -> Option<view::StepUp> {
        let SignIn::SignedIn(signed_in) = sign_in else { return None };
        Some(match &signed_in.step_up.as_ref()?.step {
            StepUpStep::Password { rejected, .. } => view::StepUp::Password { rejected: *rejected },
            StepUpStep::Method(step) => view::StepUp::SelectMethod {
                methods: self.methods(&step.methods),
                preferred: step.preferred,
                problem: step.problem.map(|refusal| self.refusal(refusal)),
            },
            StepUpStep::Code(step) => {
                view::StepUp::Code { code: self.code(&step.entry), problem: self.code_problem(&step.entry) }
            }
        })
    }

    fn code_problem(&self, entry: &CodeEntry) -> Option<CodeProblem> {
        entry.problem.map(|problem| match problem {
            CodeProblemHere::Portal(refusal) => self.refusal(refusal),
            CodeProblemHere::NotACode => CodeProblem::NotACode,
            CodeProblemHere::SameCodeAgain => CodeProblem::SameCodeAgain,
        })
    }

    fn pending(&self, pending: &Pending) -> ContactProof {
        ContactProof {
            field: pending.field,
            hint: pending.hint.clone(),
            length: pending.length,
            sent_at: pending.said_at,
            expires_in: self.left(pending.expires),
            validity: millis(pending.validity),
            resend_in: self.left(pending.resend),
            sends_remaining: pending.sends_remaining,
            attempts_remaining: pending.attempts_remaining,
            delivery: pending.delivery,
        }
    }

    /// What is wrong, with its durations as they are now.
    fn problems(&self, problems: &Problems) -> Vec<FieldProblem> {
        let left = |duration: Option<u64>| self.left_since(problems.said, duration);
        let now = |problem: &FieldProblem| match problem {
            FieldProblem::SendRefused { retry_after } => {
                FieldProblem::SendRefused { retry_after: left(*retry_after) }
            }
            FieldProblem::Blocked { blocked_for } => {
                FieldProblem::Blocked { blocked_for: left(*blocked_for) }
            }
            other => other.clone(),
        };
        problems.list.iter().map(now).collect()
    }

    /// The same for a form.
    fn form_problems(&self, problems: &Problems<FormProblem>) -> Vec<FormProblem> {
        let now = |problem: &FormProblem| FormProblem {
            field: problem.field.clone(),
            refusal: match &problem.refusal {
                FormRefusal::Later { retry_after } => {
                    FormRefusal::Later { retry_after: self.left_since(problems.said, *retry_after) }
                }
                other => other.clone(),
            },
        };
        problems.list.iter().map(now).collect()
    }

    /// What is left now of a duration that was said then.
    fn left_since(&self, said: Option<Instant>, duration: Option<u64>) -> Option<u64> {
        let passed = said.map_or(0, |said| millis(self.now.saturating_duration_since(said)));
        duration.map(|duration| duration.saturating_sub(passed))
    }

    fn code(&self, at: &CodeEntry) -> CodeStep {
        let step = &at.step;
        // Trust that no keyring keeps is not offered (APP-02).
        let remember = step.remember.filter(|_| self.engine.keyring.state() == KeyringState::Available);
        CodeStep {
            method: step.method,
            hint: step.hint.clone(),
            send_number: at.sends,
            length: step.length,
            sent_at: at.asked_at,
            expires_in: self.left(step.expires),
            validity: millis(step.validity),
            resend_in: self.left(step.resend),
            sends_remaining: step.sends_remaining,
            attempts_remaining: step.attempts_remaining,
            last_try_blocks_account: step.last_try_blocks_account,
            next_code_in: step.next_code.map(|at| self.left(at)),
            delivery: step.delivery,
            methods: self.methods(&step.methods),
            can_remember: remember.is_some(),
            remember_until: remember.map(|for_long| self.here() + signed_millis(for_long)),
        }
    }

    fn methods(&self, choices: &[Choice]) -> Vec<Method> {
        choices
            .iter()
            .map(|choice| Method {
                id: choice.id,
                hint: choice.hint.clone(),
                blocked_for: choice.blocked_until.map(|at| self.left(at)).filter(|left| *left > 0),
                requests_left: choice.requests_left,
                last_request_blocks: choice.last_request_blocks && choice.requests_left == Some(1),
            })
            .collect()
    }

    fn refusal(&self, refusal: CodeRefusal) -> CodeProblem {
        match refusal {
            CodeRefusal::Rejected => CodeProblem::CodeRejected,
            CodeRefusal::Expired => CodeProblem::CodeExpired,
            CodeRefusal::MethodBlocked(until) => {
                CodeProblem::MethodBlocked { blocked_for: until.map(|at| self.left(at)) }
            }
            CodeRefusal::SendRefused(until) => {
                CodeProblem::SendRefused { retry_after: until.map(|at| self.left(at)) }
            }
        }
    }

    fn failure(&self, shown: &Shown) -> Failure {
        Failure {
            code: shown.trouble.code,
            message: shown.trouble.message.clone(),
            retry_after: shown.retry_at.map(|at| self.left(at)),
            can_retry: shown.can_retry,
        }
    }

    /// A trust whose time is over by this PC's count is not shown; the portal's word decides at the next sign-in.
    fn trust(&self, signed_in: &SignedIn) -> TrustState {
        match signed_in.trust {
            TrustState::Until { at } if at <= self.here() => TrustState::None { code_due: true },
            trust => trust,
        }
    }

    fn here(&self) -> UnixMillis {
        self.engine.now()
    }

    fn left(&self, at: Instant) -> u64 {
        millis(at.saturating_duration_since(self.now))
    }
}

/// A recovery code in two halves, as it is read out and typed.
fn halved(code: &str) -> String {
    let middle = code.len() / 2;
    match code.split_at_checked(middle) {
        Some((first, second)) => format!("{first} {second}"),
        None => code.to_owned(),
    }
}

/// After how much inactivity the portal's profile has the session end.
pub(crate) fn inactivity_limit(at: &Entrance) -> Duration {
    Duration::from_secs(at.profile.session.inactivity_s.into()).max(LEAST_LIMIT)
}

/// The portal as its screens need it, at the entrance for this role.
fn portal(at: &Entrance, role: Option<&str>) -> PortalInfo {
    let host = at.issuer.host_str().unwrap_or_default();
    PortalInfo {
        id: at.portal.id.clone(),
        name: at.portal.name.clone(),
        host: at.issuer.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        identifier_label: identifier_label(at, role),
        support: support_of(at),
        trust_max_age: at.profile.trust.map(|trust| u64::from(trust.max_age_s) * 1000),
        can_register: at.profile.registration.form.is_some(),
    }
}

fn identifier_label(at: &Entrance, role: Option<&str>) -> view::Texts {
    use parvis_portal_profile::IdentifierKind::{Email, Identifier};
    let of = |fr: &str, en: &str, de: &str| {
        texts(&parvis_portal_profile::Texts { fr: fr.to_owned(), en: en.to_owned(), de: de.to_owned() })
    };
    let role = role.and_then(|id| at.role(id)).or(at.profile.roles.first());
    if let Some(label) = role.and_then(|role| role.identifier_label.as_ref()) {
        return texts(label);
    }
    let takes = |kind| role.is_some_and(|role| role.identifiers.contains(&kind));
    let (email, own) = (takes(Email), takes(Identifier));
    match (own, email) {
        (true, true) => {
            of("Identifiant ou adresse e-mail", "Identifier or e-mail address", "Kennung oder E-Mail-Adresse")
        }
        (false, true) => of("Adresse e-mail", "E-mail address", "E-Mail-Adresse"),
        _ => of("Identifiant", "Identifier", "Kennung"),
    }
}

/// What the portal asks of a new password.
fn rules(at: &Entrance) -> NewPasswordRules {
    let rules = at.profile.password;
    NewPasswordRules {
        min_length: rules.min_length,
        max_length: rules.max_length,
        digits: rules.digits,
        upper: rules.upper,
        lower: rules.lower,
        special: rules.special,
    }
}

fn registration_form(registering: &Registering) -> view::RegistrationForm {
    let form = &registering.form;
    let field = |field: &parvis_portal_profile::Field| FormField {
        id: match field.id {
            FieldId::Phone => FormFieldId::Phone,
            FieldId::Email => FormFieldId::Email,
            FieldId::PermitNumber => FormFieldId::PermitNumber,
            FieldId::Password => FormFieldId::Password,
        },
        label: texts(&field.label),
        hint: field.hint.as_ref().map(texts),
        again: field.again.as_ref().map(texts),
        value: registering.typed.get(&field.id).map(|typed| typed.0.clone()).unwrap_or_default(),
    };
    let by_box = form.consents.iter().filter(|consent| consent.step == ConsentStep::Form);
    view::RegistrationForm {
        declaration: form.declaration.as_ref().map(texts),
        fields: form.fields.iter().map(field).collect(),
        name_letters: registering
            .name_letters
            .map(|count| view::NameLetters { count, value: registering.letters.0.clone() }),
        consents: by_box.map(consent_text).collect(),
        ticked: registering.ticked.clone(),
        activation_by_mail: form.proofs.contains(&parvis_portal_profile::ContactProof::Activation),
    }
}

fn consent_text(consent: &Consent) -> ConsentText {
    ConsentText { id: consent.id.clone(), label: texts(&consent.label), text: texts(&consent.text) }
}

/// The entrance, where the portal has several.
fn entrance(at: &Entrance, role: Option<&str>) -> Option<EntranceInfo> {
    let role = role.filter(|_| at.only_role().is_none())?;
    Some(EntranceInfo { role: role.to_owned(), label: at.role_label(role) })
}

fn support_of(at: &Entrance) -> Support {
    let support = &at.profile.support;
    Support { email: support.email.clone(), phone: support.phone.clone(), reference: None }
}

fn person(signed_in: &SignedIn) -> Person {
    let mut person = signed_in.session.person.clone();
    if let Some(account) = &signed_in.account {
        person.email.clone_from(&account.card.email);
        person.phone.clone_from(&account.card.phone);
    }
    person
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn signed_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

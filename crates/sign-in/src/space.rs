//! What the person who is signed in changes of the account, and the lists that are read (PROTOCOL §7).

use crate::{
    account::{self, Card, below},
    connection::{Body, Connection, Reply},
    failure::Trouble,
    form,
    times::Times,
    tokens::{Session, proof_of},
    view::{
        AuthenticatorSetup, ClockCheck, ContactField, Delegate, DelegateDone, FieldProblem, FormProblem,
        HistoryEntry, OpenSession, PasswordRule,
    },
};
use parvis_protocol::{
    CLIENT_ID,
    clock::UnixMillis,
    error::{ErrorCode, FieldProblemCode},
    message::{
        self, CardChange, Events, PasswordChange, RecoveryCodes, Sessions, TotpConfirmation, TotpSecret,
    },
    registration::{DelegateInvitation, DelegateList},
};
use qrcode::{Color, QrCode};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use zeroize::{Zeroize, Zeroizing};

/// A clock that is off by no more than this fits the step of a code, seconds (RFC 6238 §5.2).
const STEP: i64 = 30;
/// Digits of an authenticator app's codes.
pub(crate) const TOTP_LENGTH: u32 = 6;

/// Something to be changed.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// « Modifier le mot de passe ».
    Password { current: SecretString, new: SecretString, sign_out_others: bool },
    /// A new contact, or its code again.
    Contact { field: ContactField, value: Typed },
    /// The code that was sent to the new contact.
    Prove { field: ContactField, challenge_id: String, code: SecretString },
    /// A new secret for an authenticator app.
    SetUpAuthenticator,
    /// A code of the new secret.
    ConfirmAuthenticator { code: SecretString },
    /// No authenticator app any more.
    RemoveAuthenticator,
    /// New recovery codes.
    NewRecoveryCodes,
    /// One open session.
    EndSession { id: String },
    /// All other sessions, and the trust of other workstations.
    SignOutOthers,
    /// A delegate, or the invitation of one that waits again.
    InviteDelegate { name: Typed, email: Typed },
    /// A delegate's access, or an invitation.
    RemoveDelegate { id: String, name: Typed },
}

/// A contact as it was typed: never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Typed(pub(crate) String);

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(..)")
    }
}

/// How a change ended.
#[derive(Debug)]
pub(crate) enum Changed {
    /// It was done.
    Done(Done),
    /// It was refused.
    Refused(Wrong),
    /// A fresh proof of who is here is needed first.
    NeedsProof,
}

/// What is wrong with a change, all at once.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// With what stands in the account.
    Fields(Vec<FieldProblem>),
    /// With an invitation.
    Invitation(Vec<FormProblem>),
}

/// What was done.
#[derive(Debug)]
pub(crate) enum Done {
    /// The password is the new one.
    Password { others_signed_out: bool },
    /// The card as it is now: a contact waits for its proof, was proved, or is gone.
    Card { card: Card, proved: Option<ContactField>, removed: bool },
    /// A new secret, to be proved by a code.
    SetUp(Box<AuthenticatorSetup>),
    /// Recovery codes; the authenticator app is active.
    Codes(Vec<SecretString>),
    /// No authenticator app any more.
    Removed,
    /// A session, or all others, ended.
    Ended { all_others: bool },
    /// A delegate was invited or removed; the list as it is now, where the portal gave it.
    Delegates { list: Option<Delegates>, done: DelegateDone },
}

impl Done {
    /// The portal ended the trust of every workstation with it, this one's too.
    pub(crate) const fn ends_trust(&self) -> bool {
        match self {
            Self::Password { .. } | Self::Codes(_) | Self::Removed => true,
            Self::Card { proved, removed, .. } => proved.is_some() || *removed,
            Self::SetUp(_) | Self::Ended { .. } | Self::Delegates { .. } => false,
        }
    }
}

/// Carries a change out.
pub(crate) async fn change(
    connection: &Connection,
    session: &Session,
    change: &Change,
    language: &str,
) -> Result<Changed, Trouble> {
    let at = &session.entrance;
    let card_change =
        |change: CardChange| Body::json(&CardChange { ui_locales: Some(language.to_owned()), ..change });
    let (method, path, body): (Method, &[&str], Body) = match change {
        Change::Password { current, new, sign_out_others } => {
            let mut message = PasswordChange {
                current: current.expose_secret().to_owned(),
                new: new.expose_secret().to_owned(),
                sign_out_others: *sign_out_others,
            };
            let body = Body::json(&message);
            message.current.zeroize();
            message.new.zeroize();
            (Method::POST, &["password"], body)
        }
        Change::Contact { field, value } => {
            let value = Some(value.0.clone());
            let change = match field {
                ContactField::Email => CardChange { email: value, ..CardChange::default() },
                ContactField::Phone => CardChange { phone: value, ..CardChange::default() },
            };
            (Method::PATCH, &["me"], card_change(change))
        }
        Change::Prove { challenge_id, code, .. } => {
            let change = CardChange {
                challenge_id: Some(challenge_id.clone()),
                otp: Some(code.expose_secret().to_owned()),
                ..CardChange::default()
            };
            (Method::PATCH, &["me"], card_change(change))
        }
        Change::SetUpAuthenticator => (Method::POST, &["totp"], Body::Empty),
        Change::ConfirmAuthenticator { code } => {
            let message = TotpConfirmation { otp: code.expose_secret().to_owned() };
            (Method::POST, &["totp", "confirm"], Body::json(&message))
        }
        Change::RemoveAuthenticator => (Method::DELETE, &["totp"], Body::Empty),
        Change::NewRecoveryCodes => (Method::POST, &["totp", "recovery-codes"], Body::Empty),
        Change::EndSession { id } => (Method::DELETE, &["sessions", id], Body::Empty),
        Change::SignOutOthers => return sign_out_others(connection, session).await,
        Change::InviteDelegate { name, email } => {
            let message = DelegateInvitation {
                name: name.0.clone(),
                email: email.0.clone(),
                ui_locales: Some(language.to_owned()),
            };
            (Method::POST, &["delegates"], Body::json(&message))
        }
        Change::RemoveDelegate { id, .. } => (Method::DELETE, &["delegates", id], Body::Empty),
    };
    let removes = method == Method::DELETE;
    let reply = session.request(connection, method, &below(at, path)?, body).await?;
    if reply.error() == Some(ErrorCode::InsufficientUserAuthentication) {
        return Ok(Changed::NeedsProof);
    }
    let said = reply.problems();
    if !said.is_empty() {
        return Ok(Changed::Refused(match change {
            Change::InviteDelegate { .. } | Change::RemoveDelegate { .. } => {
                Wrong::Invitation(form::problems(&said, &Times::of(connection, &reply)))
            }
            _ => Wrong::Fields(problems(&said, &reply)),
        }));
    }
    // What is gone already is removed; nothing else is done that the portal does not say is done.
    let gone = removes && reply.error() == Some(ErrorCode::NotFound);
    if !reply.status.is_success() && !gone {
        return Err(reply.refusal());
    }
    Ok(Changed::Done(match change {
        Change::Password { sign_out_others, .. } => Done::Password { others_signed_out: *sign_out_others },
        Change::Contact { field, value } => Done::Card {
            card: account::card(connection, session, &reply)?,
            proved: None,
            removed: *field == ContactField::Phone && value.0.trim().is_empty(),
        },
        Change::Prove { field, .. } => Done::Card {
            card: account::card(connection, session, &reply)?,
            proved: Some(*field),
            removed: false,
        },
        Change::SetUpAuthenticator => Done::SetUp(Box::new(set_up(connection, &reply)?)),
        Change::ConfirmAuthenticator { .. } | Change::NewRecoveryCodes => {
            let codes: RecoveryCodes = reply.json()?;
            Done::Codes(codes.recovery_codes.into_iter().map(Into::into).collect())
        }
        Change::RemoveAuthenticator => Done::Removed,
        Change::EndSession { .. } | Change::SignOutOthers => Done::Ended { all_others: false },
        Change::InviteDelegate { email, .. } => Done::Delegates {
            list: read_delegates(connection, &reply).ok(),
            done: DelegateDone::Invited { email: email.0.trim().to_owned() },
        },
        Change::RemoveDelegate { name, .. } => Done::Delegates {
            list: read_delegates(connection, &reply).ok(),
            done: DelegateDone::Removed { name: name.0.clone() },
        },
    }))
}

async fn sign_out_others(connection: &Connection, session: &Session) -> Result<Changed, Trouble> {
    let text = |text: &str| Zeroizing::new(text.to_owned());
    let form = Body::Form(vec![("client_id", text(CLIENT_ID)), ("scope", text("others"))]);
    let url = &session.entrance.endpoints.end_session;
    let reply = session.request(connection, Method::POST, url, form).await?;
    if reply.status.is_success() {
        Ok(Changed::Done(Done::Ended { all_others: true }))
    } else {
        Err(reply.refusal())
    }
}

/// The secret as it is shown: grouped for typing, and as a QR code.
fn set_up(connection: &Connection, reply: &Reply) -> Result<AuthenticatorSetup, Trouble> {
    let TotpSecret { secret, uri } = reply.json()?;
    let secret = Zeroizing::new(secret);
    let code = QrCode::new(Zeroizing::new(uri).as_bytes())
        .map_err(|_| Trouble::unexpected("an otpauth address that fits no QR code"))?;
    let row = |row: &[Color]| row.iter().map(|color| color.select('1', '0')).collect();
    Ok(AuthenticatorSetup {
        secret: grouped(&secret),
        qr: code.to_colors().chunks(code.width()).map(row).collect(),
        length: TOTP_LENGTH,
        clock: clock_check(connection.now(), reply.date),
    })
}

/// In fours, as it is read out and typed.
fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// This PC's clock against the portal's; the answer's `Date` has whole seconds.
fn clock_check(here: UnixMillis, there: Option<UnixMillis>) -> ClockCheck {
    match there.map(|there| (here - there) / 1000) {
        None => ClockCheck::Unknown,
        Some(seconds) if seconds.abs() < STEP => ClockCheck::Right,
        Some(seconds) => ClockCheck::Differs { seconds },
    }
}

/// Open sessions, the newest first.
pub(crate) async fn sessions(
    connection: &Connection,
    session: &Session,
) -> Result<Vec<OpenSession>, Trouble> {
    let reply = list(connection, session, "sessions").await?;
    let found: Sessions = reply.json()?;
    let here = connection.now();
    Ok(found
        .sessions
        .into_iter()
        .map(|open| {
            // The portal's instants, by this PC's clock.
            let last_used_at = here.saturating_sub(i64::from(open.last_used_ago) * 1000);
            let lasted = open.last_used_at.saturating_sub(open.started_at).clamp(0, LONGEST_SESSION) * 1000;
            OpenSession {
                id: open.id,
                current: open.current,
                this_workstation: open.this_workstation,
                started_at: last_used_at.saturating_sub(lasted),
                last_used_at,
                proof: proof_of(&open.acr),
            }
        })
        .collect())
}

/// No session lasts longer than a day (SES-02); beyond a month it is no time, seconds.
const LONGEST_SESSION: i64 = 31 * 86_400;

/// The account's own history, the newest first.
pub(crate) async fn history(
    connection: &Connection,
    session: &Session,
) -> Result<Vec<HistoryEntry>, Trouble> {
    let reply = list(connection, session, "events").await?;
    let found: Events = reply.json()?;
    let here = connection.now();
    Ok(found
        .events
        .into_iter()
        .map(|event| HistoryEntry {
            at: here.saturating_sub(i64::from(event.ago) * 1000),
            what: event.kind,
            detail: event.detail,
            this_workstation: event.this_workstation,
        })
        .collect())
}

/// Who may sign in on the person's behalf.
pub(crate) async fn delegates(connection: &Connection, session: &Session) -> Result<Delegates, Trouble> {
    read_delegates(connection, &list(connection, session, "delegates").await?)
}

fn read_delegates(connection: &Connection, reply: &Reply) -> Result<Delegates, Trouble> {
    let found: DelegateList = reply.json()?;
    let times = Times::of(connection, reply);
    let mut list: Vec<Delegate> = Vec::new();
    for delegate in found.delegates {
        // One of an id: the window tells them apart by it.
        if list.iter().any(|known| known.id == delegate.id) {
            continue;
        }
        list.push(Delegate {
            id: delegate.id,
            name: delegate.name,
            email: delegate.email,
            invited_at: times.local(Some(delegate.invited_at)).unwrap_or(times.here),
            // One that is in no calendar is active all the same.
            active_since: delegate.active_since.map(|at| times.local(Some(at)).unwrap_or(times.here)),
        });
    }
    Ok(Delegates { list, room: found.room })
}

async fn list(connection: &Connection, session: &Session, path: &str) -> Result<Reply, Trouble> {
    let url = below(&session.entrance, &[path])?;
    let reply = session.request(connection, Method::GET, &url, Body::Empty).await?;
    if reply.status == StatusCode::OK { Ok(reply) } else { Err(reply.refusal()) }
}

/// What the portal says is wrong, in the window's words. Rules of a new password are one problem.
fn problems(said: &[message::FieldProblem], reply: &Reply) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut unmet = Vec::new();
    for problem in said {
        let number = |name: &str| problem.params.as_ref().and_then(|params| params.get(name)?.as_i64());
        let left = || {
            let until = number("until")?.checked_mul(1000)?;
            u64::try_from(until.saturating_sub(reply.date?)).ok()
        };
        let code = FieldProblemCode::parse(&problem.code);
        problems.push(match (problem.field.as_str(), code) {
            ("new" | "new_password", FieldProblemCode::Unknown) => {
                match password_rule(&problem.code) {
                    Some(rule) => unmet.push(rule),
                    None => problems.push(FieldProblem::Other),
                }
                continue;
            }
            ("current", FieldProblemCode::Rejected) => FieldProblem::CurrentPasswordRejected,
            ("new" | "new_password", FieldProblemCode::Unchanged) => FieldProblem::NewPasswordUnchanged,
            ("email", FieldProblemCode::Malformed) => FieldProblem::EmailMalformed,
            ("email", FieldProblemCode::InUse) => FieldProblem::EmailInUse,
            ("email", FieldProblemCode::Unchanged) => FieldProblem::EmailUnchanged,
            ("phone", FieldProblemCode::Malformed) => FieldProblem::PhoneMalformed,
            ("phone", FieldProblemCode::InUse) => FieldProblem::PhoneInUse,
            ("phone", FieldProblemCode::Unchanged) => FieldProblem::PhoneUnchanged,
            ("otp", FieldProblemCode::Rejected) => FieldProblem::CodeRejected,
            ("otp", FieldProblemCode::Malformed) => FieldProblem::NotACode,
            ("otp", FieldProblemCode::Expired) => FieldProblem::CodeExpired,
            ("otp", FieldProblemCode::ClockDrift) => FieldProblem::ClockDrift {
                seconds: number("seconds").and_then(|n| i32::try_from(n).ok()).unwrap_or(0),
            },
            (_, FieldProblemCode::SendRefused) => FieldProblem::SendRefused { retry_after: left() },
            (_, FieldProblemCode::Blocked) => FieldProblem::Blocked { blocked_for: left() },
            _ => FieldProblem::Other,
        });
    }
    if !unmet.is_empty() {
        problems.push(FieldProblem::NewPassword { unmet });
    }
    problems
}

/// The rule of this name on the wire.
pub(crate) fn password_rule(code: &str) -> Option<PasswordRule> {
    let rule: parvis_portal_profile::PasswordRule = serde_json::from_value(code.into()).ok()?;
    Some(password_rule_of(rule))
}

/// The window's name of a rule.
pub(crate) const fn password_rule_of(rule: parvis_portal_profile::PasswordRule) -> PasswordRule {
    use parvis_portal_profile::PasswordRule as Rule;
    match rule {
        Rule::TooShort => PasswordRule::TooShort,
        Rule::TooLong => PasswordRule::TooLong,
        Rule::Digit => PasswordRule::Digit,
        Rule::Upper => PasswordRule::Upper,
        Rule::Lower => PasswordRule::Lower,
        Rule::Special => PasswordRule::Special,
        Rule::Common => PasswordRule::Common,
    }
}

/// A list that is read when it is shown.
#[derive(Debug)]
pub(crate) enum List {
    /// Open sessions.
    Sessions(Vec<OpenSession>),
    /// History.
    History(Vec<HistoryEntry>),
    /// Delegates.
    Delegates(Delegates),
}

/// Who may sign in on the person's behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delegates {
    /// The newest first.
    pub(crate) list: Vec<Delegate>,
    /// So many more can be invited.
    pub(crate) room: u32,
}

impl List {
    /// Which one it is.
    pub(crate) const fn kind(&self) -> ListKind {
        match self {
            Self::Sessions(_) => ListKind::Sessions,
            Self::History(_) => ListKind::History,
            Self::Delegates(_) => ListKind::Delegates,
        }
    }
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// Open sessions.
    Sessions,
    /// History.
    History,
    /// Delegates.
    Delegates,
}

/// A change that is refused here: not a code of this length.
pub(crate) fn code(typed: &SecretString, length: u32) -> Option<SecretString> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    parvis_protocol::normalise::code(typed.expose_secret(), length).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_in_fours() {
        assert_eq!(grouped("JBSWY3DPEHPK3PXP"), "JBSW Y3DP EHPK 3PXP");
        assert_eq!(grouped("ABCDE"), "ABCD E");
    }

    #[test]
    fn the_clock_check_allows_what_a_code_allows() {
        assert_eq!(clock_check(1_000, None), ClockCheck::Unknown);
        assert_eq!(clock_check(29_999, Some(0)), ClockCheck::Right);
        assert_eq!(clock_check(0, Some(120_000)), ClockCheck::Differs { seconds: -120 });
        assert_eq!(clock_check(3_600_000, Some(0)), ClockCheck::Differs { seconds: 3_600 });
    }
}

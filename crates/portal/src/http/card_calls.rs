//! The person's card (PROTOCOL §7): `GET` and `PATCH /me`.

use super::{
    Host,
    account_calls::{FreshCall, SignedCall},
    answer::Refused,
    request::{Content, language, within},
};
use crate::{
    Fault,
    account::Account,
    clock::seconds,
    contacts::{self, Proof, Sending},
};
use axum::{Json, extract::State};
use parvis_portal_profile::MethodId;
use parvis_protocol::{
    clock::UnixMillis,
    error::FieldProblemCode,
    form::FormError,
    message::{CardChange, ContactField, FieldProblem, Me},
    normalise,
};
use serde_json::json;

/// `GET /me`: the person's card.
pub(super) async fn me(State(host): State<Host>, call: SignedCall) -> Result<Json<Me>, Refused> {
    card(&host, call.caller.account).await
}

/// `PATCH /me`: a new contact, or the code that proves it.
pub(super) async fn change(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
    Content(body): Content<CardChange>,
) -> Result<Json<Me>, Refused> {
    let fields = [&body.email, &body.phone, &body.challenge_id, &body.otp];
    for (value, name) in fields.into_iter().zip(["email", "phone", "challenge_id", "otp"]) {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            within(value, 256, name)?;
        }
    }
    let (portal, account) = (&host.portal, &call.caller.account);
    let (proof, caller) = (&call.proof, &call.caller);
    match (body.email.as_deref(), body.phone.as_deref(), body.challenge_id.as_deref(), body.otp.as_deref()) {
        (Some(typed), None, None, None) => {
            let malformed = || Refused::problem("email", FieldProblemCode::Malformed);
            let address = contacts::email_address(typed).ok_or_else(malformed)?;
            new_contact(&host, &call, ContactField::Email, &address, body.ui_locales.as_deref()).await?;
        }
        (None, Some(""), None, None) => {
            if portal.only_factor_is_phone(account) {
                return Err(Refused::invalid_request("without this number no code could be sent"));
            }
            portal.remove_phone(proof, caller).await?;
        }
        (None, Some(typed), None, None) => {
            if !portal.profile.methods.contains_key(&MethodId::Sms) {
                return Err(Refused::invalid_request("this portal sends no SMS"));
            }
            let malformed = || Refused::problem("phone", FieldProblemCode::Malformed);
            let number = normalise::phone(typed).ok_or_else(malformed)?;
            new_contact(&host, &call, ContactField::Phone, &number, body.ui_locales.as_deref()).await?;
        }
        (None, None, Some(challenge_id), Some(typed)) => {
            let length = portal.profile.code.length as usize;
            let malformed = || Refused::problem("otp", FieldProblemCode::Malformed);
            let code = normalise::code(typed, length).ok_or_else(malformed)?;
            match portal.prove_contact(proof, caller, challenge_id, &code).await? {
                Proof::Proved => {}
                Proof::Rejected(left) => {
                    let params = json!({"attempts_remaining": left});
                    return Err(problem("otp", FieldProblemCode::Rejected, params));
                }
                Proof::Expired => return Err(Refused::problem("otp", FieldProblemCode::Expired)),
                Proof::Blocked(until) => return Err(not_before("otp", FieldProblemCode::Blocked, until)),
                Proof::InUse(field) => {
                    return Err(Refused::problem(field.as_str(), FieldProblemCode::InUse));
                }
            }
        }
        _ => {
            return Err(Refused::invalid_request("one of email, phone, or challenge_id and otp together"));
        }
    }
    let account = portal.account_of(&account.subject).await?;
    card(&host, account.ok_or(FormError::Missing("account"))?).await
}

async fn new_contact(
    host: &Host,
    call: &SignedCall,
    field: ContactField,
    value: &str,
    ui_locales: Option<&str>,
) -> Result<(), Refused> {
    let language = match ui_locales {
        Some(_) => language(ui_locales, &host.portal.profile.languages),
        None => call.caller.account.language(),
    };
    let name = field.as_str();
    match host.portal.send_contact_code(&call.proof, &call.caller, field, value, language).await? {
        Sending::Queued => Ok(()),
        Sending::Unchanged => Err(Refused::problem(name, FieldProblemCode::Unchanged)),
        Sending::Refused(until) => Err(not_before(name, FieldProblemCode::SendRefused, until)),
        Sending::Blocked(until) => Err(not_before(name, FieldProblemCode::Blocked, until)),
    }
}

async fn card(host: &Host, account: Account) -> Result<Json<Me>, Refused> {
    let (portal, rights) = (&host.portal, account.rights());
    let mut connection = portal.store.read().acquire().await.map_err(Fault::from)?;
    let pending = contacts::pending(portal, &mut connection, &account, portal.clock.now()).await;
    Ok(Json(Me {
        second_factor_due: portal.needs_second_factor(&account),
        totp_since: account.totp_since.filter(|_| portal.offers_totp()).map(seconds),
        recovery_codes_left: account.recovery_codes_left().filter(|_| portal.offers_totp()),
        email: account.email().map(ToOwned::to_owned),
        phone: account.phone().map(ToOwned::to_owned),
        phone_verified: account.phone_is_verified(),
        subject: account.subject,
        identifier: account.identifier,
        name: account.name,
        role: account.role,
        rights,
        pending: pending.map_err(Fault::from)?,
    }))
}

fn problem(field: &str, code: FieldProblemCode, params: serde_json::Value) -> Refused {
    let (field, code) = (field.to_owned(), code.as_str().to_owned());
    Refused::Problems(vec![FieldProblem { field, code, params: Some(params) }])
}

fn not_before(field: &str, code: FieldProblemCode, until: UnixMillis) -> Refused {
    problem(field, code, json!({"until": seconds(until + 999)}))
}

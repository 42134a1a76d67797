//! Delegates of the person who is signed in (PROTOCOL §7).

use super::{
    Host,
    account_calls::{FreshCall, SignedCall, not_found},
    answer::Refused,
    request::{Content, language, within},
};
use crate::{clock::seconds, contacts, delegates::Invited};
use axum::{
    Json,
    extract::{Path, State},
};
use parvis_protocol::{
    error::FieldProblemCode,
    message::FieldProblem,
    registration::{DelegateInvitation, DelegateList},
};
use serde_json::json;

/// Longest name of a delegate, in characters.
const LONGEST_NAME: usize = 100;

/// `GET /delegates`: 404 for whoever invites none.
pub(super) async fn list(State(host): State<Host>, call: SignedCall) -> Result<Json<DelegateList>, Refused> {
    answer(&host, &call).await
}

/// `POST /delegates`: everything wrong with it at once; an invitation that waits is sent again.
pub(super) async fn invite(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
    Content(body): Content<DelegateInvitation>,
) -> Result<Json<DelegateList>, Refused> {
    let portal = &host.portal;
    let Some(rule) = portal.delegates_of(&call.caller.account) else { return Err(not_found()) };
    for (value, field) in [(&body.name, "name"), (&body.email, "email")] {
        if !value.is_empty() {
            within(value, 1024, field)?;
        }
    }
    let problem = |field: &str, code: FieldProblemCode| FieldProblem {
        field: field.to_owned(),
        code: code.as_str().to_owned(),
        params: None,
    };
    let mut problems = Vec::new();
    let name = body.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        problems.push(problem("name", FieldProblemCode::Missing));
    } else if name.chars().any(char::is_control) || name.chars().count() > LONGEST_NAME {
        problems.push(problem("name", FieldProblemCode::Malformed));
    }
    let email = contacts::email_address(&body.email);
    if email.is_none() {
        let missing = body.email.trim().is_empty();
        let code = if missing { FieldProblemCode::Missing } else { FieldProblemCode::Malformed };
        problems.push(problem("email", code));
    }
    let (Some(email), true) = (email, problems.is_empty()) else { return Err(Refused::Problems(problems)) };
    let language = language(body.ui_locales.as_deref(), &portal.profile.languages);
    let invited = portal.invite_delegate(&call.proof, &call.caller, rule, (&name, &email), language).await?;
    match invited {
        Invited::Queued => answer(&host, &call).await,
        Invited::Full => Err(Refused::problem("form", FieldProblemCode::Blocked)),
        Invited::Refused(until) => {
            let params = Some(json!({"until": seconds(until + 999)}));
            let refused = FieldProblem { params, ..problem("email", FieldProblemCode::SendRefused) };
            Err(Refused::Problems(vec![refused]))
        }
    }
}

/// `DELETE /delegates/{id}`.
pub(super) async fn remove(
    State(host): State<Host>,
    Path(id): Path<String>,
    call: SignedCall,
) -> Result<Json<DelegateList>, Refused> {
    let Some(rule) = host.portal.delegates_of(&call.caller.account) else { return Err(not_found()) };
    if host.portal.remove_delegate(&call.proof, &call.caller, rule, &id).await? {
        answer(&host, &call).await
    } else {
        Err(not_found())
    }
}

async fn answer(host: &Host, call: &SignedCall) -> Result<Json<DelegateList>, Refused> {
    let account = &call.caller.account;
    let Some(rule) = host.portal.delegates_of(account) else { return Err(not_found()) };
    Ok(Json(host.portal.delegate_list(account, rule).await?))
}

//! The way from the app to the portal's pages (PROTOCOL §5).

use super::{Host, account_calls::SignedCall, answer::Refused, request::Content};
use axum::{Json, extract::State, http::StatusCode};
use parvis_protocol::{
    error::ErrorCode,
    message::{PageEntry, SessionBootstrap},
};

/// `POST session_bootstrap_endpoint`: a new web session, for a registered page.
pub(super) async fn session_bootstrap(
    State(host): State<Host>,
    call: SignedCall,
    Content(wanted): Content<SessionBootstrap>,
) -> Result<Json<PageEntry>, Refused> {
    let entry = host.portal.open_page(&call.proof, &call.caller, &wanted.page).await?;
    entry.map(Json).ok_or(Refused::With(StatusCode::NOT_FOUND, ErrorCode::NotFound, None))
}

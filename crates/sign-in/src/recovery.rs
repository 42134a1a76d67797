//! « Mot de passe oublié ? » (PROTOCOL §7): the portal is asked for a mail with a link, and says the same to everybody.

use crate::{
    account::below,
    challenge::{Identifier, code_of},
    connection::{Body, Call, Connection},
    entrance::Entrance,
    failure::Trouble,
    view::Language,
};
use parvis_protocol::{jws::PrivateKey, message::RecoveryRequest};
use reqwest::Method;

/// Asks for the mail. Asking again sends the same link again, so a lost answer is simply asked for again.
pub(crate) async fn request(
    connection: &Connection,
    at: &Entrance,
    identifier: &Identifier,
    language: Language,
) -> Result<(), Trouble> {
    let message =
        RecoveryRequest { identifier: identifier.0.clone(), ui_locales: Some(code_of(language).to_owned()) };
    let call = Call {
        method: Method::POST,
        url: &below(at, &["recovery"])?,
        // Nobody is signed in: any key proves that this request is the one that was made.
        key: &PrivateKey::generate(connection.entropy()),
        access_token: None,
        device: None,
        body: Body::json(&message),
    };
    let reply = connection.send_repeatable(&call).await?;
    if reply.status.is_success() { Ok(()) } else { Err(reply.refusal()) }
}

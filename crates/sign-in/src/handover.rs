//! What a completed sign-in leaves on this workstation (PROTOCOL §6): another person's key and hints go before « signed in »
//! is shown, and trust that was granted is kept.

use crate::{
    engine::Engine,
    failure::Trouble,
    hints::Hint,
    tokens::{Redeemed, Session, TRUSTED},
    view::{FailureCode, Notice, Receipt, TrustState, Wiped, WipedItem},
};
use parvis_protocol::{clock::UnixMillis, jws::PrivateKey};

/// What the person is told.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) receipt: Option<Receipt>,
    pub(crate) trust: TrustState,
    pub(crate) notice: Option<Notice>,
    /// Something stayed behind.
    pub(crate) warning: Option<Trouble>,
}

/// Puts this workstation in order for the person who has just signed in.
///
/// The previous person's session is not here to be wiped: the engine holds one session at most, and a sign-in begins where
/// there is none.
pub(crate) async fn settle(
    engine: &Engine,
    session: &Session,
    redeemed: &Redeemed,
    acr: &str,
    asked_for_trust: bool,
    fresh_key: Option<PrivateKey>,
) -> Settled {
    let issuer = &session.entrance.portal.issuer;
    let name = session.entrance.key_name();
    let me = engine.workstation.pseudonym(issuer, &session.subject);
    let hint = engine.hint(issuer);
    let trusted_until = redeemed.trusted().map(|trust| until(engine, trust.expires_in));
    let honoured = acr == TRUSTED;
    let owner = hint.as_ref().and_then(|hint| hint.owner.as_ref());
    let another = owner.is_some_and(|owner| *owner != me) && !honoured;
    let granted = fresh_key.filter(|_| trusted_until.is_some());

    // A key without a known owner, and the person's own whose trust is over, go too: without a word, nobody loses anything.
    // A trust that was not honoured although it is the person's own was signed by another key, or the keyring is locked:
    // only then may the key still be good.
    let untouched = !another && owner.is_some() && trusted_until.is_some() && granted.is_none();
    let keeps_old_key = honoured || (untouched && (acr == "pwd" || engine.keyring.key(&name).await.is_err()));
    let mut warning = None;
    let mut wiped = Vec::new();
    if !keeps_old_key {
        let (key_gone, hints_gone) = engine.forget_trust(issuer, &name).await;
        wiped = vec![
            Wiped { what: WipedItem::DeviceKey, verified: key_gone },
            Wiped { what: WipedItem::Hints, verified: hints_gone },
            Wiped { what: WipedItem::Session, verified: true },
            // Cleared and read back before anybody was signed in.
            Wiped { what: WipedItem::WebData, verified: true },
        ];
        if !key_gone && owner.is_some() {
            warning =
                Some(Trouble::new(FailureCode::OldKeyRemains, "the keyring did not remove a former key"));
        } else if !hints_gone {
            warning = Some(Trouble::new(FailureCode::DataFolder, "the hints could not be removed"));
        }
    }

    let mut kept_until = trusted_until.filter(|_| keeps_old_key);
    if let (Some(key), Some(at)) = (&granted, trusted_until) {
        match engine.keyring.keep(&name, key).await {
            Ok(()) => {
                kept_until = Some(at);
                // The old key was written over.
                warning = warning.filter(|trouble| trouble.code != FailureCode::OldKeyRemains);
            }
            Err(error) => tracing::warn!(%error, "the device key was not kept"),
        }
    }
    if let Some(at) = kept_until {
        let hint = Hint { owner: Some(me), trusted_until: Some(at), key_to_remove: None };
        if let Err(error) = engine.set_hint(issuer, hint) {
            warning = Some(Trouble::new(FailureCode::DataFolder, error.to_string()));
        }
    }

    let ended = redeemed.handover().filter(|handover| handover.ended_trust || handover.ended_sessions > 0);
    let receipt = (another || ended.is_some()).then(|| Receipt {
        ended_trust: ended.is_some_and(|handover| handover.ended_trust),
        ended_sessions: ended.map_or(0, |handover| handover.ended_sessions),
        wiped,
        at: engine.connection.now(),
    });
    Settled {
        receipt,
        trust: kept_until.map_or(TrustState::None { code_due: acr != "pwd" }, |at| TrustState::Until { at }),
        notice: (asked_for_trust && kept_until.is_none()).then_some(Notice::TrustNotRemembered),
        warning,
    }
}

fn until(engine: &Engine, seconds: u32) -> UnixMillis {
    engine.connection.now().saturating_add(i64::from(seconds) * 1000)
}

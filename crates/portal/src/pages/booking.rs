//! The booking page of the demonstration: a fictional practice whose appointments lead to an account, and back here (PROTOCOL §7).
//! Whoever runs a real booking page makes such links with `parvis-portal booking-link`.

mod views;

use super::frame;
use crate::{Portal, appointment::AppointmentLink, clock::seconds, http::Host, local_time};
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use parvis_protocol::clock::UnixMillis;

/// Where it stands, below the issuer's address.
const PATH: &str = "booking";
const PRACTICE: &str = "Cabinet du Dr Morel";
/// When its appointments begin, one a working day.
const TIMES: [(i8, i8); 3] = [(9, 0), (10, 20), (14, 40)];

/// `GET booking`: appointments that can be had; with `appointment`, the one that a registration comes back to.
pub(crate) async fn show(
    State(host): State<Host>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (portal, query) = (&host.portal, query.as_deref());
    let (language, now) = (frame::language(portal, query, &headers), portal.clock.now());
    let parameters = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let token = parameters.into_iter().find(|(name, _)| name == "appointment").map(|(_, token)| token);
    match token.map(|token| (portal.appointment(&token, now), token)) {
        Some((Some(link), token)) => views::chosen(portal, language, &link, &token),
        other => views::free(portal, language, &free(portal, now), other.is_some()),
    }
}

/// The next appointments, each with its link.
fn free(portal: &Portal, now: UnixMillis) -> Vec<(AppointmentLink, String)> {
    let today = local_time::local(now).date();
    let working_days = today
        .series(jiff::Span::new().days(1))
        .skip(1)
        .filter(|day| day.weekday().to_monday_one_offset() <= 5);
    let starts = working_days.zip(TIMES).filter_map(|(day, (hour, minute))| {
        let at = local_time::instant(day.at(hour, minute, 0, 0))?;
        let link = AppointmentLink {
            practice: PRACTICE.to_owned(),
            at,
            record: None,
            return_path: Some(PATH.to_owned()),
            // Who comes later has missed it.
            expires_at: at,
        };
        Some((link.clone(), portal.sign_appointment(&link))).filter(|_| seconds(now) < at)
    });
    starts.collect()
}

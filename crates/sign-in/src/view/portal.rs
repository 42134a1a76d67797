//! A portal as the window shows it: its card, its entrances, its pages, whom to ask.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An entrance of a portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EntranceInfo {
    /// The role it is for.
    pub role: String,
    /// Its name.
    pub label: Texts,
}

/// The portal's own pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PagesState {
    /// They can be opened.
    Closed,
    /// They are open, in a window of their own; opening them again brings it to the front.
    Open,
}

/// A portal in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PortalCard {
    /// Its id.
    pub id: String,
    /// Its name, in each language.
    pub name: Texts,
    /// Who enters there.
    pub audience: Texts,
    /// Two letters for the card.
    pub monogram: String,
    /// Last one opened on this workstation.
    pub last_used: bool,
}

/// A text in each language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Texts {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

/// The chosen portal, as far as its screens need it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PortalInfo {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Texts,
    /// Its host, so that the person can see where the password goes.
    pub host: String,
    /// Label of the identifier field.
    pub identifier_label: Texts,
    /// Support.
    pub support: Support,
    /// Trust can be asked for at this portal, for this long at most.
    #[ts(type = "number | null")]
    pub trust_max_age: Option<u64>,
    /// « Créer un compte » is offered.
    pub can_register: bool,
}

/// Whom to contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Support {
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// To quote, if the portal gave one.
    pub reference: Option<String>,
}

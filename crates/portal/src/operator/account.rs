//! `parvis-portal account …`.

use super::{Where, find, import::ImportFile, say};
use anyhow::{Context, bail};
use clap::Subcommand;
use parvis_portal::{
    account::{Account, NewAccount},
    rights::{RightsChange, RightsChanged},
};
use parvis_portal_profile::{Language, MethodId};
use secrecy::SecretString;
use std::io::{Read, stdin, stdout};

#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Creates an account; its password is read from the standard input.
    Create {
        #[command(flatten)]
        portal: Where,
        /// What the person types.
        identifier: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// Entrance.
        #[arg(long)]
        role: String,
        /// A right; may be given several times.
        #[arg(long = "right")]
        rights: Vec<String>,
        /// E-mail address, taken as proved.
        #[arg(long)]
        email: Option<String>,
        /// « Téléphone de secours », taken as proved.
        #[arg(long)]
        phone: Option<String>,
        /// Language of its mails: fr, en or de.
        #[arg(long, default_value = "fr")]
        language: String,
        /// Mails a link that sets the password, in the place of reading one.
        #[arg(long, requires = "email")]
        invite: bool,
    },
    /// Lists all accounts.
    List {
        #[command(flatten)]
        portal: Where,
    },
    /// Shows one account.
    Show {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Blocks an account: it cannot sign in until it is unblocked, and what is open ends.
    Block {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Lifts a block and gives back all tries.
    Unblock {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Creates the accounts of a CSV file: all of them, or none where one line is bad.
    Import(ImportFile),
    /// Changes role and rights, and says what changed. Remembered workstations end with it.
    SetRights {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
        /// Entrance; all sessions end with another one.
        #[arg(long)]
        role: Option<String>,
        /// All the rights that it is to have; may be given several times.
        #[arg(long = "right", conflicts_with = "no_rights", required_unless_present_any = ["role", "no_rights"])]
        rights: Vec<String>,
        /// Takes all rights away.
        #[arg(long)]
        no_rights: bool,
    },
    /// Removes the authenticator app of somebody who lost the telephone, once you have recognised the person. The owner is told.
    RemoveTotp {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Ends all sessions and remembered workstations of one account, or of all.
    SignOut {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        account: Option<String>,
        /// Everybody.
        #[arg(long)]
        all: bool,
    },
    /// Mails a link that sets the first password; asked again within 15 minutes, the same link.
    Invite {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Mails a link that sets a new password. Nobody else chooses or sees it.
    SendReset {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Closes an account; what is open ends. To strangers it looks like one that does not exist.
    Disable {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Opens a closed account again.
    Enable {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
}

impl AccountCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create { portal, identifier, name, role, rights, email, phone, language, invite } => {
                let portal = portal.open().await?;
                let language = Language::parse(&language).context("the language is fr, en or de")?;
                let phone_verified = phone.is_some();
                let account =
                    NewAccount { identifier, name, role, rights, email, phone, phone_verified, language };
                let password = if invite { None } else { Some(password()?) };
                let subject = portal.create_account(account, password).await?;
                if invite {
                    portal.invite(&subject).await?;
                }
                say(stdout(), &subject);
            }
            Self::List { portal } => {
                for account in portal.open().await?.accounts().await? {
                    say(stdout(), &line(&account));
                }
            }
            Self::Show { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                say(stdout(), &line(&account));
                say(stdout(), &format!("  subject {}", account.subject));
                say(stdout(), &format!("  e-mail {}", account.email().unwrap_or("none")));
                say(stdout(), &format!("  telephone {}", account.phone().unwrap_or("none")));
                if let Some(reference) = &account.block_reference {
                    say(stdout(), &format!("  blocked, reference {reference}"));
                }
            }
            Self::Block { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                let reference = portal.block_account(&account.subject).await?;
                say(stdout(), &format!("{} is blocked, reference {reference}", account.identifier));
            }
            Self::Unblock { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                portal.unblock_account(&account).await?;
                say(stdout(), &format!("{} can sign in again", account.identifier));
            }
            Self::Import(import) => import.run().await?,
            Self::SetRights { portal, account, role, rights, no_rights } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                let rights = (no_rights || !rights.is_empty()).then_some(rights);
                let changed = portal.set_rights(&account, RightsChange { role, rights }).await?;
                say(stdout(), &told(&account, &changed));
            }
            Self::RemoveTotp { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                let removed = portal.remove_lost_totp(&account).await?;
                let text = if removed {
                    "has no authenticator app any more; the owner is told"
                } else {
                    "has no authenticator app"
                };
                say(stdout(), &format!("{} {text}", account.identifier));
            }
            Self::SignOut { portal, account, all: _ } => {
                let portal = portal.open().await?;
                let ended = match account {
                    None => portal.sign_out_everybody().await?,
                    Some(account) => portal.sign_out_account(&find(&portal, &account).await?.subject).await?,
                };
                say(stdout(), &format!("{ended} open sessions ended; remembered workstations are forgotten"));
            }
            Self::Invite { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                reachable(&account)?;
                portal.invite(&account.subject).await?;
                say(stdout(), &format!("the running portal mails {} a link", account.identifier));
            }
            Self::SendReset { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                reachable(&account)?;
                portal.send_reset(&account.subject).await?;
                say(stdout(), &format!("the running portal mails {} a link", account.identifier));
            }
            Self::Disable { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                let changed = portal.disable_account(&account.subject).await?;
                let text = if changed { "is closed; its sessions have ended" } else { "was not open" };
                say(stdout(), &format!("{} {text}", account.identifier));
            }
            Self::Enable { portal, account } => {
                let portal = portal.open().await?;
                let account = find(&portal, &account).await?;
                let changed = portal.enable_account(&account.subject).await?;
                let text = if changed { "is open again" } else { "was not closed" };
                say(stdout(), &format!("{} {text}", account.identifier));
            }
        }
        Ok(())
    }
}

/// The first line of the standard input: passwords never stand in arguments.
fn password() -> anyhow::Result<SecretString> {
    let mut text = String::new();
    stdin().take(4097).read_to_string(&mut text).context("the password is read from the standard input")?;
    let first = text.lines().next().unwrap_or_default();
    if first.is_empty() {
        bail!("write the password to the standard input");
    }
    Ok(SecretString::from(first))
}

fn line(account: &Account) -> String {
    let state = if account.blocked_at.is_some() { "blocked" } else { account.state() };
    let rights = account.rights().join(" ");
    format!("{}\t{}\t{}\t{state}\t{rights}", account.identifier, account.name, account.role)
}

/// A link goes to a proved address only (REC-04).
fn reachable(account: &Account) -> anyhow::Result<()> {
    if account.destination(MethodId::Email).is_none() {
        bail!("{} has no e-mail address that was proved", account.identifier);
    }
    Ok(())
}

/// What a change of role and rights did, in one line.
fn told(account: &Account, changed: &RightsChanged) -> String {
    if changed.is_empty() {
        return format!("{}: nothing to change", account.identifier);
    }
    let mut parts = Vec::new();
    if changed.role.0 != changed.role.1 {
        parts.push(format!("role {} instead of {}", changed.role.1, changed.role.0));
    }
    parts.extend(changed.added.iter().map(|right| format!("+{right}")));
    parts.extend(changed.removed.iter().map(|right| format!("-{right}")));
    if changed.second_factor_due {
        parts.push("a code is due at each sign-in from now on".to_owned());
    }
    parts.push(format!("{} sessions ended, remembered workstations forgotten", changed.ended_sessions));
    format!("{}: {}", account.identifier, parts.join("; "))
}

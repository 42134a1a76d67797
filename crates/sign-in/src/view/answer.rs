//! What a person answers.

use super::{ContactField, MethodId, Place};
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// What a person answers.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Answer {
    /// Enter this portal.
    ChoosePortal {
        /// Which.
        portal: String,
    },
    /// Another portal; forgets what was typed.
    ChangePortal,
    /// Identifier and password.
    Password {
        /// As typed.
        identifier: String,
        /// As typed.
        #[ts(type = "string")]
        password: SecretString,
    },
    /// Receive the code this way (also: change method, receive again).
    SendCode {
        /// Which way.
        method: MethodId,
    },
    /// The code.
    Code {
        /// As typed: spaces and dashes are fine.
        #[ts(type = "string")]
        code: SecretString,
        /// The trust box.
        remember: bool,
    },
    /// Ask the portal what became of the message (at most every 2 s; the engine drops the rest).
    PollDelivery,
    /// Enter by this entrance: chosen, changed, or where the account belongs ([`PasswordProblem::WrongRole`](super::PasswordProblem::WrongRole)).
    ChooseEntrance {
        /// Its role.
        role: String,
    },
    /// Show the entrances again; what was typed as identifier stays.
    ChangeEntrance,
    /// « Mot de passe oublié ? »
    ForgottenPassword {
        /// As typed so far.
        identifier: String,
    },
    /// Ask for the mail with the link (again).
    RequestRecovery {
        /// As typed.
        identifier: String,
    },
    /// « Créer un compte »: its form.
    Register,
    /// The form. Of a field that is typed twice, the second is `…_again`.
    SubmitRegistration {
        /// As typed, by the ids of the fields.
        #[ts(type = "Record<string, string>")]
        fields: BTreeMap<String, SecretString>,
        /// The declaration's box.
        declared: bool,
        /// Ids of the consents whose boxes are ticked.
        accepted: Vec<String>,
    },
    /// Back to the form, which keeps what was typed but the password.
    EditRegistration,
    /// « J'accepte ».
    AcceptConsent {
        /// Which.
        id: String,
    },
    /// Mails the link that activates again.
    ResendActivation,
    /// From the end of a registration to identifier and password.
    SignInNow,
    /// Back to the page of the booking, in the browser.
    ReturnToPage,
    /// Invites somebody as delegate; an invitation that waits is sent again.
    InviteDelegate {
        /// As typed.
        name: String,
        /// As typed.
        email: String,
    },
    /// Ends a delegate's access, or takes an invitation back.
    RemoveDelegate {
        /// Which.
        id: String,
    },
    /// « Ouvrir le portail ».
    OpenPages,
    /// Go to a part of « Mon espace »; what was typed in the one before is dropped.
    Show {
        /// Which.
        place: Place,
    },
    /// « Modifier le mot de passe ».
    ChangePassword {
        /// As typed.
        #[ts(type = "string")]
        current: SecretString,
        /// As typed.
        #[ts(type = "string")]
        new: SecretString,
        /// « Se déconnecter des autres appareils ».
        sign_out_others: bool,
    },
    /// A new contact; sends a code to it. The same one again: sends it again.
    ChangeContact {
        /// Which.
        field: ContactField,
        /// As typed; empty to have no telephone number.
        value: String,
    },
    /// Sends the code of the pending contact again.
    ResendContact,
    /// The code that was sent to the new contact.
    ProveContact {
        /// As typed.
        #[ts(type = "string")]
        code: SecretString,
    },
    /// Gives up the pending contact.
    CancelContact,
    /// A new secret for an authenticator app: activation or replacement.
    SetUpAuthenticator,
    /// A code of the new secret.
    ConfirmAuthenticator {
        /// As typed.
        #[ts(type = "string")]
        code: SecretString,
    },
    /// No authenticator app any more.
    RemoveAuthenticator,
    /// New recovery codes; the old ones are void.
    NewRecoveryCodes,
    /// The recovery codes were written down.
    AcceptRecoveryCodes,
    /// End one session of the list.
    EndSession {
        /// Its id.
        id: String,
    },
    /// End all sessions but this one, and the trust of other workstations.
    SignOutOthers,
    /// The password, for a step-up.
    StepUpPassword {
        /// As typed.
        #[ts(type = "string")]
        password: SecretString,
    },
    /// Gives up what needed the step-up; the screen keeps what was typed.
    CancelStepUp,
    /// Back to identifier and password, or from a card.
    Restart,
    /// Same answer again after a failure that allows it.
    Retry,
    /// Close the failure.
    DismissFailure,
    /// Open the browser for a step that belongs there.
    OpenBrowser,
    /// « Continuer » on the receipt.
    AcceptReceipt,
    /// Sign out; trust stays.
    SignOut,
    /// Leave: sign out, end trust, wipe, verify.
    Leave,
    /// End the trust of one workstation of the list.
    ForgetDevice {
        /// Its id.
        id: String,
    },
    /// Someone is here: restarts the inactivity count.
    StaySignedIn,
}

/// Nothing that was typed, the identifier no more than the rest: people type passwords there.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(..)")
    }
}

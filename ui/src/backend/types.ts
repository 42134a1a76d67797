// Generated from crates/sign-in/src/view.rs by its test; do not edit.
/**
 * « À propos ».
 */
export type About = { 
/**
 * Version of the app.
 */
version: string, 
/**
 * Operating system and its version.
 */
system: string, 
/**
 * Version of the web view.
 */
webView: string, 
/**
 * The workstation.
 */
workstation: Workstation, 
/**
 * Folder of the log files.
 */
logFolder: string, 
/**
 * Licences of the parts, as text.
 */
licences: string, };
/**
 * What a person answers.
 */
export type Answer = { "kind": "choose_portal", 
/**
 * Which.
 */
portal: string, } | { "kind": "change_portal" } | { "kind": "password", 
/**
 * As typed.
 */
identifier: string, 
/**
 * As typed.
 */
password: string, } | { "kind": "send_code", 
/**
 * Which way.
 */
method: MethodId, } | { "kind": "code", 
/**
 * As typed: spaces and dashes are fine.
 */
code: string, 
/**
 * The trust box.
 */
remember: boolean, } | { "kind": "poll_delivery" } | { "kind": "forgotten_password" } | { "kind": "restart" } | { "kind": "retry" } | { "kind": "dismiss_failure" } | { "kind": "open_browser" } | { "kind": "accept_receipt" } | { "kind": "sign_out" } | { "kind": "leave" } | { "kind": "forget_device", 
/**
 * Its id.
 */
id: string, } | { "kind": "stay_signed_in" };
/**
 * What is under way.
 */
export type Busy = "connecting" | "checking_password" | "sending_code" | "checking_code" | "completing" | "signing_out" | "leaving" | "saving";
/**
 * Why a code, or a request for one, was refused.
 */
export type CodeProblem = { "kind": "code_rejected" } | { "kind": "code_expired" } | { "kind": "method_blocked", 
/**
 * Milliseconds.
 */
blockedFor: number | null, } | { "kind": "send_refused", 
/**
 * Milliseconds.
 */
retryAfter: number | null, } | { "kind": "not_a_code" } | { "kind": "same_code_again" };
/**
 * The code that is asked.
 */
export type CodeStep = { 
/**
 * How it came.
 */
method: MethodId, 
/**
 * Masked destination.
 */
hint: string | null, 
/**
 * Which send this is, from 1, on this sign-in.
 */
sendNumber: number, 
/**
 * Digits.
 */
length: number, 
/**
 * When it was asked for, by this PC's clock.
 */
sentAt: number, 
/**
 * Validity left.
 */
expiresIn: number, 
/**
 * Whole validity, for the bar.
 */
validity: number, 
/**
 * Until a resend is possible.
 */
resendIn: number, 
/**
 * Sends left.
 */
sendsRemaining: number | null, 
/**
 * Tries left.
 */
attemptsRemaining: number | null, 
/**
 * What became of the message.
 */
delivery: Delivery, 
/**
 * All methods, for changing.
 */
methods: Array<Method>, 
/**
 * The trust box is offered.
 */
canRemember: boolean, 
/**
 * Until when trust would hold, by this PC's clock.
 */
rememberUntil: number | null, };
/**
 * What became of the message.
 */
export type Delivery = "queued" | "sent" | "failed";
/**
 * A failure that is nobody's answer: the network, the portal, this PC. The window has the words for each code.
 */
export type Failure = { 
/**
 * What happened; the window's table has text, severity and next action for each.
 */
code: FailureCode, 
/**
 * For support, in English; never shown as the message.
 */
message: string, 
/**
 * When another try makes sense: milliseconds from now.
 */
retryAfter: number | null, 
/**
 * The same answer can be sent again as it is.
 */
canRetry: boolean, };
/**
 * Every failure the engine can meet. `docs/errors.md` lists them.
 */
export type FailureCode = "portal_unreachable" | "certificate_rejected" | "proxy_refused" | "portal_busy" | "slow_down" | "unexpected_answer" | "wrong_issuer" | "session_expired" | "signed_out_by_portal" | "handover_incomplete" | "old_key_remains" | "keyring_unavailable" | "data_folder" | "portal_not_supported" | "request_refused" | "out_of_step" | "internal";
/**
 * The keyring, after a round trip at start.
 */
export type KeyringState = "checking" | "available" | "unavailable";
/**
 * Languages of the window.
 */
export type Language = "fr" | "en" | "de";
/**
 * A method that a code can come by.
 */
export type Method = { 
/**
 * Which.
 */
id: MethodId, 
/**
 * Masked destination.
 */
hint: string | null, 
/**
 * Blocked for this long: milliseconds.
 */
blockedFor: number | null, };
/**
 * Second factors that end in a code.
 */
export type MethodId = "email" | "sms" | "totp";
/**
 * Something to say once, beside the screen.
 */
export type Notice = { "kind": "signed_out", 
/**
 * Trust stays until, by this PC's clock.
 */
trustUntil: number | null, } | { "kind": "signed_out_by_inactivity" } | { "kind": "signed_out_by_sleep" } | { "kind": "signed_out_by_portal" } | { "kind": "trust_not_remembered" } | { "kind": "trust_forgotten" } | { "kind": "end_pending" };
/**
 * Why identifier and password were refused.
 */
export type PasswordProblem = { "kind": "credentials_rejected" } | { "kind": "wrong_role", 
/**
 * Where the account belongs, in each language.
 */
roles: Array<Texts>, };
/**
 * Who is signed in; contacts are masked, because screens are shared.
 */
export type Person = { 
/**
 * Name.
 */
name: string, 
/**
 * For the pictogram.
 */
initials: string, 
/**
 * Role, in each language.
 */
role: Texts | null, 
/**
 * Masked e-mail.
 */
email: string | null, 
/**
 * Masked « téléphone de secours », if proved.
 */
phone: string | null, 
/**
 * How the sign-in was proved.
 */
proof: Proof, };
/**
 * A portal in the list.
 */
export type PortalCard = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name, in each language.
 */
name: Texts, 
/**
 * Who enters there.
 */
audience: Texts, 
/**
 * Two letters for the card.
 */
monogram: string, 
/**
 * Last one opened on this workstation.
 */
lastUsed: boolean, };
/**
 * The chosen portal, as far as its screens need it.
 */
export type PortalInfo = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: Texts, 
/**
 * Its host, so that the person can see where the password goes.
 */
host: string, 
/**
 * Label of the identifier field.
 */
identifierLabel: Texts, 
/**
 * Support.
 */
support: Support, 
/**
 * Trust can be asked for at this portal, for this long at most.
 */
trustMaxAge: number | null, };
/**
 * What the window remembers between starts; nothing that security depends on.
 */
export type Preferences = { 
/**
 * Language of the window; the operating system's at first.
 */
language: Language, 
/**
 * Zoom of the window in percent, 50 to 300.
 */
zoom: number, };
/**
 * How the sign-in was proved (`acr`).
 */
export type Proof = "password" | "email_code" | "sms_code" | "totp" | "trust" | "passkey";
/**
 * What handover did.
 */
export type Receipt = { 
/**
 * The previous person's trust ended, on the portal.
 */
endedTrust: boolean, 
/**
 * Sessions of other people that ended, on the portal.
 */
endedSessions: number, 
/**
 * What was removed here.
 */
wiped: Array<Wiped>, 
/**
 * When, by this PC's clock.
 */
at: number, };
/**
 * One screen. Each says one thing.
 */
export type Screen = { "kind": "choose_portal", 
/**
 * What just ended, if anything.
 */
notice: Notice | null, } | { "kind": "password", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Kept after a refusal; empty at first. Never remembered over a sign-out.
 */
identifier: string, 
/**
 * Why the last try was refused.
 */
problem: PasswordProblem | null, 
/**
 * What just ended, if anything.
 */
notice: Notice | null, } | { "kind": "select_method", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What can be chosen.
 */
methods: Array<Method>, 
/**
 * Proposed first.
 */
preferred: MethodId | null, 
/**
 * Why a code is asked although this person was trusted here.
 */
trustEnded: TrustEndReason | null, 
/**
 * Why the last method was refused.
 */
problem: CodeProblem | null, } | { "kind": "code", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * The code that is asked.
 */
code: CodeStep, 
/**
 * Why a code is asked although this person was trusted here.
 */
trustEnded: TrustEndReason | null, 
/**
 * Why the last answer was refused.
 */
problem: CodeProblem | null, } | { "kind": "blocked", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Since when, by this PC's clock.
 */
since: number | null, 
/**
 * Until when, if it ends by itself.
 */
until: number | null, 
/**
 * Whom to contact, with the reference to quote.
 */
support: Support, } | { "kind": "browser", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Whether there is an address to open.
 */
canOpen: boolean, } | { "kind": "support_card", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Whom to contact.
 */
support: Support, } | { "kind": "handover_receipt", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Who is signed in now.
 */
person: Person, 
/**
 * What happened to the previous person's trust, sessions and data.
 */
receipt: Receipt, } | { "kind": "signed_in", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Who is signed in.
 */
person: Person, 
/**
 * Since when, by this PC's clock.
 */
since: number, 
/**
 * This workstation's trust.
 */
trust: TrustState, 
/**
 * The person's trusted workstations; absent until the portal has answered.
 */
devices: Array<TrustedWorkstation> | null, 
/**
 * Sign-out after this much inactivity.
 */
inactivityLimit: number, 
/**
 * Something the person should know, once.
 */
notice: Notice | null, } | { "kind": "left", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What was wiped.
 */
wiped: Array<Wiped>, 
/**
 * The portal has confirmed the end of session and trust. If not, it will be sent again at the next start.
 */
portalConfirmed: boolean, };
/**
 * Whom to contact.
 */
export type Support = { 
/**
 * E-mail.
 */
email: string | null, 
/**
 * Telephone.
 */
phone: string | null, 
/**
 * To quote, if the portal gave one.
 */
reference: string | null, };
/**
 * A text in each language.
 */
export type Texts = { 
/**
 * French.
 */
fr: string, 
/**
 * English.
 */
en: string, 
/**
 * German.
 */
de: string, };
/**
 * Why a trust that was here does not hold (PROTOCOL §6).
 */
export type TrustEndReason = "other_professional" | "expired" | "credentials_changed" | "revoked" | "key_missing";
/**
 * This workstation's trust for the person who is signed in.
 */
export type TrustState = { "kind": "none", 
/**
 * A second factor is due for this account.
 */
codeDue: boolean, } | { "kind": "until", 
/**
 * Instant.
 */
at: number, };
/**
 * A trusted workstation of the person.
 */
export type TrustedWorkstation = { 
/**
 * For « end this ».
 */
id: string, 
/**
 * This one.
 */
current: boolean, 
/**
 * Since when, by this PC's clock.
 */
grantedAt: number, 
/**
 * Until when, by this PC's clock.
 */
expiresAt: number, };
/**
 * Everything that is on the screen.
 */
export type View = { 
/**
 * Grows with every change; a window that receives an older one ignores it.
 */
revision: number, 
/**
 * The one thing that is asked or said now.
 */
screen: Screen, 
/**
 * What is under way; the window keeps what was typed and waits.
 */
busy: Busy | null, 
/**
 * What went wrong with the last answer, beside the screen it happened on. Nothing typed is lost.
 */
failure: Failure | null, 
/**
 * The workstation, as the person knows it.
 */
workstation: Workstation, 
/**
 * The portals that can be entered here, in the order of the list.
 */
portals: Array<PortalCard>, 
/**
 * The app was started with a list of demonstration portals.
 */
demonstration: boolean, 
/**
 * Session is about to end for inactivity: milliseconds left until sign-out.
 */
inactivitySignOutIn: number | null, };
/**
 * One thing that was wiped, and whether reading it back found nothing.
 */
export type Wiped = { 
/**
 * What.
 */
what: WipedItem, 
/**
 * Read back and not found.
 */
verified: boolean, };
/**
 * What can be wiped.
 */
export type WipedItem = "device_key" | "session" | "hints" | "web_data";
/**
 * This workstation.
 */
export type Workstation = { 
/**
 * Its name (host name, or as IT named it).
 */
name: string, 
/**
 * What counts as one workstation.
 */
scope: WorkstationScope, 
/**
 * Short, non-secret reference of this workstation for support.
 */
reference: string, 
/**
 * Whether trust can be remembered here.
 */
keyring: KeyringState, };
/**
 * What counts as one workstation (PROTOCOL §6, TRU-11).
 */
export type WorkstationScope = "machine" | "os_account" | "app_data";

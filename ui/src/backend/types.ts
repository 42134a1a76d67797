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
remember: boolean, } | { "kind": "poll_delivery" } | { "kind": "choose_entrance", 
/**
 * Its role.
 */
role: string, } | { "kind": "change_entrance" } | { "kind": "forgotten_password", 
/**
 * As typed so far.
 */
identifier: string, } | { "kind": "request_recovery", 
/**
 * As typed.
 */
identifier: string, } | { "kind": "register" } | { "kind": "submit_registration", 
/**
 * As typed, by the ids of the fields.
 */
fields: Record<string, string>, 
/**
 * The declaration's box.
 */
declared: boolean, 
/**
 * Ids of the consents whose boxes are ticked.
 */
accepted: Array<string>, } | { "kind": "edit_registration" } | { "kind": "accept_consent", 
/**
 * Which.
 */
id: string, } | { "kind": "resend_activation" } | { "kind": "sign_in_now" } | { "kind": "return_to_page" } | { "kind": "invite_delegate", 
/**
 * As typed.
 */
name: string, 
/**
 * As typed.
 */
email: string, } | { "kind": "remove_delegate", 
/**
 * Which.
 */
id: string, } | { "kind": "open_pages" } | { "kind": "show", 
/**
 * Which.
 */
place: Place, } | { "kind": "change_password", 
/**
 * As typed.
 */
current: string, 
/**
 * As typed.
 */
new: string, 
/**
 * « Se déconnecter des autres appareils ».
 */
signOutOthers: boolean, } | { "kind": "change_contact", 
/**
 * Which.
 */
field: ContactField, 
/**
 * As typed; empty to have no telephone number.
 */
value: string, } | { "kind": "resend_contact" } | { "kind": "prove_contact", 
/**
 * As typed.
 */
code: string, } | { "kind": "cancel_contact" } | { "kind": "set_up_authenticator" } | { "kind": "confirm_authenticator", 
/**
 * As typed.
 */
code: string, } | { "kind": "remove_authenticator" } | { "kind": "new_recovery_codes" } | { "kind": "accept_recovery_codes" } | { "kind": "end_session", 
/**
 * Its id.
 */
id: string, } | { "kind": "sign_out_others" } | { "kind": "step_up_password", 
/**
 * As typed.
 */
password: string, } | { "kind": "cancel_step_up" } | { "kind": "restart" } | { "kind": "retry" } | { "kind": "dismiss_failure" } | { "kind": "open_browser" } | { "kind": "accept_receipt" } | { "kind": "sign_out" } | { "kind": "leave" } | { "kind": "forget_device", 
/**
 * Its id.
 */
id: string, } | { "kind": "stay_signed_in" };
/**
 * An appointment that is being booked, or that a reminder is about.
 */
export type Appointment = { 
/**
 * With whom.
 */
practice: string, 
/**
 * When it begins, by this PC's clock.
 */
at: number, };
/**
 * A new secret for an authenticator app. With recovery codes, the one secret that is shown, once, because it has to be.
 */
export type AuthenticatorSetup = { 
/**
 * Base32, grouped for typing.
 */
secret: string, 
/**
 * The QR code, row by row: `1` is dark. Square, without its quiet zone.
 */
qr: Array<string>, 
/**
 * Digits of its codes.
 */
length: number, 
/**
 * Whose clock can be trusted.
 */
clock: ClockCheck, };
/**
 * The authenticator app.
 */
export type AuthenticatorState = { "kind": "off" } | { "kind": "on", 
/**
 * Since when, by this PC's clock.
 */
since: number, 
/**
 * Recovery codes that are left.
 */
recoveryCodesLeft: number, };
/**
 * What blocked an account.
 */
export type BlockCause = "wrong_codes" | "requests" | "support";
/**
 * What is under way.
 */
export type Busy = "connecting" | "checking_password" | "sending_code" | "checking_code" | "completing" | "signing_out" | "leaving" | "saving" | "opening_pages" | "requesting_link" | "registering";
/**
 * This PC's clock against the portal's.
 */
export type ClockCheck = { "kind": "right" } | { "kind": "differs", 
/**
 * Seconds that this PC is ahead of the portal (negative: behind).
 */
seconds: number, } | { "kind": "unknown" };
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
 * The last try blocks the account until support acts, not the method for a time.
 */
lastTryBlocksAccount: boolean, 
/**
 * The authenticator app shows its next code in so many milliseconds, by the portal's clock; absent for other methods.
 */
nextCodeIn: number | null, 
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
 * Something that is accepted.
 */
export type ConsentText = { 
/**
 * Its id.
 */
id: string, 
/**
 * Label of its box, or title of its screen.
 */
label: Texts, 
/**
 * Blank lines part paragraphs.
 */
text: Texts, };
/**
 * What was just done with a contact.
 */
export type ContactDone = { "kind": "proved", 
/**
 * Which.
 */
field: ContactField, } | { "kind": "phone_removed" };
/**
 * A contact.
 */
export type ContactField = "email" | "phone";
/**
 * A new contact that waits for its proof.
 */
export type ContactProof = { 
/**
 * Which.
 */
field: ContactField, 
/**
 * Masked.
 */
hint: string, 
/**
 * Digits.
 */
length: number, 
/**
 * When the code was asked for, by this PC's clock.
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
delivery: Delivery, };
/**
 * Somebody who may sign in on behalf of the person.
 */
export type Delegate = { 
/**
 * For removing and inviting again.
 */
id: string, 
/**
 * As the person wrote it.
 */
name: string, 
/**
 * As the person wrote it.
 */
email: string, 
/**
 * Invited, by this PC's clock.
 */
invitedAt: number, 
/**
 * The invitation was taken up then; `null` while it waits.
 */
activeSince: number | null, };
/**
 * What was just done with a delegate.
 */
export type DelegateDone = { "kind": "invited", 
/**
 * Where it went.
 */
email: string, } | { "kind": "removed", 
/**
 * Who.
 */
name: string, };
/**
 * What became of the message.
 */
export type Delivery = "queued" | "sent" | "failed";
/**
 * An entrance of a portal.
 */
export type EntranceInfo = { 
/**
 * The role it is for.
 */
role: string, 
/**
 * Its name.
 */
label: Texts, };
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
 * What is wrong with one field of a form.
 */
export type FieldProblem = { "kind": "current_password_rejected" } | { "kind": "new_password", 
/**
 * Which.
 */
unmet: Array<PasswordRule>, } | { "kind": "new_password_unchanged" } | { "kind": "email_malformed" } | { "kind": "email_in_use" } | { "kind": "email_unchanged" } | { "kind": "phone_malformed" } | { "kind": "phone_in_use" } | { "kind": "phone_unchanged" } | { "kind": "send_refused", 
/**
 * Milliseconds.
 */
retryAfter: number | null, } | { "kind": "code_rejected" } | { "kind": "not_a_code" } | { "kind": "code_expired" } | { "kind": "blocked", 
/**
 * Milliseconds.
 */
blockedFor: number | null, } | { "kind": "clock_drift", 
/**
 * Seconds that the telephone is ahead of the portal (negative: behind).
 */
seconds: number, } | { "kind": "other" };
/**
 * A field of the form.
 */
export type FormField = { 
/**
 * What it takes; `…_again` is the second field of the same.
 */
id: FormFieldId, 
/**
 * Its label.
 */
label: Texts, 
/**
 * What helps to fill it in.
 */
hint: Texts | null, 
/**
 * Label of the second field.
 */
again: Texts | null, 
/**
 * As typed before; never a password.
 */
value: string, };
/**
 * What a field takes.
 */
export type FormFieldId = "phone" | "email" | "permit_number" | "password";
/**
 * What is wrong with one field of the form.
 */
export type FormProblem = { 
/**
 * A field (`email`, `email_again`, `name_letters`), `declaration`, the id of a consent, or `link`.
 */
field: string, 
/**
 * What.
 */
refusal: FormRefusal, };
/**
 * Why a field was refused.
 */
export type FormRefusal = { "kind": "missing" } | { "kind": "malformed" } | { "kind": "different" } | { "kind": "international_prefix" } | { "kind": "unsuitable" } | { "kind": "in_use" } | { "kind": "not_a_member" } | { "kind": "record_differs" } | { "kind": "rejected" } | { "kind": "expired" } | { "kind": "password", 
/**
 * Which.
 */
unmet: Array<PasswordRule>, } | { "kind": "later", 
/**
 * Milliseconds.
 */
retryAfter: number | null, } | { "kind": "other" };
/**
 * Something that happened to the account.
 */
export type HistoryEntry = { 
/**
 * When, by this PC's clock.
 */
at: number, 
/**
 * A kind of the portal's audit catalogue; the window has words for those it knows, and leaves out the others.
 */
what: string, 
/**
 * Method, reason or actor.
 */
detail: string | null, 
/**
 * On this workstation; absent where it is on none.
 */
thisWorkstation: boolean | null, };
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
blockedFor: number | null, 
/**
 * Requests left, where the portal says so.
 */
requestsLeft: number | null, 
/**
 * The next request is the last one, and without a right code after it the account is blocked: warned and asked before.
 */
lastRequestBlocks: boolean, };
/**
 * Second factors that end in a code.
 */
export type MethodId = "email" | "sms" | "totp" | "recovery_code" | "voice";
/**
 * First letters of the family name.
 */
export type NameLetters = { 
/**
 * So many.
 */
count: number, 
/**
 * As typed before.
 */
value: string, };
/**
 * What a portal asks of a new password. Counts are of characters.
 */
export type NewPasswordRules = { 
/**
 * At least this long.
 */
minLength: number, 
/**
 * At most this long.
 */
maxLength: number, 
/**
 * Digits.
 */
digits: number, 
/**
 * Upper-case letters.
 */
upper: number, 
/**
 * Lower-case letters.
 */
lower: number, 
/**
 * Anything else.
 */
special: number, };
/**
 * Something to say once, beside the screen.
 */
export type Notice = { "kind": "signed_out", 
/**
 * Trust stays until, by this PC's clock.
 */
trustUntil: number | null, } | { "kind": "signed_out_by_inactivity" } | { "kind": "signed_out_by_sleep" } | { "kind": "signed_out_by_portal" } | { "kind": "trust_not_remembered" } | { "kind": "trust_forgotten" } | { "kind": "end_pending" } | { "kind": "password_changed", 
/**
 * The other sessions were ended.
 */
othersSignedOut: boolean, } | { "kind": "authenticator_on" } | { "kind": "authenticator_off" } | { "kind": "others_signed_out" } | { "kind": "pages_not_opened" } | { "kind": "link_waits" };
/**
 * An open session.
 */
export type OpenSession = { 
/**
 * For « end this ».
 */
id: string, 
/**
 * This one.
 */
current: boolean, 
/**
 * On this workstation.
 */
thisWorkstation: boolean, 
/**
 * Since when, by this PC's clock.
 */
startedAt: number, 
/**
 * Last used, by this PC's clock.
 */
lastUsedAt: number, 
/**
 * How it was proved.
 */
proof: Proof, };
/**
 * The portal's own pages.
 */
export type PagesState = "closed" | "open";
/**
 * What this PC says of a new password while it is typed; the portal will say the same.
 */
export type PasswordJudgement = { 
/**
 * Every rule that it does not meet.
 */
unmet: Array<PasswordRule>, 
/**
 * How hard it is to guess, 0 (at once) to 4 (very hard).
 */
strength: number, };
/**
 * Why identifier and password were refused.
 */
export type PasswordProblem = { "kind": "credentials_rejected" } | { "kind": "wrong_role", 
/**
 * Where the account belongs: [`Answer::ChooseEntrance`] with one of them goes on with what was typed, the password
 * included, which is kept in Rust for that.
 */
entrances: Array<EntranceInfo>, };
/**
 * A rule that a new password does not meet.
 */
export type PasswordRule = "too_short" | "too_long" | "digit" | "upper" | "lower" | "special" | "common";
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
 * A part of « Mon espace ».
 */
export type Place = "home" | "change_password" | "contacts" | "authenticator" | "sessions" | "delegates" | "history";
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
trustMaxAge: number | null, 
/**
 * « Créer un compte » is offered.
 */
canRegister: boolean, };
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
 * The form that opens an account, as the portal's profile describes it.
 */
export type RegistrationForm = { 
/**
 * What is declared by a box: « Je suis un dentiste ».
 */
declaration: Texts | null, 
/**
 * What is asked, in the order of the screen.
 */
fields: Array<FormField>, 
/**
 * First letters of the family name are asked besides, as the field `name_letters`: the person comes from a reminder.
 */
nameLetters: NameLetters | null, 
/**
 * What is accepted by a box each.
 */
consents: Array<ConsentText>, 
/**
 * Boxes that were ticked before: `declaration`, and ids of `consents`.
 */
ticked: Array<string>, 
/**
 * The link goes to the address, and opens the account; else codes prove the contacts.
 */
activationByMail: boolean, };
/**
 * One screen. Each says one thing.
 */
export type Screen = { "kind": "choose_portal", 
/**
 * What just ended, if anything.
 */
notice: Notice | null, } | { "kind": "choose_entrance", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What can be chosen, in the portal's order.
 */
entrances: Array<EntranceInfo>, } | { "kind": "password", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * The entrance, where the portal has several: shown with a way to change it.
 */
entrance: EntranceInfo | null, 
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
 * What blocked it, where the portal says so.
 */
cause: BlockCause | null, 
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
canOpen: boolean, } | { "kind": "forgotten_password", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * As typed before.
 */
identifier: string, 
/**
 * How long the mailed link is good: milliseconds.
 */
linkValidity: number, } | { "kind": "recovery_sent", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * As typed.
 */
identifier: string, 
/**
 * How long the mailed link is good: milliseconds.
 */
linkValidity: number, 
/**
 * When it was asked for, by this PC's clock.
 */
at: number, } | { "kind": "register", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What is asked.
 */
form: RegistrationForm, 
/**
 * What the portal asks of a new password.
 */
rules: NewPasswordRules, 
/**
 * Why the last one was refused, all at once.
 */
problems: Array<FormProblem>, 
/**
 * What the link that led here is about.
 */
appointment: Appointment | null, } | { "kind": "register_code", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What it proves.
 */
contact: ContactField, 
/**
 * The code that is asked; trust is never offered here.
 */
code: CodeStep, 
/**
 * Why the last answer was refused.
 */
problem: CodeProblem | null, } | { "kind": "register_consent", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What.
 */
consent: ConsentText, } | { "kind": "registered", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * The account is open. If not, a link was mailed that activates it; the same is said where there is one already.
 */
opened: boolean, 
/**
 * What its owner signs in with.
 */
identifier: string, 
/**
 * Masked address that the link went to.
 */
hint: string | null, 
/**
 * Until the link can be mailed again: milliseconds.
 */
resendIn: number, 
/**
 * Mails left.
 */
sendsRemaining: number | null, 
/**
 * The link was mailed again.
 */
resent: boolean, 
/**
 * The appointment that the person came from, and goes back to by [`Answer::ReturnToPage`].
 */
appointment: Appointment | null, 
/**
 * There is a page to go back to.
 */
canReturn: boolean, } | { "kind": "activation_due", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Masked address.
 */
hint: string | null, } | { "kind": "handover_receipt", 
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
 * « Ouvrir le portail »: its pages in a window of their own.
 */
pages: PagesState, 
/**
 * The authenticator app; absent where the portal has none, or has not answered yet.
 */
authenticator: AuthenticatorState | null, 
/**
 * This person may invite delegates.
 */
hasDelegates: boolean, 
/**
 * Something the person should know, once.
 */
notice: Notice | null, } | { "kind": "change_password", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * What the portal asks of a new one, for the list that is ticked off.
 */
rules: NewPasswordRules, 
/**
 * Why the last try was refused, all at once.
 */
problems: Array<FieldProblem>, } | { "kind": "contacts", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Who is signed in, contacts masked.
 */
person: Person, 
/**
 * A new contact that waits for the code that was sent to it.
 */
proof: ContactProof | null, 
/**
 * Why the last change was refused, all at once.
 */
problems: Array<FieldProblem>, 
/**
 * What was just done.
 */
done: ContactDone | null, } | { "kind": "authenticator", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Where it stands.
 */
state: AuthenticatorState, 
/**
 * A new secret that waits for its proof: shown this once.
 */
setup: AuthenticatorSetup | null, 
/**
 * Why the last code was refused.
 */
problems: Array<FieldProblem>, 
/**
 * Something the person should know, once.
 */
notice: Notice | null, } | { "kind": "recovery_codes", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Whose, for the printed page.
 */
person: Person, 
/**
 * The codes, grouped for reading.
 */
codes: Array<string>, 
/**
 * When they were made, by this PC's clock.
 */
at: number, } | { "kind": "sessions", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Absent until the portal has answered.
 */
sessions: Array<OpenSession> | null, } | { "kind": "delegates", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Absent until the portal has answered; the newest first.
 */
delegates: Array<Delegate> | null, 
/**
 * So many more can be invited; absent until the portal has answered.
 */
room: number | null, 
/**
 * Why the last invitation was refused: fields `name` and `email`.
 */
problems: Array<FormProblem>, 
/**
 * What was just done.
 */
done: DelegateDone | null, } | { "kind": "history", 
/**
 * Which portal.
 */
portal: PortalInfo, 
/**
 * Absent until the portal has answered; the newest first.
 */
entries: Array<HistoryEntry> | null, } | { "kind": "left", 
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
 * A fresh proof of who is here (RFC 9470). Answered by [`Answer::StepUpPassword`], [`Answer::SendCode`] and
 * [`Answer::Code`]; given up by [`Answer::CancelStepUp`]. What it was asked for goes on by itself afterwards.
 */
export type StepUp = { "kind": "password", 
/**
 * It was refused.
 */
rejected: boolean, } | { "kind": "select_method", 
/**
 * What can be chosen.
 */
methods: Array<Method>, 
/**
 * Proposed first.
 */
preferred: MethodId | null, 
/**
 * Why the last method was refused.
 */
problem: CodeProblem | null, } | { "kind": "code", 
/**
 * The code that is asked.
 */
code: CodeStep, 
/**
 * Why the last answer was refused.
 */
problem: CodeProblem | null, };
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
inactivitySignOutIn: number | null, 
/**
 * What was asked for needs a fresh proof of who is here: asked over the screen, which keeps what was typed.
 */
stepUp: StepUp | null, };
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

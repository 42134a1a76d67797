//! Opening an account: Doctolib's form, proofs and consents; what a stranger learns of it (nothing).

use crate::{
    client::{Client, Reply},
    on_both_engines,
    step_up::step_up,
    world::{DAY, MINUTE, World},
};
use parvis_portal::{appointment::AppointmentLink, import::ImportRecords};
use parvis_protocol::entropy::{OsEntropy, opaque_short};
use serde_json::{Value, json};

pub const CHOSEN: &str = "Tilleul4graviers";
pub const MOBILE: &str = "+33612341234";

/// What Doctolib asks.
fn sheet(phone: &str, email: &str) -> Value {
    json!({"phone": phone, "email": email, "email_again": email, "password": CHOSEN})
}

/// Sends a body to `/registration`, with a fresh `request_id`.
pub async fn post(client: &mut Client, mut body: Value) -> Reply {
    if body.get("request_id").is_none() {
        body["request_id"] = json!(opaque_short(&OsEntropy));
    }
    body["ui_locales"] = json!("fr");
    client.json("POST", "account/registration", None, &body).await
}

pub async fn form(client: &mut Client, phone: &str, email: &str) -> Reply {
    post(client, json!({"fields": sheet(phone, email), "accepted": ["terms"]})).await
}

/// Answers the question of `asked` in this session.
pub async fn code(client: &mut Client, session: &str, asked: &Reply, code: &str) -> Reply {
    let challenge = asked.text("/next/challenge_id");
    post(client, json!({"registration_session": session, "challenge_id": challenge, "otp": code})).await
}

async fn accept(client: &mut Client, session: &str) -> Reply {
    post(client, json!({"registration_session": session, "accepted": ["privacy"]})).await
}

/// From the form to the e-mail's code.
pub async fn with_phone_proved(
    world: &World,
    client: &mut Client,
    phone: &str,
    email: &str,
) -> (String, Reply) {
    let asked = form(client, phone, email).await;
    let session = asked.text("/registration_session");
    let digits = world.short_code_to(&asked_number(phone)).await;
    let next = code(client, &session, &asked, &digits).await;
    (session, next)
}

fn asked_number(phone: &str) -> String {
    phone.replace(' ', "").replacen('0', "+33", usize::from(phone.starts_with('0')))
}

pub fn step(reply: &Reply) -> String {
    format!("{} {}", reply.status.as_u16(), reply.json["next"]["step"].as_str().unwrap_or(reply.error()))
}

/// Bytes of an answer without what is random in each.
fn plain(reply: &Reply) -> String {
    let mut json = reply.json.clone();
    for pointer in ["/registration_session", "/next/challenge_id"] {
        if let Some(value) = json.pointer_mut(pointer) {
            *value = json!("…");
        }
    }
    format!("{} {json}", reply.status)
}

on_both_engines! {
    with doctolib
    async fn an_account_is_opened_by_sms_and_signs_in(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, "06 12 34 12 34", " Jo.Durand@Example.org").await;
        assert_eq!(step(&asked), "400 verify_phone");
        assert_eq!(asked.error(), "insufficient_authorization");
        let about = |pointer: &str| asked.json.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!((about("/next/method"), about("/next/length"), about("/next/hint")), (json!("sms"), json!(3), json!("•• 34")));
        assert_eq!((about("/next/expires_in"), about("/next/attempts_remaining")), (json!(300), json!(3)));
        let session = asked.text("/registration_session");
        // Nothing is an account, a name or a contact before the address is proved.
        assert_eq!(world.count("SELECT COUNT(*) FROM account_name WHERE name LIKE 'jo.%'").await, 0);
        let digits = world.short_code_to(MOBILE).await;
        let next = code(&mut desk, &session, &asked, &digits).await;
        assert_eq!((step(&next).as_str(), next.text("/next/hint").as_str()), ("400 verify_email", "j•••@e•••.org"));
        let mailed = world.code_to("jo.durand@example.org").await;
        let last = code(&mut desk, &session, &next, &mailed).await;
        assert_eq!((step(&last).as_str(), &last.json["next"]["consents"]), ("400 consent", &json!(["privacy"])));
        assert_eq!(world.count("SELECT COUNT(*) FROM account").await, 1);
        let done = accept(&mut desk, &session).await;
        assert_eq!((step(&done).as_str(), &done.json["next"]["opened"]), ("200 done", &json!(true)));
        assert_eq!(done.text("/next/identifier"), "jo.durand@example.org");
        assert!(done.json.get("error").is_none());

        let consents = "SELECT COUNT(*) FROM consent c JOIN account a ON a.subject = c.subject \
                        WHERE a.identifier = 'jo.durand@example.org' AND version = '2026-10' AND accepted_at > 0";
        assert_eq!(world.count(consents).await, 2);
        assert!(desk.again().password("jo.durand@example.org", CHOSEN).await.is_authorized());
        let mut card = desk.again();
        let authorized = card.password("jo.durand@example.org", CHOSEN).await;
        let token = card.redeem(&authorized).await.text("/access_token");
        let me = card.call("GET", "account/me", &token).await;
        assert_eq!((me.text("/phone").as_str(), &me.json["phone_verified"]), (MOBILE, &json!(true)));
        // The same answer again, to whoever lost it; and the registration opens no second account.
        assert_eq!(step(&post(&mut desk, json!({"registration_session": session})).await), "200 done");
        assert_eq!(accept(&mut desk, &session).await.error(), "invalid_request");
        assert_eq!(world.count("SELECT COUNT(*) FROM account").await, 2);
        assert!(!world.dump().await.contains(CHOSEN));
    }

    async fn a_landline_is_called_and_a_mobile_may_be(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, "01 99 00 12 34", "fixe@example.org").await;
        assert_eq!((asked.text("/next/method").as_str(), asked.text("/next/hint").as_str()), ("voice", "•• 34"));
        assert_eq!(asked.json["next"]["methods"].as_array().unwrap().len(), 1);
        let session = asked.text("/registration_session");
        let spoken = world.messages_to("+33199001234", "voice").await;
        assert!(spoken.len() == 1 && spoken[0].contains("démonstration") || spoken[0].contains("Doctolib"), "{spoken:?}");
        let sms = json!({"registration_session": session, "resend": "sms"});
        assert_eq!(post(&mut desk, sms).await.error(), "invalid_request");
        world.advance(31_000);
        let again = post(&mut desk, json!({"registration_session": session, "resend": "voice"})).await;
        assert_eq!(again.text("/next/challenge_id"), asked.text("/next/challenge_id"));
        let digits = world.short_code_to("+33199001234").await;
        assert_eq!(step(&code(&mut desk, &session, &again, &digits).await), "400 verify_email");

        // A mobile: by a call in the place of the message, and the message's code stays good.
        let asked = form(&mut desk, MOBILE, "mobile@example.org").await;
        let session = asked.text("/registration_session");
        let by_sms = world.short_code_to(MOBILE).await;
        world.advance(31_000);
        let called = post(&mut desk, json!({"registration_session": session, "resend": "voice"})).await;
        assert_eq!(called.text("/next/method"), "voice");
        assert_eq!(step(&code(&mut desk, &session, &called, &by_sms).await), "400 verify_email");
    }

    async fn everything_wrong_with_a_form_is_said_at_once_and_costs_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        let fields = json!({"phone": "0041 79 123 45 67", "email": "jo@", "email_again": "", "password": "short"});
        let refused = post(&mut desk, json!({"fields": fields})).await;
        assert_eq!(step(&refused), "400 form");
        assert!(refused.json.get("registration_session").is_none());
        assert_eq!(refused.problems(), [
            "phone international_prefix", "email malformed", "email_again missing", "terms missing",
            "password too_short", "password digit", "password upper", "password common",
        ]);
        let fields = json!({"email": "jo@example.org", "email_again": "ju@example.org", "password": CHOSEN, "phone": "+33 8 99 12 34 56"});
        let refused = post(&mut desk, json!({"fields": fields, "accepted": ["terms", "other"]})).await;
        assert_eq!(refused.problems(), ["phone unsuitable", "email_again different"]);
        assert_eq!(post(&mut desk, json!({"fields": {}})).await.problems().len(), 4);
        // Malformed requests are refused as such, whatever else they hold.
        for body in [
            json!({}), json!({"fields": {"phone": 6}}), json!({"fields": {"password": "x".repeat(5000)}}),
            json!({"registration_session": "x", "fields": {}}), json!({"registration_session": "x", "otp": "123"}),
            json!({"fields": {}, "request_id": "short"}),
        ] {
            let reply = post(&mut desk, body.clone()).await;
            assert!(reply.status == 400 && ["invalid_request", "invalid_session"].contains(&reply.error()), "{body} {reply:?}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM quota_use").await, 0);
        assert_eq!(world.portal.hashes.executed(), 1);
    }

    async fn rec_01_an_address_in_use_answers_as_a_free_one_and_its_owner_gets_the_mail(world: World) {
        let mut answers = Vec::new();
        let mut queue = Vec::new();
        for email in ["camille@example.org", "carole@example.org"] {
            let mut desk = world.desk("accueil 2");
            let hashes = world.portal.hashes.executed();
            let (session, next) = with_phone_proved(&world, &mut desk, if email.starts_with("cam") { "06 12 34 00 11" } else { "06 12 34 00 21" }, email).await;
            assert_eq!(world.portal.hashes.executed(), hashes + 1);
            let polled = post(&mut desk, json!({"registration_session": session})).await;
            let wrong = code(&mut desk, &session, &next, "000000").await;
            answers.push([plain(&next), plain(&polled), plain(&wrong)]);
            let rows: Vec<(String, String, String)> =
                sqlx::query_as("SELECT kind, method, language FROM message ORDER BY created_at, kind, method")
                    .fetch_all(world.portal.store.read()).await.unwrap();
            queue.push(rows);
            let mails = world.messages_to(email, "").await;
            assert_eq!(mails.len(), 1);
            let told = mails[0].contains("en avez déjà un");
            assert_eq!(told, email == "camille@example.org");
            // To the owner of the address in use no code goes: there is none that would open a second account.
            assert_eq!(world.newest_code_to(email).is_some(), !told);
            world.execute("DELETE FROM message").await;
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(queue[0], queue[1]);
        // A sign-in with the password that was chosen says the same for both.
        let mut stranger = world.desk("ailleurs");
        let (known, unknown) =
            (stranger.password("camille@example.org", CHOSEN).await, stranger.password("carole@example.org", CHOSEN).await);
        assert_eq!((&known.bytes, known.problem()), (&unknown.bytes, "credentials_rejected"));
    }

    async fn a_number_in_use_is_said_to_whoever_has_proved_it_and_to_nobody_else(world: World) {
        let mut desk = world.desk("accueil 2");
        let (free, used) = (form(&mut desk, "06 12 34 00 02", "a@example.org").await, form(&mut desk, "06 12 34 00 01", "b@example.org").await);
        assert_eq!(plain(&free).replace("02", "01"), plain(&used));
        let session = used.text("/registration_session");
        let digits = world.short_code_to("+33612340001").await;
        assert_eq!(code(&mut desk, &session, &used, &wrong_short(&digits)).await.problems(), ["otp rejected"]);
        let told = code(&mut desk, &session, &used, &digits).await;
        assert_eq!((step(&told).as_str(), told.problems()), ("400 form", vec!["phone in_use".to_owned()]));
        assert_eq!(post(&mut desk, json!({"registration_session": session})).await.error(), "invalid_session");
    }

    async fn whoever_changes_to_a_number_in_use_is_told_once_its_code_came_back(world: World) {
        let mut desk = world.desk("accueil 2");
        let (session, next) = with_phone_proved(&world, &mut desk, MOBILE, "jo.durand@example.org").await;
        let mailed = world.code_to("jo.durand@example.org").await;
        code(&mut desk, &session, &next, &mailed).await;
        accept(&mut desk, &session).await;
        let mut desk = desk.again();
        let authorized = desk.password("jo.durand@example.org", CHOSEN).await;
        let tokens = desk.redeem(&authorized).await;
        let token = step_up(&world, &mut desk, "jo.durand", &tokens).await.text("/access_token");
        let patch = async |desk: &mut Client, body: Value| desk.json("PATCH", "account/me", Some(&token), &body).await;
        let pending = patch(&mut desk, json!({"phone": "06 12 34 00 01"})).await;
        let digits = world.code_to("+33612340001").await;
        let challenge = pending.text("/pending/challenge_id");
        let told = patch(&mut desk, json!({"challenge_id": challenge, "otp": digits})).await;
        assert_eq!(told.problems(), ["phone in_use"]);
        let card = desk.call("GET", "account/me", &token).await;
        assert_eq!((card.text("/phone").as_str(), card.json.get("pending")), (MOBILE, None));
    }

    async fn a_field_that_stands_twice_is_refused(world: World) {
        let mut desk = world.desk("accueil 2");
        desk.refresh_nonce().await;
        let body = r#"{"request_id":"AAAAAAAAAAAAAAAAAAAAAA","fields":{"email":"a@example.org","email":"b@example.org"}}"#;
        let reply = desk.json_as_is("POST", "account/registration", None, body.to_owned()).await;
        assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_request"));
        assert!(reply.problems().is_empty());
    }

    async fn a_lost_answer_costs_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        let body = json!({"fields": sheet(MOBILE, "jo@example.org"), "accepted": ["terms"], "request_id": opaque_short(&OsEntropy)});
        let first = post(&mut desk, body.clone()).await;
        let again = post(&mut desk, body).await;
        assert_eq!(plain(&first), plain(&again));
        assert_eq!(first.text("/next/challenge_id"), again.text("/next/challenge_id"));
        assert_ne!(first.text("/registration_session"), again.text("/registration_session"));
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM registration").await, 1);
        let (old, session) = (first.text("/registration_session"), again.text("/registration_session"));
        assert_eq!(post(&mut desk, json!({"registration_session": old})).await.error(), "invalid_session");
        let digits = world.short_code_to(MOBILE).await;
        let body = json!({"registration_session": session, "challenge_id": again.text("/next/challenge_id"),
            "otp": wrong_short(&digits), "request_id": opaque_short(&OsEntropy)});
        let (once, twice) = (post(&mut desk, body.clone()).await, post(&mut desk, body).await);
        assert_eq!((once.number("/next/attempts_remaining"), twice.number("/next/attempts_remaining")), (2, 2));
        assert_eq!(twice.problems(), ["otp rejected"]);
        // Another key has no part in it.
        let mut other = world.desk("accueil 2");
        assert_eq!(post(&mut other, json!({"registration_session": session})).await.error(), "invalid_session");
    }

    async fn codes_of_a_registration_are_codes_of_nothing_else(world: World) {
        let mut desk = world.desk("accueil 2");
        let one = form(&mut desk, "06 12 34 00 31", "one@example.org").await;
        let two = form(&mut desk, "06 12 34 00 32", "two@example.org").await;
        let digits = world.short_code_to("+33612340031").await;
        let session = two.text("/registration_session");
        // Another registration's question, or code.
        assert_eq!(code(&mut desk, &session, &one, &digits).await.error(), "invalid_request");
        let reply = code(&mut desk, &session, &two, &digits).await;
        assert!(reply.problems() == ["otp rejected"] || world.short_code_to("+33612340032").await == digits);
        for typed in ["12", "1234", "abc", "１２３", "12\0"] {
            assert_eq!(code(&mut desk, &session, &two, typed).await.error(), "invalid_request", "{typed}");
        }
        assert_eq!(post(&mut desk, json!({"registration_session": session})).await.number("/next/attempts_remaining"), 2);
        assert_eq!(accept(&mut desk, &session).await.error(), "invalid_request");
    }

    async fn a_code_ends_after_five_minutes_and_one_used_is_used(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, MOBILE, "jo@example.org").await;
        let session = asked.text("/registration_session");
        let digits = world.short_code_to(MOBILE).await;
        world.advance(5 * MINUTE);
        assert_eq!(code(&mut desk, &session, &asked, &digits).await.problems(), ["otp expired"]);
        let asked = post(&mut desk, json!({"registration_session": session, "resend": "sms"})).await;
        let digits = world.short_code_to(MOBILE).await;
        let next = code(&mut desk, &session, &asked, &digits).await;
        assert_eq!(step(&next), "400 verify_email");
        assert_eq!(code(&mut desk, &session, &asked, &digits).await.error(), "invalid_request");
    }

    async fn a_booking_is_carried_and_returned_to(world: World) {
        let at = world.now() + 86_400;
        let link = AppointmentLink { practice: "Dr Élise Morel".into(), at, record: None, return_path: Some("booking".into()), expires_at: at };
        let token = world.portal.sign_appointment(&link);
        let mut desk = world.desk("accueil 2");
        let shown = post(&mut desk, json!({"link": token})).await;
        assert_eq!((step(&shown).as_str(), shown.text("/next/appointment/practice").as_str()), ("400 form", "Dr Élise Morel"));
        assert!(shown.json["next"].get("name_letters").is_none());
        let asked = post(&mut desk, json!({"link": token, "fields": sheet(MOBILE, "jo@example.org"), "accepted": ["terms"]})).await;
        let session = asked.text("/registration_session");
        let digits = world.short_code_to(MOBILE).await;
        let next = code(&mut desk, &session, &asked, &digits).await;
        let mailed = world.code_to("jo@example.org").await;
        code(&mut desk, &session, &next, &mailed).await;
        let done = accept(&mut desk, &session).await;
        let return_to = done.text("/next/return_to");
        assert!(return_to.starts_with("http://127.0.0.1:8787/portail-de-sante/booking?appointment=") && return_to.ends_with(&token.replace('=', "%3D")), "{return_to}");
        // Nobody makes or changes a link; one that is over is none.
        let (content, signature) = token.split_once('.').unwrap();
        let forged = format!("{}.{signature}", content.replacen('a', "b", 1));
        for bad in [forged.as_str(), content, "x.y", &format!("{content}.")] {
            let reply = post(&mut desk, json!({"link": bad})).await;
            assert_eq!((step(&reply).as_str(), reply.problems()), ("400 form", vec!["link expired".to_owned()]), "{bad}");
        }
        let elsewhere = AppointmentLink { return_path: Some("//evil.example/x".into()), ..link.clone() };
        assert!(world.portal.sign_appointment(&elsewhere) != token);
        world.advance(2 * DAY);
        assert_eq!(post(&mut desk, json!({"link": token})).await.problems(), ["link expired"]);
    }

    async fn whoever_comes_from_a_reminder_gives_what_the_practice_noted(world: World) {
        let records = "reference,practice,given_name,family_name,email,phone,language\n\
                       p-7,Dr Élise Morel,Anaïs,Éluard,anais@example.org,06 12 34 55 55,fr\n";
        world.portal.import_contact_records(records.as_bytes(), ImportRecords::default(), |_| ()).await.unwrap();
        let at = world.now() + 86_400;
        let link = AppointmentLink { practice: "Dr Élise Morel".into(), at, record: Some("p-7".into()), return_path: None, expires_at: at };
        let token = world.portal.sign_appointment(&link);
        let mut desk = world.desk("accueil 2");
        assert_eq!(post(&mut desk, json!({"link": token})).await.number("/next/name_letters"), 3);
        let mut send = async |letters: &str, phone: &str, email: &str| {
            let mut fields = sheet(phone, email);
            fields["name_letters"] = json!(letters);
            post(&mut desk, json!({"link": token, "fields": fields, "accepted": ["terms"]})).await
        };
        assert_eq!(send("", "06 12 34 55 55", "anais@example.org").await.problems(), ["name_letters missing"]);
        assert_eq!(send("dur", "06 12 34 55 55", "anais@example.org").await.problems(), ["name_letters rejected"]);
        // Whichever differs, the answer is the same, and nothing of the record is in it.
        let differs = ["phone record_differs", "email record_differs"];
        let (one, other) = (send("elu", "06 12 34 55 56", "anais@example.org").await, send("elu", "06 12 34 55 55", "anna@example.org").await);
        assert_eq!((one.problems(), &one.bytes), (differs.map(ToOwned::to_owned).to_vec(), &other.bytes));
        assert_eq!(step(&send("ÉLU", "06 12 34 55 55", "Anais@example.org").await), "400 verify_phone");
        // Five looks at the letters in a day: they are no password.
        assert_eq!(send("xyz", "06 12 34 55 55", "anais@example.org").await.problems(), ["name_letters rejected"]);
        assert_eq!(send("elu", "06 12 34 55 55", "anais@example.org").await.problems(), ["name_letters blocked"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE name = 'Anaïs Éluard'").await, 1);
    }
}

/// A wrong code of three digits.
fn wrong_short(code: &str) -> String {
    format!("{:03}", (code.parse::<u32>().unwrap() + 1) % 1000)
}

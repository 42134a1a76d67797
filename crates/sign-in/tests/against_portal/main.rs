//! The real engine against the real portal, over TCP, on SQLite.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail as its assertions do")]

mod space;

use parvis_portal::{Portal, demo, http, tls};
use parvis_sign_in::{
    EndCause, Keyring, PagesWindow, Policy, PortalList, Settings, SignInHandle,
    clock::SystemClock,
    entropy::OsEntropy,
    view::{
        Answer, CodeProblem, FailureCode, KeyringState, Language, Notice, PasswordProblem, Proof, Screen,
        TrustEndReason, TrustState, View, WipedItem,
    },
};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};

const PASSWORD: &str = "Parvis-Demo-2026!";

/// A portal process, as far as killing it goes.
struct Running {
    data: PathBuf,
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
    /// Messages that were read.
    read: Mutex<BTreeSet<PathBuf>>,
}

impl Running {
    async fn start(data: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut portal = Self {
            data: data.join("portal"),
            address: listener.local_addr().unwrap(),
            tasks: Vec::new(),
            read: Mutex::default(),
        };
        portal.serve(listener).await;
        portal
    }

    async fn serve(&mut self, listener: TcpListener) {
        let portals: Vec<Arc<Portal>> = demo::open(self.address, &self.data, None, false).await.unwrap();
        let router = http::router(&portals, &[]);
        self.tasks = portals.into_iter().map(|portal| tokio::spawn(portal.run_messages())).collect();
        self.tasks.push(tokio::spawn(tls::serve(listener, router, None, std::future::pending())));
    }

    /// As `kill -9`.
    async fn kill(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            drop(task.await);
        }
    }

    async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener).await;
    }

    /// The next code mailed to this address.
    async fn code(&self, to: &str) -> String {
        self.message("eml", |head, body| {
            let code = body.lines().next().unwrap_or_default().trim();
            let is_code = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
            (is_code && head.contains(to)).then(|| code.to_owned())
        })
        .await
    }

    /// What the next message of this kind says, if it is the one; head and body of a mail, nothing and the whole of an SMS.
    async fn message(&self, kind: &str, read: impl Fn(&str, &str) -> Option<String>) -> String {
        let mut often = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..500 {
            often.tick().await;
            let mut files: Vec<_> = std::fs::read_dir(self.data.join("outbox"))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            files.sort();
            for file in files {
                let is_one = file.extension().is_some_and(|extension| extension == kind);
                if !is_one || self.read.lock().unwrap().contains(&file) {
                    continue;
                }
                let text = std::fs::read_to_string(&file).unwrap();
                let (head, body) = text.split_once("\r\n\r\n").unwrap_or(("", &text));
                if let Some(found) = read(head, body) {
                    self.read.lock().unwrap().insert(file);
                    return found;
                }
            }
        }
        panic!("no such message");
    }

    /// A start of the app on this workstation.
    async fn engine(&self, workstation: &Path, keyring: &Keyring) -> SignInHandle {
        self.engine_with(workstation, keyring, Arc::new(parvis_sign_in::NoPages)).await
    }

    async fn engine_with(
        &self,
        workstation: &Path,
        keyring: &Keyring,
        pages: Arc<dyn PagesWindow>,
    ) -> SignInHandle {
        std::fs::create_dir_all(workstation).unwrap();
        let list = workstation.join("portals.toml");
        let texts = r#"{ fr = "a", en = "b", de = "c" }"#;
        let entries = ["portail-de-sante", "doctipro"].map(|id| {
            format!(
                "[[portal]]\nid = \"{id}\"\nissuer = \"http://{}/{id}\"\nmonogram = \"PS\"\n\
                 name = {texts}\naudience = {texts}\n",
                self.address
            )
        });
        std::fs::write(&list, entries.concat()).unwrap();
        let engine = SignInHandle::start(Settings {
            portals: PortalList::from_command_line(&list).unwrap(),
            data_dir: workstation.join("data"),
            policy: Policy::default(),
            workstation_name: Some("Accueil".to_owned()),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            keyring: keyring.clone(),
            language: Language::Fr,
            last_portal: None,
            last_entrances: std::collections::BTreeMap::new(),
            pages,
        });
        let mut views = engine.views();
        views.wait_for(|view| view.workstation.keyring != KeyringState::Checking).await.unwrap();
        engine
    }
}

async fn choose(engine: &SignInHandle) -> View {
    engine.submit(Answer::ChoosePortal { portal: "portail-de-sante".to_owned() }).await
}

async fn password(engine: &SignInHandle, identifier: &str, password: &str) -> View {
    let (identifier, password) = (identifier.to_owned(), password.into());
    engine.submit(Answer::Password { identifier, password }).await
}

async fn code(engine: &SignInHandle, code: &str, remember: bool) -> View {
    engine.submit(Answer::Code { code: code.into(), remember }).await
}

/// To the end, with the mailed code.
async fn sign_in(portal: &Running, engine: &SignInHandle, who: &str, remember: bool) -> View {
    choose(engine).await;
    let view = password(engine, who, PASSWORD).await;
    assert!(matches!(view.screen, Screen::Code { .. }), "{view:?}");
    let mailed = portal.code(&format!("{who}@example.org")).await;
    code(engine, &mailed, remember).await
}

fn trust_ended(view: &View) -> Option<TrustEndReason> {
    match &view.screen {
        Screen::Code { trust_ended, .. } => *trust_ended,
        other => panic!("no code is asked: {other:?}"),
    }
}

fn proof(view: &View) -> Proof {
    match &view.screen {
        Screen::SignedIn { person, .. } => person.proof,
        other => panic!("nobody is signed in: {other:?}"),
    }
}

async fn loaded(engine: &SignInHandle) -> View {
    let mut views = engine.views();
    let view = views.wait_for(|view| matches!(&view.screen, Screen::SignedIn { devices: Some(_), .. })).await;
    view.unwrap().clone()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn who_needs_no_code_is_asked_for_none() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    choose(&engine).await;
    let view = password(&engine, "secretaire", "wrong").await;
    assert!(matches!(
        &view.screen,
        Screen::Password { problem: Some(PasswordProblem::CredentialsRejected), identifier, .. } if identifier == "secretaire"
    ));
    let view = password(&engine, "secretaire", PASSWORD).await;
    assert_eq!(proof(&view), Proof::Password);
    let view = loaded(&engine).await;
    let Screen::SignedIn { person, trust, .. } = &view.screen else { panic!() };
    assert_eq!(*trust, TrustState::None { code_due: false });
    assert_eq!(person.email.as_deref(), Some("s•••@e•••.org"));
    let view = engine.submit(Answer::SignOut).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::SignedOut { trust_until: None }) });
}

#[tokio::test]
async fn a_wrong_code_then_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    choose(&engine).await;
    password(&engine, "medecin-a", PASSWORD).await;
    let right = portal.code("medecin-a@example.org").await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let view = code(&engine, wrong, false).await;
    let Screen::Code { problem, code: step, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((problem, step.attempts_remaining), (&Some(CodeProblem::CodeRejected), Some(2)));
    let view = code(&engine, wrong, false).await;
    assert!(matches!(view.screen, Screen::Code { problem: Some(CodeProblem::SameCodeAgain), .. }));
    assert_eq!(proof(&code(&engine, &right, false).await), Proof::EmailCode);
}

#[tokio::test]
async fn trust_stands_in_for_the_code_also_after_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let engine = portal.engine(&pc, &keyring).await;
    let view = sign_in(&portal, &engine, "medecin-a", true).await;
    assert!(matches!(&view.screen, Screen::SignedIn { trust: TrustState::Until { .. }, .. }), "{view:?}");
    assert_eq!(keyring.held(), 1);
    let view = engine.submit(Answer::SignOut).await;
    assert!(matches!(
        view.screen,
        Screen::ChoosePortal { notice: Some(Notice::SignedOut { trust_until: Some(_) }) }
    ));
    choose(&engine).await;
    assert_eq!(proof(&password(&engine, "medecin-a", PASSWORD).await), Proof::Trust);
    // SES-08: a start shows nobody; what is on the disk says nothing of anybody.
    drop(engine);
    let engine = portal.engine(&pc, &keyring).await;
    assert_eq!(engine.view().await.screen, Screen::ChoosePortal { notice: None });
    assert_eq!(files(&pc.join("data")), ["trust-hints", "workstation"]);
    let hints = std::fs::read_to_string(pc.join("data/trust-hints")).unwrap();
    assert!(!hints.contains("medecin"));
    choose(&engine).await;
    assert_eq!(proof(&password(&engine, "medecin-a", PASSWORD).await), Proof::Trust);
}

#[tokio::test]
async fn tru_02_b_after_a_ends_what_a_left() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let keyring = Keyring::memory();
    let engine = portal.engine(&folder.path().join("pc"), &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    engine.submit(Answer::SignOut).await;
    let view = sign_in(&portal, &engine, "medecin-b", false).await;
    let Screen::HandoverReceipt { person, receipt, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(person.name, "Médecin B");
    assert!(receipt.ended_trust);
    assert!(receipt.wiped.iter().all(|wiped| wiped.verified), "{receipt:?}");
    assert_eq!(keyring.held(), 0);
    let view = engine.submit(Answer::AcceptReceipt).await;
    assert!(matches!(view.screen, Screen::SignedIn { trust: TrustState::None { .. }, .. }));
    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    let view = password(&engine, "medecin-a", PASSWORD).await;
    assert_eq!(trust_ended(&view), Some(TrustEndReason::OtherProfessional));
    let mailed = portal.code("medecin-a@example.org").await;
    assert_eq!(proof(&code(&engine, &mailed, false).await), Proof::EmailCode, "nothing is left to hand over");
}

#[tokio::test]
async fn tru_02_b_may_be_trusted_in_as_place() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let keyring = Keyring::memory();
    let engine = portal.engine(&folder.path().join("pc"), &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    engine.submit(Answer::SignOut).await;
    sign_in(&portal, &engine, "medecin-b", true).await;
    assert_eq!(keyring.held(), 1);
    engine.submit(Answer::AcceptReceipt).await;
    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    assert_eq!(proof(&password(&engine, "medecin-b", PASSWORD).await), Proof::Trust);
}

#[tokio::test]
async fn a_wrong_code_of_b_costs_a_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    password(&engine, "medecin-b", PASSWORD).await;
    let right = portal.code("medecin-b@example.org").await;
    code(&engine, if right == "000000" { "000001" } else { "000000" }, true).await;
    engine.submit(Answer::ChangePortal).await;
    choose(&engine).await;
    assert_eq!(proof(&password(&engine, "medecin-a", PASSWORD).await), Proof::Trust);
}

#[tokio::test]
async fn an_old_key_in_a_locked_keyring_is_said_and_removed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let engine = portal.engine(&pc, &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    engine.submit(Answer::SignOut).await;
    keyring.set_locked(true);
    let view = sign_in(&portal, &engine, "medecin-b", false).await;
    let Screen::HandoverReceipt { receipt, .. } = &view.screen else { panic!("{view:?}") };
    let key = receipt.wiped.iter().find(|wiped| wiped.what == WipedItem::DeviceKey).unwrap();
    assert!(!key.verified && receipt.ended_trust);
    assert_eq!(view.failure.unwrap().code, FailureCode::OldKeyRemains);
    engine.end(EndCause::Quit).await;
    keyring.set_locked(false);
    assert_eq!(keyring.held(), 1);
    let _engine = portal.engine(&pc, &keyring).await;
    let mut often = tokio::time::interval(Duration::from_millis(20));
    while keyring.held() > 0 || files(&pc.join("data")) != ["workstation"] {
        often.tick().await;
    }
}

#[tokio::test]
async fn leaving_ends_and_wipes_everything() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let engine = portal.engine(&pc, &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    let view = engine.submit(Answer::Leave).await;
    let Screen::Left { wiped, portal_confirmed, .. } = &view.screen else { panic!("{view:?}") };
    assert!(*portal_confirmed && wiped.len() == 4 && wiped.iter().all(|wiped| wiped.verified), "{view:?}");
    assert_eq!(keyring.held(), 0);
    assert_eq!(files(&pc.join("data")), ["workstation"]);
    engine.submit(Answer::Restart).await;
    assert_eq!(trust_ended(&password(&engine, "medecin-a", PASSWORD).await), Some(TrustEndReason::Revoked));
}

#[tokio::test]
async fn ending_the_trust_of_this_workstation_keeps_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let keyring = Keyring::memory();
    let engine = portal.engine(&folder.path().join("pc"), &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    let view = loaded(&engine).await;
    let Screen::SignedIn { devices: Some(devices), trust: TrustState::Until { at }, .. } = &view.screen
    else {
        panic!("{view:?}")
    };
    assert!(devices.len() == 1 && devices[0].current);
    assert!((devices[0].expires_at - at).abs() < 3_000, "{devices:?} {at}");
    assert!((devices[0].expires_at - devices[0].granted_at - 86_400_000).abs() < 3_000);
    let view = engine.submit(Answer::ForgetDevice { id: devices[0].id.clone() }).await;
    let Screen::SignedIn { devices, trust, notice, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((devices.as_deref(), *trust), (Some(&[][..]), TrustState::None { code_due: true }));
    assert_eq!((*notice, keyring.held()), (Some(Notice::TrustForgotten), 0));
    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    assert_eq!(trust_ended(&password(&engine, "medecin-a", PASSWORD).await), Some(TrustEndReason::Revoked));
}

#[tokio::test]
async fn tru_04_files_without_the_key_give_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let pc = folder.path().join("pc");
    let engine = portal.engine(&pc, &Keyring::memory()).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    engine.submit(Answer::SignOut).await;
    let thief = portal.engine(&pc, &Keyring::memory()).await;
    choose(&thief).await;
    assert_eq!(trust_ended(&password(&thief, "medecin-a", PASSWORD).await), Some(TrustEndReason::KeyMissing));
}

#[tokio::test]
async fn app_05_damaged_hints_mean_that_a_code_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let engine = portal.engine(&pc, &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    engine.end(EndCause::Quit).await;
    let hints = pc.join("data/trust-hints");
    let mut bytes = std::fs::read(&hints).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&hints, bytes).unwrap();
    let engine = portal.engine(&pc, &keyring).await;
    assert_eq!(engine.view().await.failure.unwrap().code, FailureCode::DataFolder);
    let view = sign_in(&portal, &engine, "medecin-a", false).await;
    assert_eq!(proof(&view), Proof::EmailCode, "her own key is gone without a receipt");
    assert_eq!(keyring.held(), 0);
}

#[tokio::test]
async fn a_portal_that_is_killed_in_the_middle_costs_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    choose(&engine).await;
    password(&engine, "medecin-a", PASSWORD).await;
    let mailed = portal.code("medecin-a@example.org").await;
    portal.kill().await;
    let view = code(&engine, &mailed, true).await;
    let failure = view.failure.as_ref().unwrap();
    assert_eq!((failure.code, failure.can_retry), (FailureCode::PortalUnreachable, true));
    assert!(matches!(&view.screen, Screen::Code { code, .. } if code.attempts_remaining == Some(3)));
    portal.restart().await;
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(&view.screen, Screen::SignedIn { trust: TrustState::Until { .. }, .. }), "{view:?}");
}

#[tokio::test]
async fn a_portal_that_is_down_is_said_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let engine = portal.engine(&pc, &keyring).await;
    portal.kill().await;
    let view = choose(&engine).await;
    let failure = view.failure.as_ref().unwrap();
    assert_eq!((failure.code, failure.can_retry), (FailureCode::PortalUnreachable, true));
    portal.restart().await;
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(view.screen, Screen::Password { .. }), "{view:?}");
    password(&engine, "secretaire", PASSWORD).await;
    portal.kill().await;
    let view = engine.submit(Answer::SignOut).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::EndPending) });
    assert_eq!(files(&pc.join("data")), ["pending-ends", "workstation"]);
    drop(engine);
    portal.restart().await;
    let _engine = portal.engine(&pc, &keyring).await;
    let mut often = tokio::time::interval(Duration::from_millis(20));
    while files(&pc.join("data")).contains(&"pending-ends".to_owned()) {
        often.tick().await;
    }
}

#[tokio::test]
async fn two_starts_on_one_workstation_are_one_workstation() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let (first, second) = (portal.engine(&pc, &keyring).await, portal.engine(&pc, &keyring).await);
    sign_in(&portal, &first, "medecin-a", true).await;
    let view = loaded(&first).await;
    let Screen::SignedIn { devices: Some(devices), .. } = &view.screen else { panic!("{view:?}") };
    let view = sign_in(&portal, &second, "medecin-b", false).await;
    let Screen::HandoverReceipt { receipt, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((receipt.ended_trust, receipt.ended_sessions), (true, 1));
    assert_eq!((keyring.held(), files(&pc.join("data"))), (0, vec!["workstation".to_owned()]));
    // The first window learns at its next call that its session is over.
    let view = first.submit(Answer::ForgetDevice { id: devices[0].id.clone() }).await;
    assert!(
        matches!(view.screen, Screen::Password { notice: Some(Notice::SignedOutByPortal), .. }),
        "{view:?}"
    );
}

#[tokio::test]
async fn leaving_without_network_wipes_at_once_and_tells_the_portal_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Running::start(folder.path()).await;
    let (pc, keyring) = (folder.path().join("pc"), Keyring::memory());
    let engine = portal.engine(&pc, &keyring).await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    portal.kill().await;
    let view = engine.submit(Answer::Leave).await;
    let Screen::Left { wiped, portal_confirmed, .. } = &view.screen else { panic!("{view:?}") };
    assert!(!portal_confirmed && wiped.iter().all(|wiped| wiped.verified), "{view:?}");
    assert_eq!(keyring.held(), 0);
    drop(engine);
    portal.restart().await;
    let engine = portal.engine(&pc, &keyring).await;
    let mut often = tokio::time::interval(Duration::from_millis(20));
    while files(&pc.join("data")).contains(&"pending-ends".to_owned()) {
        often.tick().await;
    }
    choose(&engine).await;
    assert_eq!(trust_ended(&password(&engine, "medecin-a", PASSWORD).await), Some(TrustEndReason::Revoked));
}

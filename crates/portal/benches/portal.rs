//! What the portal costs, as ratios against a baseline of the same run: `cargo xtask bench` runs it and keeps the table.
//! Each line of the output is `name<TAB>value<TAB>unit<TAB>goal`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench that cannot go on ends"
)]

#[path = "../tests/portal/client.rs"]
#[expect(dead_code, unreachable_pub, reason = "shared with the tests")]
mod client;

use client::Client;
use parvis_portal::{
    Parts, Portal,
    account::NewAccount,
    clock::PortalClock,
    delivery::{Outbox, Transports},
    hash::{HashCost, HashPool},
    http,
    keys::SharedKeys,
    store::Store,
};
use parvis_protocol::{clock::SystemClock, entropy::OsEntropy};
use secrecy::SecretString;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const PASSWORD: &str = "Parvis-Demo-2026!";
const THREADS: usize = 2;
const FEW: u32 = 1_000;
const MANY: u32 = 1_000_000;

fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run());
}

fn line(name: &str, value: f64, unit: &str, goal: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{goal}");
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let portal = open(folder.path(), HashCost::default()).await;
    for n in 0..16 {
        create(&portal, &format!("compte-{n}"), &[]).await;
    }
    let raw = raw_hashes(&portal).await;
    let signed_in = sign_ins(&portal).await;
    line("sign-ins", signed_in, "per s", "");
    line("raw Argon2id, 19 MiB, 2 passes", raw, "per s", "");
    line("sign-ins against raw Argon2id", signed_in / raw, "×", "≥ 0.85");
    known_and_unknown(&portal).await;

    let quick = tempfile::tempdir().unwrap();
    let portal = open(quick.path(), HashCost::MINIMAL).await;
    create(&portal, "compte-0", &[]).await;
    refreshes(&portal).await;
    codes(&portal, quick.path()).await;
    lookups(&portal).await;
}

async fn open(folder: &Path, cost: HashCost) -> Arc<Portal> {
    let store =
        Store::open(&format!("sqlite://{}?mode=rwc", folder.join("b.db").display()), 8).await.unwrap();
    let (entropy, clock) = (Arc::new(OsEntropy), Arc::new(SystemClock));
    let source = include_str!("../../../profiles/portail-de-sante.toml");
    Portal::open(Parts {
        profile: parvis_portal_profile::parse(source).unwrap(),
        issuer: client::ISSUER.parse().unwrap(),
        keys: SharedKeys::ephemeral(entropy.as_ref()),
        hashes: Arc::new(HashPool::new(cost, THREADS, 64, entropy.clone())),
        transports: Arc::new(Transports::to_files(Arc::new(Outbox::new(folder, clock.clone()).unwrap()))),
        clock: Arc::new(PortalClock::load(clock, &store).await.unwrap()),
        store,
        entropy,
        demonstration: false,
    })
    .await
    .unwrap()
}

async fn create(portal: &Portal, identifier: &str, rights: &[&str]) {
    let account = NewAccount {
        identifier: identifier.to_owned(),
        name: identifier.to_owned(),
        role: "professional".to_owned(),
        rights: rights.iter().map(ToString::to_string).collect(),
        email: Some(format!("{identifier}@example.org")),
        phone: None,
        phone_verified: false,
        language: parvis_portal_profile::Language::Fr,
    };
    portal.create_account(account, Some(SecretString::from(PASSWORD))).await.unwrap();
}

fn desk(portal: &Arc<Portal>, name: &str) -> Client {
    Client::new(http::router(std::slice::from_ref(portal), &[]), name)
}

/// Hashes of the pool alone, both threads busy.
async fn raw_hashes(portal: &Arc<Portal>) -> f64 {
    const COUNT: u32 = 60;
    let began = Instant::now();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let hashes = portal.hashes.clone();
            tokio::spawn(async move {
                for _ in 0..COUNT / 4 {
                    hashes.verify(SecretString::from(PASSWORD), None).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    f64::from(COUNT) / began.elapsed().as_secs_f64()
}

/// Password and tokens, four people at once.
async fn sign_ins(portal: &Arc<Portal>) -> f64 {
    const COUNT: u32 = 60;
    let began = Instant::now();
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let portal = portal.clone();
            tokio::spawn(async move {
                for n in 0..COUNT / 4 {
                    let mut client = desk(&portal, &format!("poste {task}"));
                    let reply = client.password(&format!("compte-{}", (task * 4 + n) % 16), PASSWORD).await;
                    assert!(client.redeem(&reply).await.status.is_success(), "{reply:?}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    f64::from(COUNT) / began.elapsed().as_secs_f64()
}

/// How much longer a known name takes than an unknown one: mean and 95 % interval.
async fn known_and_unknown(portal: &Arc<Portal>) {
    const COUNT: u32 = 60;
    let mut differences = Vec::new();
    // Before, not beside: a hash just done would warm the next one.
    for n in 0..COUNT {
        create(portal, &format!("connu-{n}"), &[]).await;
    }
    for n in 0..COUNT {
        let mut spent = [0.0; 2];
        // A name for each try: throttling is not what is measured. The order alternates.
        for side in if n % 2 == 0 { [0, 1] } else { [1, 0] } {
            let name = if side == 0 { format!("connu-{n}") } else { format!("inconnu-{n}") };
            let mut client = desk(portal, "ailleurs");
            client.refresh_nonce().await;
            let began = Instant::now();
            client.password(&name, "Wrong-Password-1!").await;
            spent[side] = began.elapsed().as_secs_f64() * 1000.0;
        }
        differences.push(spent[0] - spent[1]);
    }
    let mean = differences.iter().sum::<f64>() / f64::from(COUNT);
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / f64::from(COUNT - 1);
    line("known minus unknown name", mean, "ms", "interval holds 0");
    line("  its 95 % interval, ±", 1.96 * (variance / f64::from(COUNT)).sqrt(), "ms", "");
}

async fn refreshes(portal: &Arc<Portal>) {
    let mut client = desk(portal, "poste");
    let reply = client.password("compte-0", PASSWORD).await;
    let mut tokens = client.redeem(&reply).await;
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs(3) {
        tokens = client.refresh(&tokens.text("/refresh_token")).await;
        count += 1;
    }
    line("refreshes, one after the other", f64::from(count) / began.elapsed().as_secs_f64(), "per s", "");
}

/// Right codes, each on a sign-in of its own; the sending is not measured.
async fn codes(portal: &Arc<Portal>, folder: &Path) {
    let (mut spent, mut count) = (Duration::ZERO, 0_u32);
    for n in 0..60 {
        let name = format!("medecin-{n}");
        create(portal, &name, &["patient_data"]).await;
        let mut client = desk(portal, "poste");
        let asked = client.password(&name, PASSWORD).await;
        portal.send_due_messages().await.unwrap();
        let code = newest_code(folder, &format!("{name}@"));
        let began = Instant::now();
        assert!(client.code(&asked, &code).await.is_authorized());
        spent += began.elapsed();
        count += 1;
    }
    line("code checks, one after the other", f64::from(count) / spent.as_secs_f64(), "per s", "");
}

fn newest_code(folder: &Path, to: &str) -> String {
    let entries = std::fs::read_dir(folder.join("outbox")).unwrap();
    let texts = entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let text = texts.filter(|text| text.contains(to)).last().unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
    body.lines().next().unwrap().trim().to_owned()
}

/// Finding one account among a thousand and among a million, in the same database.
async fn lookups(portal: &Arc<Portal>) {
    fill(portal, 0, FEW).await;
    let few = lookup(portal, FEW).await;
    fill(portal, FEW, MANY).await;
    let many = lookup(portal, MANY).await;
    line("finding an account among 10³", few, "µs", "");
    line("finding an account among 10⁶", many, "µs", "");
    line("10⁶ against 10³", many / few, "×", "≤ 1.2");
}

/// Rows in bulk, all with the hash of one account.
async fn fill(portal: &Arc<Portal>, from: u32, to: u32) {
    let mut tx = portal.store.begin().await.unwrap();
    for statement in [
        "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2) \
         INSERT INTO account (subject, portal, identifier, name, role, rights, language, email_verified, phone_verified, \
         password_hash, state, credential_epoch, created_at) SELECT 'masse-' || i, 'portail-de-sante', 'masse-' || i, 'n', \
         'professional', '', 'fr', 0, 0, (SELECT password_hash FROM account WHERE identifier = 'compte-0'), 'active', 1, 0 FROM n",
        "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2) \
         INSERT INTO account_name (portal, name, subject) SELECT 'portail-de-sante', 'masse-' || i, 'masse-' || i FROM n",
    ] {
        sqlx::query(statement).bind(i64::from(from)).bind(i64::from(to)).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn lookup(portal: &Arc<Portal>, among: u32) -> f64 {
    const COUNT: u32 = 4000;
    let mut best = f64::MAX;
    // The quietest of five rounds: the machine may be doing something else.
    for round in 0..5_u32 {
        let began = Instant::now();
        for n in 0..COUNT / 5 {
            let name = format!("masse-{}", n.wrapping_mul(2_654_435_761).wrapping_add(round) % among);
            assert!(portal.account(&name).await.unwrap().is_some());
        }
        best = best.min(began.elapsed().as_secs_f64() * 1e6 / f64::from(COUNT / 5));
    }
    best
}

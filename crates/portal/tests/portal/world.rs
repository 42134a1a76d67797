//! A portal on an empty database, a clock that the test moves, messages in files.

use crate::client::Client;
use axum::Router;
use parvis_portal::{
    Parts, Portal,
    account::NewAccount,
    clock::PortalClock,
    config::Config,
    delivery::{Channel, Gateway, Outbox, PhoneTransport, Transports},
    hash::{HashCost, HashPool},
    http,
    import::ImportRecords,
    keys::SharedKeys,
    store::Store,
};
use parvis_portal_profile::{Language, Profile};
use parvis_protocol::{
    clock::ManualClock,
    entropy::{OsEntropy, opaque_short},
};
use secrecy::SecretString;
use sqlx::Row;
use std::{
    collections::HashSet,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

pub const PASSWORD: &str = "Parvis-Demo-2026!";
pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// 2026-11-22 10:00 UTC.
const START: i64 = 1_795_341_600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Everything the portals of all tests have logged.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub fn log() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}

pub struct World {
    pub portal: Arc<Portal>,
    pub clock: Arc<ManualClock>,
    pub folder: TempDir,
    pub url: String,
    keys: Arc<SharedKeys>,
    read: Mutex<HashSet<PathBuf>>,
}

/// One database of its own, cloned from a migrated template.
pub async fn postgres_database() -> Option<String> {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    // Two clones of one template at once are refused: they wait for each other.
    static CLONING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let server = std::env::var("PARVIS_TEST_POSTGRES").ok()?;
    let server = server.trim_end_matches("/postgres").to_owned();
    let execute = async |statement| administer(&server, statement).await;
    let name =
        |prefix: &str| format!("{prefix}_{}", opaque_short(&OsEntropy).replace('-', "_").to_lowercase());
    let template = TEMPLATE
        .get_or_init(|| async {
            let template = name("template");
            execute(format!("CREATE DATABASE {template}")).await;
            Store::open(&format!("{server}/{template}"), 1).await.unwrap().close().await;
            template
        })
        .await;
    let database = name("test");
    let _turn = CLONING.lock().await;
    execute(format!("CREATE DATABASE {database} TEMPLATE {template}")).await;
    Some(format!("{server}/{database}"))
}

/// Removes a database of [`postgres_database`]; those of tests that failed stay, to be looked at.
pub async fn drop_database(url: &str) {
    let (server, database) = url.rsplit_once('/').unwrap();
    administer(server, format!("DROP DATABASE {database} WITH (FORCE)")).await;
}

async fn administer(server: &str, statement: String) {
    sqlx::any::install_default_drivers();
    let mut connection =
        <sqlx::AnyConnection as sqlx::Connection>::connect(&format!("{server}/postgres")).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}

impl World {
    /// `None` where the engine is not there.
    pub async fn new(engine: Engine) -> Option<Self> {
        Self::with(engine, |_| ()).await
    }

    /// With a changed profile.
    pub async fn with(engine: Engine, change: impl FnOnce(&mut Profile)) -> Option<Self> {
        let world =
            Self::empty(engine, include_str!("../../../../profiles/portail-de-sante.toml"), change).await?;
        for (identifier, rights, phone) in [
            ("medecin-a", &["patient_data"][..], Some("+33612345678")),
            ("medecin-b", &["patient_data"], None),
            ("administrateur", &["administration"], None),
            ("secretaire", &[], None),
        ] {
            world.create(identifier, rights, phone).await;
        }
        Some(world)
    }

    /// The portal with three entrances, authenticator apps, and limits that block the account.
    pub async fn doctipro(engine: Engine) -> Option<Self> {
        let world = Self::empty(engine, include_str!("../../../../profiles/doctipro.toml"), |_| ()).await?;
        for (identifier, role) in [
            ("medecin", "doctor"),
            ("dentiste", "doctor"),
            ("secretaire", "secretary"),
            ("patient", "patient"),
        ] {
            world.create_as(role, identifier, &[], None).await;
        }
        Some(world)
    }

    /// The portal where patients open their accounts; one has one.
    pub async fn doctolib(engine: Engine) -> Option<Self> {
        let world = Self::empty(engine, include_str!("../../../../profiles/doctolib.toml"), |_| ()).await?;
        world.create_as("patient", "camille@example.org", &[], Some("+33612340001")).await;
        Some(world)
    }

    /// The portal of members and delegates: two members, one of whom has an account.
    pub async fn dentists(engine: Engine) -> Option<Self> {
        let world = Self::empty(engine, include_str!("../../../../profiles/dentistes.toml"), |_| ()).await?;
        let members = "permit_number,name,email\n00123,Dr Anne Roy,anne.roy@example.org\n00456,Dr Paul Côté,paul.cote@example.org\n";
        let import = ImportRecords::default();
        assert_eq!(world.portal.import_members(members.as_bytes(), import, |_| ()).await.unwrap().new, 2);
        let account = NewAccount {
            identifier: "00456".to_owned(),
            name: "Dr Paul Côté".to_owned(),
            role: "dentist".to_owned(),
            rights: Vec::new(),
            email: Some("paul.cote@example.org".to_owned()),
            phone: None,
            phone_verified: false,
            language: Language::Fr,
        };
        world.portal.create_account(account, Some(SecretString::from(PASSWORD))).await.unwrap();
        Some(world)
    }

    async fn empty(engine: Engine, source: &str, change: impl FnOnce(&mut Profile)) -> Option<Self> {
        let _ = tracing_subscriber::fmt()
            .with_env_filter("parvis_portal=trace,sqlx=warn")
            .with_writer(|| Log)
            .with_ansi(false)
            .try_init();
        let folder = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}?mode=rwc", folder.path().join("portal.db").display()),
            Engine::Postgres => postgres_database().await?,
        };
        let clock = Arc::new(ManualClock::at(START));
        let keys = SharedKeys::ephemeral(&OsEntropy);
        let mut profile = parvis_portal_profile::parse(source).unwrap();
        change(&mut profile);
        let portal = open(&url, &clock, &keys, folder.path().to_owned(), profile, HashCost::MINIMAL).await;
        Some(Self { portal, clock, folder, url, keys, read: Mutex::default() })
    }

    pub async fn create(&self, identifier: &str, rights: &[&str], phone: Option<&str>) -> String {
        self.create_as("professional", identifier, rights, phone).await
    }

    async fn create_as(&self, role: &str, identifier: &str, rights: &[&str], phone: Option<&str>) -> String {
        let account = NewAccount {
            identifier: identifier.to_owned(),
            name: identifier.to_owned(),
            role: role.to_owned(),
            rights: rights.iter().map(ToString::to_string).collect(),
            email: Some(if identifier.contains('@') {
                identifier.to_owned()
            } else {
                format!("{identifier}@example.org")
            }),
            phone: phone.map(ToOwned::to_owned),
            phone_verified: phone.is_some(),
            language: Language::Fr,
        };
        self.portal.create_account(account, Some(SecretString::from(PASSWORD))).await.unwrap()
    }

    /// A second process on the same database, with the same keys.
    pub async fn second_process(&self) -> Arc<Portal> {
        self.another(|_| (), HashCost::MINIMAL).await
    }

    /// A process with keys of a file on the same database.
    pub async fn process_with(&self, keys: &Arc<SharedKeys>) -> Arc<Portal> {
        let (profile, folder) = (self.portal.profile.clone(), self.folder.path().to_owned());
        open(&self.url, &self.clock, keys, folder, profile, HashCost::MINIMAL).await
    }

    /// A process whose SMS go to a gateway at this address, which has this long to answer.
    pub async fn process_with_gateway(&self, address: SocketAddr, timeout: Duration) -> Arc<Portal> {
        let source = format!(
            "data = \"data\"\nprofile = \"profile.toml\"\n[mail]\nfrom = \"a@b.example\"\nhost = \"localhost\"\n\
             [sms]\nurl = \"http://{address}/\"\nbody = '{{to}} {{text}}'\ncontent_type = \"text/plain\"\n"
        );
        let config = Config::parse(&source, "portal.toml").unwrap();
        let gateway = Gateway::new(Channel::Sms, config.sms.as_ref().unwrap(), timeout).unwrap();
        let sms = PhoneTransport::Gateway(Box::new(gateway));
        let outbox = Arc::new(Outbox::new(self.folder.path(), self.clock.clone()).unwrap());
        let transports = Transports { sms, timeout, ..Transports::to_files(outbox) };
        let profile = self.portal.profile.clone();
        open_with(&self.url, &self.clock, &self.keys, transports, profile, HashCost::MINIMAL).await
    }

    /// A process with another profile or cost on the same database.
    pub async fn another(&self, change: impl FnOnce(&mut Profile), cost: HashCost) -> Arc<Portal> {
        let mut profile = self.portal.profile.clone();
        change(&mut profile);
        open(&self.url, &self.clock, &self.keys, self.folder.path().to_owned(), profile, cost).await
    }

    /// Changes the database behind the portal's back.
    pub async fn execute(&self, sql: &'static str) {
        let mut tx = self.portal.store.begin().await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many events of this kind there are.
    pub async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM event WHERE kind = $1")
            .bind(kind)
            .fetch_one(self.portal.store.read())
            .await
            .unwrap()
    }

    /// What the database runs on.
    pub fn engine(&self) -> Engine {
        if self.url.starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres }
    }

    /// Every value of every table.
    pub async fn dump(&self) -> String {
        let names = if self.engine() == Engine::Sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        } else {
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'"
        };
        let tables: Vec<String> =
            sqlx::query_scalar(names).fetch_all(self.portal.store.read()).await.unwrap();
        assert!(tables.len() > 20, "{tables:?}");
        let mut text = String::new();
        for table in
            tables.iter().filter(|table| !table.starts_with("_sqlx") && !table.starts_with("sqlite_"))
        {
            let select = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
            for row in sqlx::query(select).fetch_all(self.portal.store.read()).await.unwrap() {
                for column in 0..row.len() {
                    if let Ok(Some(value)) = row.try_get::<Option<String>, _>(column) {
                        text.extend([table, ": ", &value, "\n"]);
                    }
                }
            }
        }
        text
    }

    pub fn app(&self) -> Router {
        http::router(std::slice::from_ref(&self.portal), &[])
    }

    /// Somebody at a workstation.
    pub fn desk(&self, workstation: &str) -> Client {
        let mut client = Client::new(self.app(), workstation);
        client.role.clone_from(&self.portal.profile.roles[0].id);
        client
    }

    /// The time of the portal, seconds.
    pub fn now(&self) -> i64 {
        parvis_protocol::clock::Clock::now(self.clock.as_ref()) / 1000
    }

    /// Sends what is due and reads the code that was sent to this address or number and not read yet.
    pub async fn code_to(&self, to: &str) -> String {
        self.portal.send_due_messages().await.unwrap();
        let mut read = self.read.lock().unwrap();
        let unread: Vec<(PathBuf, String)> = self
            .files()
            .into_iter()
            .filter(|(file, text)| !read.contains(file) && text.contains(to) && find_code(text).is_some())
            .collect();
        let (_, newest) = unread.last().unwrap_or_else(|| panic!("no message to {to}"));
        let code = code_in(newest);
        read.extend(unread.into_iter().map(|(file, _)| file));
        code
    }

    /// Sends what is due; the newest three digits that stand alone in a message or call to this number.
    pub async fn short_code_to(&self, number: &str) -> String {
        let messages = self.messages_to(number, "").await;
        let text = messages.last().unwrap_or_else(|| panic!("no message to {number}"));
        let text = text[text.find("\"text\"").unwrap()..].replace("\\n", "\n");
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let digits = |word: &&&str, length| word.len() == length && word.bytes().all(|b| b.is_ascii_digit());
        match words.iter().find(|word| digits(word, 3)) {
            Some(code) => (*code).to_owned(),
            // Of a call: digit by digit.
            None => words.iter().filter(|word| digits(word, 1)).take(3).copied().collect(),
        }
    }

    /// The newest code that was sent to this address.
    pub fn newest_code_to(&self, to: &str) -> Option<String> {
        self.messages().iter().rev().filter(|text| text.contains(to)).find_map(|text| find_code(text))
    }

    /// Sends what is due; the messages to this address or number since the last call that contain `words`.
    pub async fn messages_to(&self, to: &str, words: &str) -> Vec<String> {
        self.portal.send_due_messages().await.unwrap();
        let mut read = self.read.lock().unwrap();
        let unread: Vec<(PathBuf, String)> = self
            .files()
            .into_iter()
            .filter(|(file, text)| !read.contains(file) && text.contains(to) && text.contains(words))
            .collect();
        read.extend(unread.iter().map(|(file, _)| file.clone()));
        unread.into_iter().map(|(_, text)| text).collect()
    }

    /// Sends what is due; the token of the newest link to this address that was not read yet.
    pub async fn link_to(&self, to: &str) -> Option<String> {
        let messages = self.messages_to(to, &format!("{}/", self.portal.issuer_text())).await;
        let token = |text: &String| {
            // A long one goes over several lines of the mail.
            let text = text.replace("=\r\n", "");
            let rest = &text[text.find(self.portal.issuer_text())?..];
            Some(rest.split_once('#')?.1.split_whitespace().next()?.to_owned())
        };
        messages.last().and_then(token)
    }

    /// All messages, oldest first.
    pub fn messages(&self) -> Vec<String> {
        self.files().into_iter().map(|(_, text)| text).collect()
    }

    fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path().join("outbox"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        // Names sort by the portal's clock, which stands still here: the order of writing decides.
        files.sort_by_key(|file| std::fs::metadata(file).and_then(|data| data.modified()).unwrap());
        files.into_iter().map(|file| (file.clone(), std::fs::read_to_string(file).unwrap())).collect()
    }

    pub fn advance(&self, millis: i64) {
        self.clock.advance(millis);
    }

    /// On PostgreSQL, returns once so many wait for a row that somebody else has locked.
    pub async fn waiting_for_rows(&self, count: i64) {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        tokio::time::timeout(Duration::from_secs(20), async {
            while self.count(waiting).await < count {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    }

    /// A number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.portal.store.read()).await.unwrap()
    }
}

async fn open(
    url: &str,
    clock: &Arc<ManualClock>,
    keys: &Arc<SharedKeys>,
    folder: PathBuf,
    profile: Profile,
    cost: HashCost,
) -> Arc<Portal> {
    let outbox = Outbox::new(&folder, clock.clone()).unwrap();
    open_with(url, clock, keys, Transports::to_files(Arc::new(outbox)), profile, cost).await
}

async fn open_with(
    url: &str,
    clock: &Arc<ManualClock>,
    keys: &Arc<SharedKeys>,
    transports: Transports,
    profile: Profile,
    cost: HashCost,
) -> Arc<Portal> {
    let store = Store::open(url, 8).await.unwrap();
    let entropy = Arc::new(OsEntropy);
    Portal::open(Parts {
        profile,
        issuer: "http://127.0.0.1:8787/portail-de-sante".parse().unwrap(),
        keys: keys.clone(),
        hashes: Arc::new(HashPool::new(cost, 2, 256, entropy.clone())),
        transports: Arc::new(transports),
        clock: Arc::new(PortalClock::load(clock.clone(), &store).await.unwrap()),
        store,
        entropy,
        demonstration: false,
    })
    .await
    .unwrap()
}

/// The first run of six digits that stands alone on a line, or in an SMS.
pub fn code_in(message: &str) -> String {
    find_code(message).unwrap_or_else(|| panic!("no code in {message}"))
}

/// The same, where there may be none.
pub fn find_code(message: &str) -> Option<String> {
    let text = message.replace("=\r\n", "").replace("\\n", "\n");
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(is_code).map(ToOwned::to_owned)
}

/// A test on each engine; after `with doctipro`, of that portal.
#[macro_export]
macro_rules! on_both_engines {
    (with $open:ident $(async fn $name:ident($world:ident: World) $body:block)*) => {
        $(
            mod $name {
                #[expect(clippy::allow_attributes, reason = "not every scenario uses an import")]
                #[allow(unused_imports)]
                use super::*;
                async fn scenario($world: $crate::world::World) $body
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_sqlite() {
                    scenario($crate::world::World::$open($crate::world::Engine::Sqlite).await.unwrap()).await;
                }
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_postgres() {
                    if let Some(world) = $crate::world::World::$open($crate::world::Engine::Postgres).await {
                        let url = world.url.clone();
                        scenario(world).await;
                        $crate::world::drop_database(&url).await;
                    }
                }
            }
        )*
    };
    ($(async fn $name:ident($world:ident: World) $body:block)*) => {
        $crate::on_both_engines! { with new $(async fn $name($world: World) $body)* }
    };
}

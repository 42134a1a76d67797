//! Configuration files: what is taken, and what is refused at which line.

use parvis_portal::config::{Config, LogFormat, MailSecurity};
use parvis_portal::hash::HashCost;

const GOOD: &str = r#"listen = "0.0.0.0:443"
data = "/var/lib/parvis-portal"
public_url = "https://portal.example"
profile = "/etc/parvis-portal/profile.toml"
database = "postgres://parvis@db.example/parvis?sslmode=verify-full"
database_password_file = "/etc/parvis-portal/database-password"
log_format = "json"

[tls]
certificate = "/etc/parvis-portal/chain.pem"
key = "/etc/parvis-portal/key.pem"

[mail]
from = "no-reply@portal.example"
host = "smtp.example"
user = "portal"
password_file = "/etc/parvis-portal/mail-password"

[sms]
url = "https://sms.example/send"
headers = { Authorization = "Bearer {secret}" }
body = '{"to": "{to}", "text": "{text}"}'
secret_file = "/etc/parvis-portal/sms-secret"

[retention]
audit_days = 730
"#;

/// Line and key of each defect.
fn defects(source: &str) -> Vec<(usize, String)> {
    let defects = Config::parse(source, "portal.toml").err().unwrap_or_default();
    for defect in &defects {
        let shown = defect.to_string();
        assert!(shown.starts_with(&format!("portal.toml:{}", defect.line)), "{shown}");
    }
    defects.into_iter().map(|defect| (defect.line, defect.key)).collect()
}

#[test]
fn a_whole_configuration_and_its_defaults() {
    let config = Config::parse(GOOD, "portal.toml").unwrap();
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.mail.as_ref().unwrap().port, 587);
    assert_eq!(config.mail.as_ref().unwrap().security, MailSecurity::Starttls);
    assert_eq!(config.hashing.cost(), HashCost::default());
    assert_eq!((config.retention.audit_days, config.retention.ended_days), (730, 7));
    assert_eq!(config.public_url().unwrap().as_str(), "https://portal.example/");

    let small = "data = \"d\"\nprofile = \"p\"\n[outbox]\nfolder = \"o\"";
    let config = Config::parse(small, "portal.toml").unwrap();
    assert!(config.listen.ip().is_loopback());
    assert_eq!(config.public_url().unwrap().as_str(), "http://127.0.0.1:8787/");
    assert_eq!(config.database_url(), "sqlite://d/portal.db?mode=rwc");
    assert_eq!(config.key_file(), std::path::Path::new("d/keys.toml"));
}

#[test]
fn srv_03_what_is_not_safe_is_refused_at_its_line() {
    #[rustfmt::skip]
    let table: &[(&str, &str, usize, &str)] = &[
        // What stands in the good file, what is put in its place, and where that is refused.
        ("public_url = \"https://portal.example\"\n", "", 1, "public_url"),
        ("https://portal.example", "http://portal.example", 3, "public_url"),
        ("https://portal.example", "http://localhost", 3, "public_url"),
        ("https://portal.example", "https://u:p@portal.example", 3, "public_url"),
        ("https://portal.example", "https://portal.example/#a", 3, "public_url"),
        ("https://portal.example", "https://portal.example/?a=b", 3, "public_url"),
        ("https://portal.example", "ftp://portal.example", 3, "public_url"),
        ("https://portal.example", "portal.example", 3, "public_url"),
        ("0.0.0.0:443", "0.0.0.0", 1, "listen"),
        ("data = \"/var", "dota = \"/var", 2, "dota"),
        ("parvis@db.example", "parvis:geheim@db.example", 5, "database"),
        ("sslmode=verify-full", "sslmode=verify-full&password=geheim", 5, "database"),
        ("?sslmode=verify-full", "", 5, "database"),
        ("sslmode=verify-full", "sslmode=require", 5, "database"),
        ("postgres:", "mysql:", 5, "database"),
        ("log_format = \"json\"", "log_format = \"xml\"", 7, "log_format"),
        ("log_format = \"json\"", "log_format = 3", 7, "log_format"),
        ("key = \"/etc/parvis-portal/key.pem\"", "", 9, "tls.key"),
        ("no-reply@portal.example", "Portail <no-reply@portal.example>", 14, "mail.from"),
        ("smtp.example", "smtp example", 15, "mail.host"),
        ("host = \"smtp.example\"", "host = \"smtp.example\"\nport = 70000", 16, "mail.port"),
        ("host = \"smtp.example\"", "host = \"smtp.example\"\nsecurity = \"none\"", 16, "mail.security"),
        ("host = \"smtp.example\"", "host = \"smtp.example\"\npassword = \"geheim\"", 16, "mail.password"),
        ("password_file = \"/etc/parvis-portal/mail-password\"\n", "", 16, "mail.user"),
        ("user = \"portal\"\n", "", 16, "mail.password_file"),
        ("https://sms.example/send", "http://sms.example/send", 20, "sms.url"),
        ("https://sms.example/send", "https://sms.example/send?text={text}", 20, "sms.url"),
        ("https://sms.example/send", "https://me:geheim@sms.example/send", 20, "sms.url"),
        ("[sms]\n", "[sms]\nmethod = \"GET\"\n", 20, "sms.method"),
        ("Bearer {secret}", "Bearer geheim", 21, "sms.headers"),
        ("Bearer {secret}\"", "Bearer {secret}\", X-Text = \"{text}\"", 21, "sms.headers"),
        ("Bearer {secret}\"", "Bearer {secret}\", \"X Text\" = \"a\"", 21, "sms.headers"),
        ("\"text\": \"{text}\"", "\"text\": \"hello\"", 22, "sms.body"),
        ("\"to\": \"{to}\"", "\"to\": \"33612345678\"", 22, "sms.body"),
        ("secret_file = \"/etc/parvis-portal/sms-secret\"\n", "", 21, "sms.headers"),
        ("[sms]\nurl = \"https", "[voice]\nurl = \"http", 20, "voice.url"),
        ("[retention]", "[voice]\nurl = \"https://voice.example\"\n[retention]", 25, "voice.body"),
        ("secret_file =", "content_type = \"image/png\"\nsecret_file =", 23, "sms.content_type"),
        ("audit_days = 730", "audit_days = 30", 26, "retention.audit_days"),
        ("audit_days = 730", "audit_days = -1", 26, "retention.audit_days"),
        ("[retention]", "[hashing]\nmemory_kib = 1024\n[retention]", 26, "hashing.memory_kib"),
        ("[retention]", "[hashing]\niterations = 1\n[retention]", 26, "hashing.iterations"),
        ("[retention]", "[hashing]\nlanes = 0\n[retention]", 26, "hashing.lanes"),
        ("[retention]", "[hashing]\nthreads = 0\n[retention]", 26, "hashing.threads"),
        ("[retention]", "[hashing]\nqueue = 0\n[retention]", 26, "hashing.queue"),
        ("[retention]", "[behind_proxy]\ntrusted = []\n[retention]", 26, "behind_proxy.trusted"),
        ("[retention]", "[behind_proxy]\ntrusted = [\"0.0.0.0\"]\n[retention]", 26, "behind_proxy.trusted"),
        ("[retention]", "[behind_proxy]\ntrusted = [\"proxy\"]\n[retention]", 26, "behind_proxy.trusted"),
        ("[retention]", "[metrics]\nlisten = \"0.0.0.0:9464\"\n[retention]", 26, "metrics.listen"),
        ("[retention]", "[metrics]\nlisten = \"203.0.113.7:9464\"\n[retention]", 26, "metrics.listen"),
        ("[retention]", "[metrics]\nlisten = \"127.0.0.1:443\"\n[retention]", 26, "metrics.listen"),
        ("[retention]", "[retentions]", 25, "retentions"),
    ];
    assert_eq!(defects(GOOD), []);
    for (from, to, line, key) in table {
        assert!(GOOD.contains(from), "{from}");
        let found = defects(&GOOD.replacen(from, to, 1));
        assert!(found.contains(&(*line, (*key).to_owned())), "{from} → {to}: {found:?}");
    }
}

#[test]
fn sections_that_are_missing_or_contradict_each_other() {
    let tls = "[tls]\ncertificate = \"/etc/parvis-portal/chain.pem\"\nkey = \"/etc/parvis-portal/key.pem\"\n";
    let open = GOOD.replace(tls, "");
    let named = |key: &str, found: Vec<(usize, String)>| found.iter().any(|(_, name)| name == key);
    assert!(named("listen", defects(&open)));
    assert!(named("listen", defects(&open.replace("0.0.0.0:443", "[::]:443"))));
    assert_eq!(defects(&format!("{open}\n[behind_proxy]\ntrusted = [\"10.0.0.1\"]")), []);
    let local = open.replace("0.0.0.0:443", "127.0.0.1:8787");
    assert!(named("public_url", defects(&local)), "https without anything that ends TLS");
    assert_eq!(defects(&local.replace("https://portal.example", "http://localhost:8787")), []);

    let base = "data = \"d\"\nprofile = \"p\"\n";
    assert_eq!(defects(base), [(1, "mail".to_owned())]);
    let mail = "[mail]\nfrom = \"a@b.example\"\nhost = \"localhost\"\nsecurity = \"none\"\n";
    assert_eq!(defects(&format!("{base}{mail}")), []);
    let gateway =
        |name: &str| format!("[{name}]\nurl = \"https://{name}.example\"\nbody = '\"{{to}}{{text}}\"'\n");
    let (sms, voice) = (gateway("sms"), gateway("voice"));
    assert_eq!(defects(&format!("{base}{mail}{voice}")), []);
    // It takes what no other section sends; where they send all, it is a mistake.
    let outbox = "[outbox]\nfolder = \"o\"";
    assert_eq!(defects(&format!("{base}{sms}{voice}{outbox}")), []);
    assert!(named("outbox", defects(&format!("{base}{mail}{sms}{voice}{outbox}"))));
    assert!(named(
        "database_password_file",
        defects(&format!("database_password_file = \"f\"\n{base}{mail}"))
    ));
    assert_eq!(defects(&format!("database = \"postgres://localhost/parvis\"\n{base}{mail}")), []);
    assert_eq!(defects(&format!("database = \"postgres:///parvis?host=/run/postgresql\"\n{base}{mail}")), []);
}

#[test]
fn all_defects_come_at_once_and_a_syntax_error_alone() {
    let source = "listen = 1\nmystery = 2\ndata = \"d\"\nmail = 3\n[hashing]\nmemory = 1\n";
    let found = defects(source);
    let lines: Vec<_> = found.iter().map(|(line, key)| (*line, key.as_str())).collect();
    assert_eq!(&lines[..2], [(1, "listen"), (1, "profile")]);
    for expected in [(2, "mystery"), (4, "mail"), (6, "hashing.memory")] {
        assert!(lines.contains(&expected), "{lines:?}");
    }
    assert_eq!(defects("data = \"d\"\nlisten = \"a\nprofile = 1"), [(2, String::new())]);
}

#[test]
fn the_reference_is_a_configuration_with_every_key() {
    let reference = Config::reference();
    // It is taken as it stands, but for the way that mails leave.
    let runs = format!("{reference}\n[outbox]\nfolder = \"o\"\n");
    let config =
        Config::parse(&runs, "reference.toml").unwrap_or_else(|defects| panic!("{defects:?}\n{reference}"));
    assert_eq!(config.hashing.cost(), HashCost::default());

    // Every example is one that is taken too.
    let is_key = |line: &&str| line.starts_with('#') && !line.starts_with("# ");
    let all: Vec<_> = reference.lines().map(|line| if is_key(&line) { &line[1..] } else { line }).collect();
    let (all, _) = all.join("\n").split_once("[outbox]").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (_, rest) = reference.split_once("#echo = false\n").unwrap();
    let all = format!("{all}\n{rest}");
    Config::parse(&all, "reference.toml").unwrap_or_else(|defects| panic!("{defects:?}\n{all}"));

    for line in reference.lines().filter(|line| !line.is_empty()) {
        assert!(line.len() <= 122, "{line}");
        assert!(line.starts_with('#') || line.contains(" = ") || line.starts_with('['), "{line}");
    }
}

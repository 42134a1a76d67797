//! What a configuration has to keep to so that nothing is exposed.

use super::reading::Document;
use super::{Config, Gateway, Hashing, Mail, MailSecurity, Outbox, Retention};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use url::{Host, Url};

const MEMORY_KIB: RangeInclusive<u32> = 19 * 1024..=1024 * 1024;
const ITERATIONS: RangeInclusive<u32> = 2..=16;
const LANES: RangeInclusive<u32> = 1..=16;
const THREADS: RangeInclusive<u32> = 1..=256;
const QUEUE: RangeInclusive<u32> = 1..=10_000;
/// Long enough to look into an incident, short enough for the GDPR.
const AUDIT_DAYS: RangeInclusive<u32> = 90..=3650;
const DAYS: RangeInclusive<u32> = 1..=3650;

const TO: &str = "{to}";
const TEXT: &str = "{text}";
const SECRET: &str = "{secret}";

/// Notes in `document` every value of `config` that is not safe.
pub(super) fn check(config: &Config, document: &mut Document<'_>) {
    let mut check = Check { document };
    check.address(config);
    check.database(config);
    check.messages(config);
    check.hashing(&config.hashing);
    check.retention(&config.retention);
    check.metrics(config);
}

struct Check<'d, 's> {
    document: &'d mut Document<'s>,
}

impl Check<'_, '_> {
    fn address(&mut self, config: &Config) {
        let local = config.listen.ip().is_loopback();
        let protected = config.tls.is_some() || config.behind_proxy.is_some();
        self.ensure(
            local || protected,
            "listen",
            "is open to the network without TLS: add [tls], or [behind_proxy] where a proxy ends it",
        );
        if let Some(proxy) = &config.behind_proxy {
            let named = !proxy.trusted.is_empty() && !proxy.trusted.iter().any(IpAddr::is_unspecified);
            self.ensure(named, "behind_proxy.trusted", "takes the proxies' own addresses, one at least");
        }
        let Some(url) = &config.public_url else {
            self.ensure(local, "public_url", "missing key: needed where `listen` is not a loopback address");
            return;
        };
        self.plain_url("public_url", url);
        self.ensure(url.query().is_none(), "public_url", "takes no query");
        self.ensure(
            url.scheme() == "https" || is_loopback(url),
            "public_url",
            "takes https; plain http is for a loopback address only",
        );
        self.ensure(
            url.scheme() != "https" || protected,
            "public_url",
            "is https, and nothing here ends TLS: add [tls] or [behind_proxy]",
        );
        self.ensure(
            url.scheme() != "http" || config.tls.is_none(),
            "public_url",
            "is http, and [tls] makes the server speak https",
        );
    }

    fn database(&mut self, config: &Config) {
        let Some(database) = &config.database else {
            let alone = config.database_password_file.is_none();
            self.ensure(alone, "database_password_file", "is there without `database`");
            return;
        };
        let Ok(url) = Url::parse(database) else {
            self.document.refuse("database", "is no address");
            return;
        };
        let postgres = matches!(url.scheme(), "postgres" | "postgresql");
        self.ensure(postgres || url.scheme() == "sqlite", "database", "takes a postgres: or sqlite: address");
        let in_query = url.query_pairs().any(|(name, _)| name == "password");
        self.ensure(
            url.password().is_none() && !in_query,
            "database",
            "holds a password: put it into `database_password_file`",
        );
        self.ensure(
            postgres || config.database_password_file.is_none(),
            "database_password_file",
            "is there, and SQLite has no password",
        );
        let verified = url.query_pairs().any(|(name, value)| name == "sslmode" && value == "verify-full");
        let near = is_loopback(&url)
            || url.query_pairs().any(|(name, value)| name == "host" && value.starts_with('/'));
        self.ensure(
            !postgres || near || verified,
            "database",
            "is on another machine: add `sslmode=verify-full`",
        );
    }

    fn messages(&mut self, config: &Config) {
        match &config.outbox {
            Some(outbox) => self.outbox(config, outbox),
            None => self.ensure(
                config.mail.is_some(),
                "mail",
                "missing section: without it no code, link or notice can leave ([outbox] is for trying it)",
            ),
        }
        if let Some(mail) = &config.mail {
            self.mail(mail);
        }
        for (section, gateway) in [("sms", &config.sms), ("voice", &config.voice)] {
            if let Some(gateway) = gateway {
                self.gateway(section, gateway);
            }
        }
    }

    fn outbox(&mut self, config: &Config, outbox: &Outbox) {
        self.ensure(
            config.listen.ip().is_loopback() && config.behind_proxy.is_none(),
            "outbox",
            "writes codes into files: only where `listen` is a loopback address and no proxy is before it",
        );
        let needed = config.mail.is_none() || config.sms.is_none() || config.voice.is_none();
        self.ensure(
            needed,
            "outbox",
            "takes what no other section sends, and [mail], [sms] and [voice] send all",
        );
        self.ensure(!outbox.folder.as_os_str().is_empty(), "outbox.folder", "takes a folder");
    }

    fn mail(&mut self, mail: &Mail) {
        let address: Result<lettre::Address, _> = mail.from.parse();
        self.ensure(address.is_ok(), "mail.from", "takes a mail address, without a name");
        self.ensure(Host::parse(&mail.host).is_ok(), "mail.host", "takes the name of a host");
        self.ensure(
            mail.security != MailSecurity::None || is_loopback_name(&mail.host),
            "mail.security",
            "`none` sends codes in clear: only to a server on this machine",
        );
        let pair = mail.user.is_some() == mail.password_file.is_some();
        let lone = if mail.user.is_some() { "mail.user" } else { "mail.password_file" };
        self.ensure(pair, lone, "`user` and `password_file` go together");
    }

    fn gateway(&mut self, section: &str, gateway: &Gateway) {
        let key = |name: &str| format!("{section}.{name}");
        self.plain_url(&key("url"), &gateway.url);
        self.ensure(
            gateway.url.scheme() == "https" || is_loopback(&gateway.url),
            &key("url"),
            "takes https; plain http is for a loopback address only",
        );
        let in_url =
            gateway.url.as_str().contains(['{', '}']) || gateway.url.as_str().to_lowercase().contains("%7b");
        self.ensure(!in_url, &key("url"), "takes no placeholders: addresses are written into logs [OTP-11]");
        let headers: Vec<&str> = gateway.headers.values().map(String::as_str).collect();
        let anywhere =
            |part: &str| gateway.body.contains(part) || headers.iter().any(|value| value.contains(part));
        self.ensure(gateway.body.contains(TEXT), &key("body"), "has no `{text}`");
        self.ensure(anywhere(TO), &key("body"), "`{to}` is neither in it nor in a header");
        self.ensure(
            !headers.iter().any(|value| value.contains(TEXT)),
            &key("headers"),
            "take no `{text}`: headers are written into logs [OTP-11]",
        );
        let valid = gateway.headers.iter().all(|(name, value)| {
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
                && reqwest::header::HeaderValue::from_str(value).is_ok()
        });
        self.ensure(valid, &key("headers"), "hold what is no HTTP header");
        let known = crate::delivery::gateway::Escape::of(&gateway.content_type).is_some();
        self.ensure(
            known,
            &key("content_type"),
            "takes application/json, application/x-www-form-urlencoded, application/xml, text/xml or text/plain",
        );
        self.ensure(
            anywhere(SECRET) || gateway.secret_file.is_none(),
            &key("secret_file"),
            "is there, and `{secret}` is neither in the body nor in a header",
        );
        let lone = key(if gateway.body.contains(SECRET) { "body" } else { "headers" });
        self.ensure(
            !anywhere(SECRET) || gateway.secret_file.is_some(),
            &lone,
            "`{secret}` needs `secret_file`",
        );
        let secret_header = gateway
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && !value.contains(SECRET));
        self.ensure(
            !secret_header,
            &key("headers"),
            "hold a secret: write `{secret}` and name a `secret_file`",
        );
    }

    fn hashing(&mut self, hashing: &Hashing) {
        self.range("hashing.memory_kib", hashing.memory_kib, &MEMORY_KIB);
        self.range("hashing.iterations", hashing.iterations, &ITERATIONS);
        self.range("hashing.lanes", hashing.lanes, &LANES);
        self.range("hashing.threads", hashing.threads, &THREADS);
        self.range("hashing.queue", hashing.queue, &QUEUE);
    }

    fn retention(&mut self, retention: &Retention) {
        self.range("retention.audit_days", retention.audit_days, &AUDIT_DAYS);
        self.range("retention.ended_days", retention.ended_days, &DAYS);
        self.range("retention.messages_days", retention.messages_days, &DAYS);
    }

    fn metrics(&mut self, config: &Config) {
        let Some(metrics) = &config.metrics else { return };
        let private = match metrics.listen.ip() {
            IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
            IpAddr::V6(address) => {
                address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
            }
        };
        self.ensure(private, "metrics.listen", "takes an address of this machine or of a private network");
        let apart = metrics.listen.port() == 0 || metrics.listen.port() != config.listen.port();
        self.ensure(apart, "metrics.listen", "takes a port of its own, not the public one");
    }

    fn plain_url(&mut self, key: &str, url: &Url) {
        self.ensure(
            matches!(url.scheme(), "http" | "https") && url.has_host(),
            key,
            "takes an http or https address",
        );
        self.ensure(
            url.username().is_empty() && url.password().is_none(),
            key,
            "takes no user and no password",
        );
        self.ensure(url.fragment().is_none(), key, "takes no fragment");
    }

    fn range(&mut self, key: &str, value: u32, range: &RangeInclusive<u32>) {
        let (least, most) = (range.start(), range.end());
        self.ensure(range.contains(&value), key, format!("is {value}, and takes {least} to {most}"));
    }

    fn ensure(&mut self, holds: bool, key: &str, reason: impl Into<String>) {
        if !holds {
            self.document.refuse(key, reason);
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback_name)
}

/// `localhost` or a loopback address.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

//! Wrong passwords, counted before they are looked at (ACC-03 to ACC-06, ACC-11).
//!
//! A try reserves its place in two buckets in one transaction: the typed name's, which alone decides `slow_down`, and the
//! account's, over whose limit the password is not evaluated (the caller hashes a dummy, the answer stays the same).
//! Unknown names have both buckets too. A reservation that was never settled (the process died) counts as a wrong try
//! after a minute. A workstation where the person signed in during the last 90 days has buckets of its own.

use crate::{Portal, account::Account, clock::DAY, store::Connection};
use parvis_protocol::{clock::UnixMillis, encoding::sha256_base64url};
use std::net::IpAddr;

const UNSETTLED: i64 = 60 * 1000;
/// Wrong passwords in a row after which the password itself is worn out: recovery or support (N 3.2.2).
pub(crate) const CEILING: i64 = 100;
/// Failures from one network in an hour, and how many more for each completed sign-in of that hour.
const NETWORK_FAILURES: i64 = 100;
const NETWORK_FAILURES_PER_SUCCESS: i64 = 10;
const NETWORK_WINDOW: i64 = 60 * 60 * 1000;
/// A person is known on a workstation for this long after the last completed sign-in.
pub(crate) const KNOWN_FOR: i64 = 90 * DAY;

/// A reserved try, by the buckets that it stands in; to be settled.
#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    name: String,
    /// Empty where the account was over its limit: the same statements run, on no row.
    account: String,
    /// The account's bucket for unknown workstations, which a right password on a known one relieves.
    strangers: String,
    network: Option<String>,
}

/// Whether a password may be looked at.
#[derive(Debug, Clone)]
pub(crate) enum Permission {
    /// Reserved. `evaluate` is false over the account's own limit: hash a dummy.
    Granted {
        /// To be settled.
        reservation: Reservation,
        /// Look at the password.
        evaluate: bool,
    },
    /// Wait so many seconds.
    SlowDown(u32),
    /// Too many failures from this network: wait so many seconds.
    NetworkSlowDown(u32),
    /// Unfinished tries fill the limit: again in a second, nothing charged.
    Busy,
}

#[derive(sqlx::FromRow)]
struct Bucket {
    failures: i64,
    retry_at: i64,
    day_failures: i64,
    day_oldest: i64,
}

/// Where a try comes from.
pub(crate) struct Origin<'a> {
    /// Typed name, normalised.
    pub(crate) name: &'a str,
    /// The account of that name, if any.
    pub(crate) account: Option<&'a Account>,
    /// Workstation.
    pub(crate) device_id: &'a str,
    /// Network, if it is not a loopback address.
    pub(crate) network: Option<IpAddr>,
}

/// Reserves a try.
pub(crate) async fn reserve(
    portal: &Portal,
    connection: &mut Connection,
    origin: &Origin<'_>,
    now: UnixMillis,
) -> Result<Permission, sqlx::Error> {
    let subject = origin.account.map_or("", |account| &account.subject);
    let known = is_known(portal, connection, subject, origin.device_id, now).await?;
    let tries = &portal.profile.password_tries;
    let per_day = i64::from(if known { tries.per_day_known_workstation } else { tries.per_day });
    let place = if known { origin.device_id } else { "" };
    let name_bucket = bucket(portal, "name", origin.name, place);
    // An unknown name gets an account bucket of its own: the same statements run.
    let owner = origin.account.map_or(origin.name, |account| &account.subject);
    let account_bucket = bucket(portal, "account", owner, place);

    let network_bucket =
        origin.network.filter(|_| !known).map(|address| bucket(portal, "network", &network(address), ""));
    if let Some(network) = &network_bucket
        && !reserve_network(connection, network, now).await?
    {
        return Ok(Permission::NetworkSlowDown(60));
    }
    let free = i64::from(tries.free);
    if !take(connection, &name_bucket, free, Beyond::Delayed, per_day, now).await? {
        // Not looked at: no failure of its network.
        if let Some(network) = &network_bucket {
            release_network(connection, network).await?;
        }
        let row = look(connection, &name_bucket, now).await?;
        let wait = if row.day_failures >= per_day {
            row.day_oldest + DAY - now
        } else if row.failures >= free && row.retry_at > now {
            row.retry_at - now
        } else {
            return Ok(Permission::Busy);
        };
        return Ok(Permission::SlowDown(u32::try_from((wait + 999) / 1000).unwrap_or(u32::MAX).max(1)));
    }
    let evaluate = take(connection, &account_bucket, CEILING, Beyond::Refused, per_day, now).await?;
    let strangers_bucket = bucket(portal, "account", owner, "");
    let account_bucket = if evaluate { account_bucket } else { String::new() };
    let reservation = Reservation {
        name: name_bucket,
        account: account_bucket,
        strangers: strangers_bucket,
        network: network_bucket,
    };
    Ok(Permission::Granted { reservation, evaluate })
}

/// What happens to a try beyond the free ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// One at a time, once the delay is over.
    Delayed,
    /// Not evaluated any more.
    Refused,
}

/// Makes and locks the row, clears what is over, and takes a place if there is one, in the statement that counts it.
async fn take(
    connection: &mut Connection,
    bucket: &str,
    free: i64,
    beyond: Beyond,
    per_day: i64,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "INSERT INTO password_throttle (bucket, failures, pending, pending_since, retry_at, last_at) \
         VALUES ($1, 0, 0, 0, 0, $2) ON CONFLICT (bucket) DO UPDATE SET last_at = $2",
    )
    .bind(bucket)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    // Reservations nobody settled have become failures.
    for statement in [
        "INSERT INTO password_failure (bucket, at, tries) SELECT bucket, pending_since, pending FROM password_throttle \
         WHERE bucket = $1 AND pending > 0 AND pending_since <= $2",
        "UPDATE password_throttle SET failures = failures + pending, pending = 0 \
         WHERE bucket = $1 AND pending > 0 AND pending_since <= $2",
    ] {
        sqlx::query(statement).bind(bucket).bind(now - UNSETTLED).execute(&mut *connection).await?;
    }
    let taken = sqlx::query(
        "UPDATE password_throttle SET pending = pending + 1, pending_since = $2 WHERE bucket = $1 \
         AND pending + (SELECT COALESCE(SUM(tries), 0) FROM password_failure WHERE bucket = $1 AND at > $5) < $4 \
         AND (failures + pending < $3 OR (failures >= $3 AND pending = 0 AND retry_at <= $6))",
    )
    .bind(bucket)
    .bind(now)
    .bind(free)
    .bind(per_day)
    .bind(now - DAY)
    .bind(if beyond == Beyond::Delayed { now } else { -1 })
    .execute(&mut *connection)
    .await?;
    Ok(taken.rows_affected() == 1)
}

async fn look(connection: &mut Connection, bucket: &str, now: UnixMillis) -> Result<Bucket, sqlx::Error> {
    sqlx::query_as(
        "SELECT MAX(t.failures) AS failures, MAX(t.retry_at) AS retry_at, \
         CAST(COALESCE(SUM(f.tries), 0) AS BIGINT) AS day_failures, COALESCE(MIN(f.at), 0) AS day_oldest \
         FROM password_throttle t LEFT JOIN password_failure f ON f.bucket = t.bucket AND f.at > $2 WHERE t.bucket = $1",
    )
    .bind(bucket)
    .bind(now - DAY)
    .fetch_one(connection)
    .await
}

/// How a reserved try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Wrong, or not evaluated.
    Wrong,
    /// Right.
    Right,
    /// Nothing was evaluated: the place is given back.
    Released,
}

/// Settles a reservation.
pub(crate) async fn settle(
    portal: &Portal,
    connection: &mut Connection,
    reservation: &Reservation,
    outcome: Outcome,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    // Rows are locked in the order in which `reserve` takes them: network, name, account.
    if let (Some(network), Outcome::Right | Outcome::Released) = (&reservation.network, outcome) {
        release_network(connection, network).await?;
    }
    let statement = match outcome {
        Outcome::Wrong => {
            "UPDATE password_throttle SET failures = failures + 1, \
             pending = CASE WHEN pending > 0 THEN pending - 1 ELSE 0 END WHERE bucket = $1 RETURNING failures"
        }
        // The day's count stays: a stranger's tries are not forgiven by the owner's success.
        Outcome::Right => {
            "UPDATE password_throttle SET failures = 0, retry_at = 0, \
             pending = CASE WHEN pending > 0 THEN pending - 1 ELSE 0 END WHERE bucket = $1 RETURNING failures"
        }
        Outcome::Released => {
            "UPDATE password_throttle SET pending = CASE WHEN pending > 0 THEN pending - 1 ELSE 0 END \
             WHERE bucket = $1 RETURNING failures"
        }
    };
    for bucket in [&reservation.name, &reservation.account] {
        let failures: Option<i64> =
            sqlx::query_scalar(statement).bind(bucket).fetch_optional(&mut *connection).await?;
        if outcome != Outcome::Wrong {
            continue;
        }
        let count = failures.map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX));
        let delay = portal.profile.password_tries.delay_s(count);
        sqlx::query("UPDATE password_throttle SET retry_at = $2 WHERE bucket = $1")
            .bind(bucket)
            .bind(now + i64::from(delay) * 1000)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO password_failure (bucket, at, tries) SELECT bucket, $2, 1 FROM password_throttle WHERE bucket = $1",
        )
        .bind(bucket)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    }
    if outcome == Outcome::Right {
        // The owner has the password: what strangers did not guess in a row begins anew.
        sqlx::query("UPDATE password_throttle SET failures = 0 WHERE bucket = $1")
            .bind(&reservation.strangers)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Counts a failure of the network up front; given back when the try was right.
async fn reserve_network(
    connection: &mut Connection,
    bucket: &str,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    sqlx::query(
        "INSERT INTO network_throttle (bucket, window_start, failures, successes, last_at) VALUES ($1, $2, 0, 0, $2) \
         ON CONFLICT (bucket) DO NOTHING",
    )
    .bind(bucket)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE network_throttle SET window_start = $2, failures = 0, successes = 0 WHERE bucket = $1 AND window_start <= $3",
    )
    .bind(bucket)
    .bind(now)
    .bind(now - NETWORK_WINDOW)
    .execute(&mut *connection)
    .await?;
    let taken = sqlx::query(
        "UPDATE network_throttle SET failures = failures + 1, last_at = $2 WHERE bucket = $1 AND failures < $3 + $4 * successes",
    )
    .bind(bucket)
    .bind(now)
    .bind(NETWORK_FAILURES)
    .bind(NETWORK_FAILURES_PER_SUCCESS)
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Counts a request for a mailed link, or a link that was no good, against its network: how many seconds to wait, where there were
/// too many. A bucket of its own, so that it never stands in the way of a sign-in (REC-08).
pub(crate) async fn charge_recovery(
    portal: &Portal,
    connection: &mut Connection,
    address: Option<IpAddr>,
    now: UnixMillis,
) -> Result<Option<u32>, sqlx::Error> {
    let Some(address) = address else { return Ok(None) };
    let bucket = bucket(portal, "recovery", &network(address), "");
    Ok(if reserve_network(connection, &bucket, now).await? { None } else { Some(60) })
}

async fn release_network(connection: &mut Connection, bucket: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE network_throttle SET failures = failures - 1 WHERE bucket = $1 AND failures > 0")
        .bind(bucket)
        .execute(connection)
        .await?;
    Ok(())
}

/// A completed sign-in widens its network's limit.
pub(crate) async fn network_succeeded(
    portal: &Portal,
    connection: &mut Connection,
    address: Option<IpAddr>,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    let Some(address) = address else { return Ok(()) };
    sqlx::query(
        "INSERT INTO network_throttle (bucket, window_start, failures, successes, last_at) VALUES ($1, $2, 0, 1, $2) \
         ON CONFLICT (bucket) DO UPDATE SET successes = network_throttle.successes + 1, last_at = $2",
    )
    .bind(bucket(portal, "network", &network(address), ""))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives back all tries of an account: after support or recovery.
pub(crate) async fn forget(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
) -> Result<(), sqlx::Error> {
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM account_name WHERE subject = $1")
        .bind(&account.subject)
        .fetch_all(&mut *connection)
        .await?;
    let devices: Vec<String> =
        sqlx::query_scalar("SELECT device_id FROM known_workstation WHERE portal = $1 AND subject = $2")
            .bind(&portal.profile.id)
            .bind(&account.subject)
            .fetch_all(&mut *connection)
            .await?;
    for place in devices.iter().map(String::as_str).chain([""]) {
        let names = names.iter().map(|name| bucket(portal, "name", name, place));
        for bucket in names.chain([bucket(portal, "account", &account.subject, place)]) {
            for statement in [
                "DELETE FROM password_throttle WHERE bucket = $1",
                "DELETE FROM password_failure WHERE bucket = $1",
            ] {
                sqlx::query(statement).bind(&bucket).execute(&mut *connection).await?;
            }
        }
    }
    Ok(())
}

/// Whether a person has completed a sign-in on a workstation lately. The same statement runs for nobody.
pub(crate) async fn is_known(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    device_id: &str,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    let last: Option<i64> = sqlx::query_scalar(
        "SELECT last_at FROM known_workstation WHERE portal = $1 AND device_id = $2 AND subject = $3",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(subject)
    .fetch_optional(connection)
    .await?;
    Ok(last.is_some_and(|at| at > now - KNOWN_FOR))
}

/// Typed names are often passwords: only their digest is kept.
fn bucket(portal: &Portal, kind: &str, owner: &str, place: &str) -> String {
    sha256_base64url(&format!("{}\n{kind}\n{owner}\n{place}", portal.profile.id))
}

/// An IPv4 address, or the /64 of an IPv6 address.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

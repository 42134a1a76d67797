//! Uses of something that is limited in spans of time, whoever uses it: counted before they are granted, in the statement that
//! looks whether there is room.

use crate::{Portal, clock::DAY, store::Connection};
use parvis_portal_profile::SendLimits;
use parvis_protocol::{clock::UnixMillis, encoding::sha256_base64url};

/// Who takes what is never given back.
pub(crate) const NOBODY: &str = "";

/// So many uses in so many milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) most: u32,
    pub(crate) span: i64,
    /// Keeps uses apart, and is over soon: nobody is told of it as of one that is left.
    spacing: bool,
}

impl Limit {
    pub(crate) const fn of(most: u32, span: i64) -> Self {
        Self { most, span, spacing: false }
    }

    /// So many times as many, in the same span.
    pub(crate) const fn times(self, factor: u32) -> Self {
        Self { most: self.most.saturating_mul(factor), ..self }
    }

    /// One use, and the next after this long, ms.
    pub(crate) const fn spacing(span: i64) -> Self {
        Self { most: 1, span, spacing: true }
    }
}

/// Something that is limited. Its owner is a number, an address, a network: only a digest is kept.
#[derive(Debug, Clone)]
pub(crate) struct Quota {
    bucket: String,
    limits: Vec<Limit>,
    for_good: bool,
}

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Uses left, by the limit that leaves the fewest.
    pub(crate) remaining: u32,
    /// The next use is possible from then on.
    pub(crate) possible_at: UnixMillis,
}

impl Quota {
    pub(crate) fn new(portal: &Portal, kind: &str, owner: &str, limits: &[Limit]) -> Self {
        let bucket = sha256_base64url(&format!("{}\n{kind}\n{owner}", portal.profile.id));
        Self { bucket, limits: limits.to_vec(), for_good: false }
    }

    /// Its uses are not given back, whatever comes of them: it limits what somebody may have done.
    pub(crate) fn for_good(self) -> Self {
        Self { for_good: true, ..self }
    }

    /// Takes one use; where there is no room, when there will be.
    pub(crate) async fn take(
        &self,
        connection: &mut Connection,
        now: UnixMillis,
    ) -> Result<Result<(), UnixMillis>, sqlx::Error> {
        take_all(connection, std::slice::from_ref(self), NOBODY, now).await
    }

    /// Locks the bucket until the transaction ends: two that come at once count each other.
    pub(crate) async fn lock(&self, connection: &mut Connection, now: UnixMillis) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO quota (bucket, last_at) VALUES ($1, $2) ON CONFLICT (bucket) DO UPDATE SET last_at = $2",
        )
        .bind(&self.bucket)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
    }

    /// What is left, without taking any.
    pub(crate) async fn room(
        &self,
        connection: &mut Connection,
        now: UnixMillis,
    ) -> Result<Room, sqlx::Error> {
        let longest = self.limits.iter().map(|limit| limit.span).max().unwrap_or(0);
        let uses: Vec<UnixMillis> =
            sqlx::query_scalar("SELECT at FROM quota_use WHERE bucket = $1 AND at > $2 ORDER BY at DESC")
                .bind(&self.bucket)
                .bind(now - longest)
                .fetch_all(connection)
                .await?;
        Ok(room(&self.limits, &uses, now))
    }
}

/// What is left where several limit the same.
pub(crate) async fn room_of(
    connection: &mut Connection,
    quotas: &[Quota],
    now: UnixMillis,
) -> Result<Room, sqlx::Error> {
    let mut least = Room { remaining: u32::MAX, possible_at: now };
    for quota in quotas {
        let room = quota.room(connection, now).await?;
        least.remaining = least.remaining.min(room.remaining);
        least.possible_at = least.possible_at.max(room.possible_at);
    }
    Ok(least)
}

/// Takes one use of each or, where one of them has no room, of none, and says when there will be.
///
/// `by` is who may give them back.
pub(crate) async fn take_all(
    connection: &mut Connection,
    quotas: &[Quota],
    by: &str,
    now: UnixMillis,
) -> Result<Result<(), UnixMillis>, sqlx::Error> {
    // In one order: two that want the same never wait for each other.
    let mut quotas: Vec<&Quota> = quotas.iter().collect();
    quotas.sort_unstable_by(|one, other| one.bucket.cmp(&other.bucket));
    let mut possible_at = now;
    for quota in &quotas {
        quota.lock(connection, now).await?;
        possible_at = possible_at.max(quota.room(connection, now).await?.possible_at);
    }
    if possible_at > now {
        return Ok(Err(possible_at));
    }
    for quota in quotas {
        sqlx::query("INSERT INTO quota_use (bucket, at, used_by) VALUES ($1, $2, $3)")
            .bind(&quota.bucket)
            .bind(now)
            .bind(if quota.for_good { NOBODY } else { by })
            .execute(&mut *connection)
            .await?;
    }
    Ok(Ok(()))
}

/// Gives back what somebody took at this instant: it came to nothing, by no fault of theirs.
pub(crate) async fn give_back(
    connection: &mut Connection,
    by: &str,
    at: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM quota_use WHERE used_by = $1 AND at = $2")
        .bind(by)
        .bind(at)
        .execute(connection)
        .await
        .map(drop)
}

/// Limits of codes that are sent, as a portal's profile has them.
pub(crate) fn of_sends(sends: &SendLimits) -> [Limit; 3] {
    let [in_window, in_day] = without_spacing(sends);
    [Limit::spacing(i64::from(sends.interval_s) * 1000), in_window, in_day]
}

/// Those of them that are used up.
pub(crate) fn without_spacing(sends: &SendLimits) -> [Limit; 2] {
    [Limit::of(sends.per_window, i64::from(sends.window_s) * 1000), Limit::of(sends.per_day, DAY)]
}

/// What limits leave of uses, the newest first.
pub(crate) fn room(limits: &[Limit], uses: &[UnixMillis], now: UnixMillis) -> Room {
    let mut room = Room { remaining: u32::MAX, possible_at: now };
    for limit in limits {
        let count = uses.iter().filter(|at| **at > now - limit.span).count();
        let left = limit.most.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        if left == 0 {
            // The use that has to leave the span before there is room again.
            let index = usize::try_from(limit.most).unwrap_or(usize::MAX).saturating_sub(1);
            room.possible_at = room.possible_at.max(uses.get(index).map_or(now, |at| at + limit.span));
        }
        if !limit.spacing {
            room.remaining = room.remaining.min(left);
        }
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{HOUR, MINUTE};

    #[test]
    fn the_tightest_limit_decides() {
        let limits = [Limit::spacing(30_000), Limit::of(3, 15 * MINUTE), Limit::of(5, DAY)];
        let at = |uses: &[i64], now| room(&limits, uses, now);
        assert_eq!(at(&[], 0), Room { remaining: 3, possible_at: 0 });
        assert_eq!(at(&[0], 10_000), Room { remaining: 2, possible_at: 30_000 });
        assert_eq!(at(&[80_000, 40_000, 0], 200_000), Room { remaining: 0, possible_at: 15 * MINUTE });
        let once = [Limit::of(1, DAY)];
        assert_eq!((room(&once, &[], 0).remaining, room(&once, &[0], HOUR).remaining), (1, 0));
        let spread: Vec<i64> = (0..5).rev().map(|n| n * HOUR).collect();
        assert_eq!(at(&spread, 5 * HOUR), Room { remaining: 0, possible_at: DAY });
        assert_eq!(at(&spread, DAY).possible_at, DAY);
    }
}

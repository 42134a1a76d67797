//! TRU-01: random sequences of what three people do at two workstations, against a small model of what may be.

use crate::{
    client::{Client, Reply, wrong},
    on_both_engines,
    world::{HOUR, MINUTE, PASSWORD, SECOND, World},
};
use parvis_protocol::{
    clock::Clock,
    entropy::{Entropy, SeededEntropy, bytes},
};

const PEOPLE: [&str; 3] = ["medecin-a", "medecin-b", "secretaire"];
const DESKS: usize = 2;
const STEPS: usize = 40;
const SEEDS: u64 = 12;

/// What the model knows of a trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trust {
    person: usize,
    until: i64,
}

/// What the model knows of a session.
struct Session {
    person: usize,
    desk: usize,
    client: Client,
    access: String,
    refresh: String,
    end_handle: String,
    ended: bool,
    used_at: i64,
    refreshed_at: i64,
    since: i64,
    /// Ended, and observed to be.
    seen_dead: bool,
}

impl Session {
    /// Half an hour of inactivity, twelve hours in all.
    fn lives(&self, now: i64) -> bool {
        !self.ended && now < self.used_at + 30 * MINUTE && now < self.since + 12 * HOUR
    }
}

/// A sign-in under way.
struct Pending {
    person: usize,
    desk: usize,
    client: Client,
    reply: Reply,
    /// The right code, of a question.
    code: Option<String>,
    at: i64,
    /// Opened by trust, which has to hold at the end too.
    by_trust: bool,
    remembers: bool,
}

struct Model<'a> {
    world: &'a World,
    random: SeededEntropy,
    trust: [Option<Trust>; DESKS],
    blocked: [bool; PEOPLE.len()],
    desks: Vec<Client>,
    /// The device key of each person on each workstation.
    devices: Vec<Vec<Client>>,
    pending: Vec<Pending>,
    sessions: Vec<Session>,
    history: Vec<String>,
}

impl Model<'_> {
    fn below(&self, n: usize) -> usize {
        usize::from(bytes::<1>(&self.random as &dyn Entropy)[0]) % n
    }

    fn now(&self) -> i64 {
        self.world.clock.now()
    }

    fn holds(&self, person: usize, desk: usize) -> bool {
        self.trust[desk].is_some_and(|trust| trust.person == person && self.now() < trust.until)
    }

    fn says(&mut self, what: String) {
        self.history.push(what);
    }

    async fn password(&mut self, person: usize, desk: usize) {
        let mut client = self.devices[desk][person].again();
        client.device_id.clone_from(&self.desks[desk].device_id);
        let reply = client.password(PEOPLE[person], PASSWORD).await;
        self.says(format!("{} gives the password at {desk}: {reply:?}", PEOPLE[person]));
        let at = self.now();
        let by_trust = person != 2 && self.holds(person, desk);
        if self.blocked[person] {
            assert_eq!(reply.problem(), "account_blocked", "{:#?}", self.history);
            return;
        }
        // INV-5: without a code only by trust, or where no right asks for one.
        assert_eq!(reply.is_authorized(), person == 2 || by_trust, "{:#?}", self.history);
        let code = if reply.is_authorized() {
            None
        } else if reply.json["next"]["step"] == "otp" {
            self.code_of(&reply).await
        } else {
            return;
        };
        self.pending.push(Pending { person, desk, client, reply, code, at, by_trust, remembers: false });
    }

    /// The code of a question: from its mail, or the one that an earlier question of the same id was sent with.
    async fn code_of(&self, reply: &Reply) -> Option<String> {
        let id = reply.text("/next/challenge_id");
        let known = self.pending.iter().find(|pending| {
            pending.code.is_some() && pending.reply.json["next"]["challenge_id"] == id.as_str()
        });
        if let Some(known) = known {
            return known.code.clone();
        }
        self.world.portal.send_due_messages().await.unwrap();
        let (subject,): (String,) = sqlx::query_as("SELECT subject FROM challenge WHERE id = $1")
            .bind(&id)
            .fetch_one(self.world.portal.store.read())
            .await
            .unwrap();
        let accounts = self.world.portal.accounts().await.unwrap();
        let address = accounts.iter().find(|account| account.subject == subject)?.email()?.to_owned();
        self.world.newest_code_to(&address)
    }

    async fn code(&mut self, index: usize, right: bool, remember: bool) {
        let mut pending = self.pending.remove(index);
        let Some(code) = pending.code.clone() else {
            self.pending.push(pending);
            return;
        };
        let typed = if right { code } else { wrong(&code) };
        let asked = pending.reply.clone();
        let reply = if remember {
            pending.client.code_and_remember(&asked, &typed).await
        } else {
            pending.client.code(&asked, &typed).await
        };
        self.says(format!("{} enters a {right} code: {reply:?}", PEOPLE[pending.person]));
        if !right || self.blocked[pending.person] {
            assert!(!reply.is_authorized(), "{:#?}", self.history);
        }
        if reply.is_authorized() {
            pending.reply = reply;
            pending.code = None;
            pending.at = self.now();
            pending.remembers = remember;
            self.pending.push(pending);
        } else if reply.error() == "insufficient_authorization" {
            self.pending.push(pending);
        }
    }

    async fn redeem(&mut self, index: usize, with_other_key: bool) {
        let mut pending = self.pending.remove(index);
        if !pending.reply.is_authorized() {
            self.pending.push(pending);
            return;
        }
        if with_other_key {
            // INV-6
            let mut thief = pending.client.again();
            thief.verifier.clone_from(&pending.client.verifier);
            let reply = thief.redeem(&pending.reply).await;
            assert_eq!(reply.error(), "invalid_grant", "{:#?}", self.history);
        }
        let (now, person, desk) = (self.now(), pending.person, pending.desk);
        let reply = pending.client.redeem(&pending.reply).await;
        self.says(format!("{} redeems at {desk}: {reply:?}", PEOPLE[person]));
        let good = !self.blocked[person]
            && now < pending.at + MINUTE
            && (!pending.by_trust || self.holds(person, desk));
        assert_eq!(reply.status == 200, good, "{:#?}", self.history);
        if !good {
            return;
        }
        // The handover.
        if self.trust[desk].is_some_and(|trust| trust.person != person || now >= trust.until) {
            self.trust[desk] = None;
        }
        for session in
            self.sessions.iter_mut().filter(|session| session.desk == desk && session.person != person)
        {
            session.ended = true;
        }
        if pending.remembers {
            self.trust[desk] = Some(Trust { person, until: now + 24 * HOUR });
            self.devices[desk][person] = pending.client.clone();
        }
        assert_eq!(
            reply.json.get("trusted_device").is_some(),
            self.holds(person, desk),
            "{:#?}",
            self.history
        );
        self.sessions.push(Session {
            person,
            desk,
            client: pending.client,
            access: reply.text("/access_token"),
            refresh: reply.text("/refresh_token"),
            end_handle: reply.text("/end_handle"),
            ended: false,
            used_at: now,
            refreshed_at: now,
            since: now,
            seen_dead: false,
        });
    }

    async fn refresh(&mut self, index: usize) {
        let now = self.now();
        let session = &mut self.sessions[index];
        let lives = session.lives(now);
        let reply = session.client.refresh(&session.refresh).await;
        assert_eq!(reply.status == 200, lives, "{:#?}", self.history);
        if lives {
            session.access = reply.text("/access_token");
            session.refresh = reply.text("/refresh_token");
            (session.used_at, session.refreshed_at) = (now, now);
        }
    }

    async fn end(&mut self, index: usize, leave: bool) {
        let session = &mut self.sessions[index];
        let reply = session.client.end_session(&session.end_handle, leave).await;
        assert_eq!(reply.status, 204);
        session.ended = true;
        let (person, desk) = (session.person, session.desk);
        if leave && self.trust[desk].is_some_and(|trust| trust.person == person) {
            self.trust[desk] = None;
        }
        self.says(format!("{} signs out at {desk}, leaves: {leave}", PEOPLE[person]));
    }

    async fn block(&mut self, person: usize) {
        let account = self.world.portal.account(PEOPLE[person]).await.unwrap().unwrap();
        if self.blocked[person] {
            self.world.portal.unblock_account(&account).await.unwrap();
        } else {
            self.world.portal.block_account(&account.subject).await.unwrap();
            self.sessions
                .iter_mut()
                .filter(|session| session.person == person)
                .for_each(|session| session.ended = true);
            self.trust
                .iter_mut()
                .filter(|trust| trust.is_some_and(|trust| trust.person == person))
                .for_each(|trust| *trust = None);
            self.pending.retain(|pending| pending.person != person);
        }
        self.blocked[person] = !self.blocked[person];
        self.says(format!("{} blocked: {}", PEOPLE[person], self.blocked[person]));
    }

    async fn step(&mut self) {
        let (person, desk, any) = (self.below(PEOPLE.len()), self.below(DESKS), self.below(256));
        let asked = self.pick(any, |pending| pending.code.is_some());
        let authorized = self.pick(any, |pending| pending.reply.is_authorized());
        match (self.below(16), asked, authorized) {
            (0..=6, Some(index), _) => self.code(index, any % 5 != 0, any % 2 == 0).await,
            (0..=9, _, Some(index)) => self.redeem(index, any % 3 == 0).await,
            (0..=11, ..) => self.password(person, desk).await,
            (12, ..) if !self.sessions.is_empty() => self.refresh(any % self.sessions.len()).await,
            (13, ..) if !self.sessions.is_empty() => self.end(any % self.sessions.len(), any % 3 == 0).await,
            (14, ..) if any % 4 == 0 || self.blocked[person] => self.block(person).await,
            _ => {
                let span = match any % 16 {
                    0 => 9 * HOUR,
                    1 | 2 => 20 * MINUTE,
                    3..=5 => 2 * MINUTE,
                    _ => 31 * SECOND,
                };
                self.world.advance(span);
                self.says(format!("{span} ms pass"));
            }
        }
    }

    /// A sign-in under way of this kind.
    fn pick(&self, any: usize, is: impl Fn(&Pending) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.pending.len()).filter(|index| is(&self.pending[*index])).collect();
        fitting.get(any % fitting.len().max(1)).copied()
    }

    /// What holds at every instant. `all`: also of sessions that were seen dead before.
    async fn check(&mut self, all: bool) {
        let now = self.now();
        // INV-1 by the primary key; INV-2: what the portal would honour is what the model knows.
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT t.device_id, a.identifier, t.expires_at FROM trust t JOIN account a ON a.subject = t.subject \
             WHERE t.credential_epoch = a.credential_epoch AND a.blocked_at IS NULL",
        )
        .fetch_all(self.world.portal.store.read())
        .await
        .unwrap();
        for desk in 0..DESKS {
            let here: Vec<Trust> = rows
                .iter()
                .filter(|(device, _, until)| *device == self.desks[desk].device_id && *until > now)
                .map(|(_, name, until)| Trust {
                    person: PEOPLE.iter().position(|p| p == name).unwrap(),
                    until: *until,
                })
                .collect();
            let expected: Vec<Trust> =
                self.trust[desk].into_iter().filter(|trust| now < trust.until).collect();
            assert_eq!(here, expected, "workstation {desk}: {:#?}", self.history);
        }
        // INV-2, INV-6: a session answers while the model says that it lives, and to its key alone.
        for index in 0..self.sessions.len() {
            let session = &mut self.sessions[index];
            if session.seen_dead && !all {
                continue;
            }
            let lives = session.lives(now) && now < session.refreshed_at + 5 * MINUTE;
            let reply = session.client.call("GET", "account/me", &session.access).await;
            assert_eq!(reply.status == 200, lives, "session {index}: {:#?}", self.history);
            session.seen_dead = !session.lives(now);
            if lives {
                session.used_at = now;
                let other = session.client.again().call("GET", "account/me", &session.access).await;
                assert_eq!(other.status, 401);
            }
        }
    }
}

async fn walk(world: &World, seed: u64) {
    let desks: Vec<Client> = (0..DESKS).map(|desk| world.desk(&format!("poste {seed} {desk}"))).collect();
    let devices = desks.iter().map(|_| PEOPLE.iter().map(|_| world.desk("")).collect()).collect();
    let random = SeededEntropy::new(seed);
    let mut model = Model {
        world,
        random,
        trust: [None; DESKS],
        blocked: [false; PEOPLE.len()],
        desks,
        devices,
        pending: Vec::new(),
        sessions: Vec::new(),
        history: vec![format!("seed {seed}")],
    };
    for _ in 0..STEPS {
        model.step().await;
        model.check(false).await;
    }
    model.check(true).await;
    // The next walk begins on its own workstations, with nobody blocked.
    for person in PEOPLE {
        let account = world.portal.account(person).await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
    }
    world.advance(25 * HOUR);
}

on_both_engines! {
    async fn tru_01_random_sequences_keep_the_invariants(world: World) {
        for seed in 0..SEEDS {
            walk(&world, seed).await;
        }
        // The walks went somewhere.
        assert!(world.events("signed_in").await > 20);
        assert!(world.events("handover").await > 3);
        assert!(world.events("trust_honoured").await > 3);
    }
}

//! Records that registrations are checked against: what an import leaves of those before it.

use crate::{on_both_engines, world::World};
use parvis_portal::import::{ImportRecords, ImportedRecords};
use std::{
    io::Read,
    sync::atomic::{AtomicUsize, Ordering},
};

const HEADER: &str = "permit_number,name,email\n";

async fn members(world: &World, lines: &str, remove_absent: bool) -> ImportedRecords {
    let import = ImportRecords { dry_run: false, remove_absent };
    world.portal.import_members(format!("{HEADER}{lines}").as_bytes(), import, |_| ()).await.unwrap()
}

async fn contacts(world: &World, file: &str) -> ImportedRecords {
    world.portal.import_contact_records(file.as_bytes(), ImportRecords::default(), |_| ()).await.unwrap()
}

fn defects(imported: &ImportedRecords) -> Vec<String> {
    imported.defects.iter().map(ToString::to_string).collect()
}

/// Each row of a query with one column.
async fn rows(world: &World, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(world.portal.store.read()).await.unwrap()
}

async fn all_members(world: &World) -> Vec<String> {
    rows(world, "SELECT portal || ' ' || permit_number || ' ' || email || ' ' || name FROM member ORDER BY portal, permit_number").await
}

/// A file that is made while it is read, and knows how many lines were.
struct Streamed<'a> {
    lines: usize,
    read: &'a AtomicUsize,
    rest: Vec<u8>,
}

impl Read for Streamed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let next = self.read.load(Ordering::Relaxed);
        if self.rest.is_empty() && next < self.lines {
            self.rest = format!("{next:05},Membre {next},membre{next}@example.org\n").into_bytes();
            self.read.store(next + 1, Ordering::Relaxed);
        }
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

on_both_engines! {
    async fn a_line_takes_the_place_of_its_record_and_the_import_says_what_changed(world: World) {
        world
            .execute("INSERT INTO member (portal, permit_number, email, name, imported_at) VALUES ('other', '00123', 'a@example.org', 'Autre', 0)")
            .await;
        let first = members(&world, "00123,Dr Martin,Martin@Cabinet.example\n123,Weber,weber@example.org\nABC 7,Roux,roux@example.org\n", false).await;
        assert_eq!(first, ImportedRecords { lines: 3, new: 3, ..ImportedRecords::default() });
        let second = members(&world, "00123,Dr Martin,martin@cabinet.example\nabc7,Roux,r@example.org\n9,Neuf,neuf@example.org\n", false).await;
        assert_eq!(second, ImportedRecords { lines: 3, new: 1, changed: 1, unchanged: 1, ..ImportedRecords::default() });
        assert_eq!(all_members(&world).await, [
            "other 00123 a@example.org Autre",
            "portail-de-sante 00123 martin@cabinet.example Dr Martin",
            "portail-de-sante 123 weber@example.org Weber",
            "portail-de-sante 9 neuf@example.org Neuf",
            "portail-de-sante abc7 r@example.org Roux",
        ]);
        assert_eq!(rows(&world, "SELECT detail FROM event WHERE kind = 'members_imported'").await, ["3", "3"]);
    }

    async fn an_address_belongs_to_one_member_once_the_whole_file_is_in(world: World) {
        members(&world, "1,Un,un@example.org\n2,Deux,deux@example.org\n3,Trois,trois@example.org\n", false).await;
        // Exchanged, or freed by a later line.
        let exchanged = members(&world, "1,Un,deux@example.org\n2,Deux,un@example.org\n4,Quatre,trois@example.org\n3,Trois,3@example.org\n", false).await;
        assert_eq!((exchanged.new, exchanged.changed, exchanged.defect_count), (1, 3, 0));

        let before = all_members(&world).await;
        let taken = members(&world, "5,Cinq,5@example.org\n6,Six,UN@example.org\n", false).await;
        assert_eq!(defects(&taken), ["line 3, email: un@example.org belongs to the permit number 2"]);
        assert_eq!((taken.new, all_members(&world).await), (0, before));
        // Who is not in the file leaves, and the address with them.
        let removed = members(&world, "6,Six,un@example.org\n", true).await;
        assert_eq!((removed.new, removed.removed), (1, 4));
        assert_eq!(all_members(&world).await, ["portail-de-sante 6 un@example.org Six"]);
    }

    async fn who_left_the_body_is_no_member_and_accounts_stay(world: World) {
        members(&world, "1,A,medecin-a@example.org\n2,B,medecin-b@example.org\n", false).await;
        world.execute("INSERT INTO member (portal, permit_number, email, name, imported_at) VALUES ('other', '1', 'a@example.org', 'Autre', 0)").await;
        // A file that an export left empty would remove everybody.
        let import = ImportRecords { dry_run: false, remove_absent: true };
        let empty = world.portal.import_members(HEADER.as_bytes(), import, |_| ()).await.unwrap_err();
        assert_eq!(empty.to_string(), "the file has no lines: nothing would be left");
        let accounts = world.count("SELECT COUNT(*) FROM account").await;
        let done = members(&world, "2,B,medecin-b@example.org\n", true).await;
        assert_eq!((done.unchanged, done.removed), (1, 1));
        assert_eq!(all_members(&world).await, ["other 1 a@example.org Autre", "portail-de-sante 2 medecin-b@example.org B"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE state = 'active'").await, accounts);
    }

    async fn contact_records_are_kept_in_their_one_form(world: World) {
        let file = "reference;practice;family_name;given_name;email;phone;language\n\
                    P-001;Cabinet Nord;Weber;Eva;Eva@Example.org;;de\n\
                    p-002;Cabinet Nord;Roux;;;06 12 34 56 78;\n";
        let all = "SELECT reference || '|' || practice || '|' || given_name || '|' || family_name || '|' || COALESCE(email, '-') || '|' \
                   || COALESCE(phone, '-') || '|' || language FROM contact_record ORDER BY reference";
        assert_eq!(contacts(&world, file).await.new, 2);
        assert_eq!(rows(&world, all).await, [
            "p-001|Cabinet Nord|Eva|Weber|eva@example.org|-|de",
            "p-002|Cabinet Nord||Roux|-|+33612345678|fr",
        ]);
        // A contact that the practice no longer has is no longer there.
        let again = contacts(&world, &file.replace("Eva@Example.org;", ";+33 6 98 76 54 32")).await;
        assert_eq!((again.changed, again.unchanged, again.new), (1, 1, 0));
        assert_eq!(rows(&world, all).await[0], "p-001|Cabinet Nord|Eva|Weber|-|+33698765432|de");
        assert_eq!(rows(&world, "SELECT detail FROM event WHERE kind = 'contacts_imported'").await, ["2", "2"]);
    }

    async fn a_practices_file_removes_its_own_former_patients_and_nobody_elses(world: World) {
        let header = "reference,practice,family_name,email\n";
        contacts(&world, &format!("{header}n-1,Nord,Weber,w@example.org\nn-2,Nord,Roux,r@example.org\ns-1,Sud,Petit,p@example.org\n")).await;
        let import = ImportRecords { dry_run: false, remove_absent: true };
        let file = format!("{header}n-2,Nord,Roux,r@example.org\nn-3,Nord,Blanc,b@example.org\n");
        let done = world.portal.import_contact_records(file.as_bytes(), import, |_| ()).await.unwrap();
        assert_eq!((done.new, done.unchanged, done.removed), (1, 1, 1));
        assert_eq!(rows(&world, "SELECT reference FROM contact_record ORDER BY reference").await, ["n-2", "n-3", "s-1"]);
    }

    async fn a_long_file_is_never_in_memory_as_a_whole(world: World) {
        let read = AtomicUsize::new(0);
        let file = Streamed { lines: 20_000, read: &read, rest: HEADER.as_bytes().to_vec() };
        let mut ahead = Vec::new();
        let import = ImportRecords::default();
        let progress = |lines: u64| ahead.push(read.load(Ordering::Relaxed) - usize::try_from(lines).unwrap());
        let imported = world.portal.import_members(file, import, progress).await.unwrap();
        assert_eq!((imported.lines, imported.new), (20_000, 20_000));
        assert_eq!(ahead.len(), 41);
        assert!(ahead.iter().all(|lines| *lines < 2500), "a buffer's worth is read ahead: {ahead:?}");
    }
}

//! CHN-06 and its kind: what a person is told after it happened.

use crate::{
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::DAY,
};

on_both_engines! {
    async fn chn_06_a_new_workstation_is_told_and_a_daily_one_is_not(world: World) {
        let unknown = "où vous n’étiez pas connu";
        let mut desk = world.desk("accueil 2");
        sign_in(&world, &mut desk, "medecin-a").await;
        assert_eq!(world.messages_to("medecin-a@", unknown).await.len(), 1);
        // Shared, every day, by two people.
        let mut told = 0;
        for _ in 0..5 {
            world.advance(DAY);
            for name in ["medecin-b", "medecin-a"] {
                desk = desk.again();
                sign_in(&world, &mut desk, name).await;
                told += world.messages_to(&format!("{name}@"), unknown).await.len();
            }
        }
        assert_eq!(told, 1, "medecin-b, the first day");
        world.advance(90 * DAY);
        sign_in(&world, &mut desk.again(), "medecin-a").await;
        assert_eq!(world.messages_to("medecin-a@", unknown).await.len(), 1);
    }

    async fn the_person_whose_trust_another_ended_hears_of_it(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        sign_in(&world, &mut desk.again(), "medecin-b").await;
        let told = world.messages_to("medecin-a@", "Un autre professionnel").await;
        assert_eq!(told.len(), 1);
        assert!(!told[0].contains("medecin-b"), "who it was is nobody's business");
        // A trust that had run out was nobody's any more.
        sign_in_trusted(&world, &mut desk.again(), "medecin-a").await;
        world.advance(DAY);
        sign_in(&world, &mut desk.again(), "medecin-b").await;
        assert!(world.messages_to("medecin-a@", "Un autre professionnel").await.is_empty());
    }

    async fn whoever_support_has_unblocked_hears_of_it(world: World) {
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        world.portal.block_account(&account.subject).await.unwrap();
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        assert_eq!(world.messages_to("medecin-a@", "a débloqué votre compte").await.len(), 1);
    }

    async fn otp_09_the_queue_holds_ids_and_neither_addresses_nor_texts(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in(&world, &mut desk, "medecin-a").await;
        let queue: Vec<String> = world.dump().await.lines().filter(|line| line.starts_with("message: ")).map(ToOwned::to_owned).collect();
        assert!(!queue.is_empty());
        assert!(!queue.iter().any(|line| line.contains('@') || line.contains("+33")), "{queue:?}");
    }
}

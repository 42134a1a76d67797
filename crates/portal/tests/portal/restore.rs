//! SRV-07: the statements that the operator runs on a restored backup, as the documentation gives them.

use crate::{
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::PASSWORD,
};
use sqlx::AssertSqlSafe;

const GUIDE: &str = include_str!("../../../../docs/operating.md");

on_both_engines! {
    async fn srv_07_a_restored_backup_revives_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let mut other = world.desk("accueil 3");
        let authorized = other.password("secretaire", PASSWORD).await;
        let mut third = world.desk("accueil 4");
        let asked = third.password("medecin-b", PASSWORD).await;
        let code = world.code_to("medecin-b@").await;
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        world.portal.send_reset(&account.subject).await.unwrap();
        world.portal.send_due_messages().await.unwrap();
        world.portal.send_reset(&account.subject).await.unwrap();

        let (_, rest) = GUIDE.split_once("```sql\n").unwrap();
        let (statements, _) = rest.split_once("```").unwrap();
        let mut tx = world.portal.store.begin().await.unwrap();
        for statement in statements.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();

        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(other.redeem(&authorized).await.error(), "invalid_grant");
        assert_eq!(third.code(&asked, &code).await.error(), "invalid_session");
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.json["next"]["step"], "otp");
        for living in [
            "SELECT COUNT(*) FROM link WHERE used_at IS NULL AND replaced_at IS NULL",
            "SELECT COUNT(*) FROM message WHERE state = 'queued' AND kind <> 'code'",
        ] {
            assert_eq!(world.count(living).await, 0, "{living}");
        }
        sign_in(&world, &mut world.desk("accueil 5"), "secretaire").await;
    }
}

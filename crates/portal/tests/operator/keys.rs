//! `keys rotate`.

use crate::Site;

#[test]
fn rotation_keeps_the_set_and_says_what_to_do_next() {
    let site = Site::new();
    assert!(!site.run("keys", "rotate", &[]).ok, "there is no key file yet");
    assert!(site.run("account", "list", &[]).ok);
    let file = site.folder.path().join("data/keys.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    let said = site.run("keys", "rotate", &[]);
    assert!(said.ok && said.out.contains("SIGHUP"), "{}{}", said.out, said.err);
    let after = std::fs::read_to_string(&file).unwrap();
    let id = |text: &str| text.lines().find(|line| line.starts_with("id = ")).map(ToOwned::to_owned);
    assert_eq!(id(&before), id(&after));
    assert_ne!(before, after);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // No secret of the file on the terminal.
    let secrets =
        after.lines().filter(|line| !line.contains("id = ")).filter_map(|line| line.split('"').nth(1));
    assert!(secrets.inspect(|secret| assert!(!said.out.contains(secret))).count() > 6);
    assert!(site.run("account", "list", &[]).ok, "the database knows the file again");
}

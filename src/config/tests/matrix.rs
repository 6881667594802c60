//! What goes together in `[matrix]`.

use super::*;

const HOMESERVER: &str = "homeserver = 'example.org'\n";
const USER: &str = "user = '@quoth:example.org'\n";
const PASSWORD: &str = "password = 'a-s3cret-password'\n";
const TOKEN: &str = "token = 'a-s3cret-token'\n";

#[cfg(feature = "matrix")]
#[test]
fn what_is_missing_or_too_much_is_told_before_anything_is_served() {
    let rows: [(&[&str], Option<&str>); 9] = [
        (&[HOMESERVER, USER, PASSWORD], None),
        (&[HOMESERVER, TOKEN], None),
        (&["sends_notices = false\n"], None),
        (&[USER, PASSWORD], Some("`homeserver` in [matrix] is missing")),
        (&[HOMESERVER], Some("names no account")),
        (&[HOMESERVER, USER], Some("has `user` without `password`")),
        (&[HOMESERVER, PASSWORD], Some("has `password` without `user`")),
        (&[HOMESERVER, USER, PASSWORD, TOKEN], Some("has `token` beside")),
        (&[HOMESERVER, USER, TOKEN], Some("has `token` beside")),
    ];
    for (keys, want) in rows {
        let served = "packs = ['p']\n[bridge]\nsocket = 's'\n";
        let config = Given::file(&format!("{served}[matrix]\n{}", keys.concat())).read();
        for told in [config.check_servable(), config.check_matrix()] {
            let told = told.err().map(|error| error.to_string());
            match want {
                Some(want) => {
                    assert!(
                        told.as_ref().is_some_and(|it| it.contains(want)),
                        "{keys:?}: {told:?}"
                    );
                }
                None => assert_eq!(told, None, "{keys:?}"),
            }
        }
    }
}

#[test]
fn servers_users_and_who_may_invite_are_in_range() {
    let rows = [
        ("homeserver = 'example.org'", 0),
        ("homeserver = 'example.org:8448'", 0),
        ("homeserver = 'http://127.0.0.1:8008'", 0),
        ("homeserver = 'https://matrix.example.org/'", 0),
        ("homeserver = ''", 1),
        ("homeserver = '@quoth:example.org'", 1),
        ("homeserver = 'https://matrix.example.org/_matrix'", 1),
        ("homeserver = 'ftp://example.org'", 1),
        ("user = 'quoth'", 0),
        ("user = '@quoth'", 1),
        ("user = 'quoth:example.org'", 1),
        ("user = ''", 1),
        ("accepts_invites_from = ['*', '@*:example.org', '@ada:example.org']", 0),
        ("accepts_invites_from = ['ada', '@ada', 'example.org']", 3),
        ("password = ''", 1),
        ("token = 'short'", 1),
        ("passphrase = 'short'", 1),
    ];
    for (keys, n_problems) in rows {
        let given = Given::file(&format!("[matrix]\n{keys}"));
        let problems = if n_problems == 0 { Vec::new() } else { given.problems() };
        drop((n_problems == 0).then(|| given.read()));
        assert_eq!(problems.len(), n_problems, "{keys}: {problems:?}");
    }
}

#[test]
fn rooms_are_named_by_their_ids_and_people_by_theirs() {
    let rows = [
        ("listens_in = ['matrix:!abc:example.org', 'matrix:!mQ4ZJ-x_12']", 0),
        ("listens_in = ['matrix:#ops:example.org']", 1),
        ("reports_to = 'matrix:#ops:example.org'", 1),
        ("moderators = ['matrix:@ada:example.org']", 0),
        ("moderators = ['matrix:ada']", 1),
    ];
    for (keys, n_problems) in rows {
        let given = Given::file(&format!("[default_space]\n{keys}"));
        let problems = if n_problems == 0 { Vec::new() } else { given.problems() };
        drop((n_problems == 0).then(|| given.read()));
        assert_eq!(problems.len(), n_problems, "{keys}: {problems:?}");
    }
}

#[test]
fn no_secret_of_the_account_is_shown() {
    let secrets = [PASSWORD, TOKEN, "passphrase = 'a-s3cret-of-many-words'\n"].concat();
    let given = Given::file(&format!("[matrix]\n{HOMESERVER}{USER}{secrets}"));
    let shown = format!("{:?} {:?}", given.read(), given.sources().show().unwrap());
    assert!(!shown.contains("s3cret") && shown.contains("(set)"), "{shown}");
}

#[cfg(not(feature = "matrix"))]
#[test]
fn an_account_without_the_platform_is_told() {
    let config = Given::file(&format!("packs = ['p']\n[matrix]\n{HOMESERVER}{TOKEN}")).read();
    let told = config.check_servable().unwrap_err().to_string();
    assert!(told.contains("built without it"), "{told}");
}

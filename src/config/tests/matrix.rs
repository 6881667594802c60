//! Tests of `[matrix]`.

use super::*;

const HOMESERVER: &str = "homeserver = 'example.org'\n";
const USER: &str = "user = '@quoth:example.org'\n";
const PASSWORD: &str = "password = 'a-s3cret-password'\n";
const TOKEN: &str = "token = 'a-s3cret-token'\n";

#[cfg(feature = "matrix")]
#[test]
fn missing_and_conflicting_matrix_settings_are_rejected_before_serving() {
    let rows: [(&[&str], Option<&str>); 9] = [
        (&[HOMESERVER, USER, PASSWORD], None),
        (&[HOMESERVER, TOKEN], None),
        (&["sends_notices = false\n"], None),
        (&[USER, PASSWORD], Some("`homeserver` in [matrix] is missing")),
        (&[HOMESERVER], Some("names no account")),
        (&[HOMESERVER, USER], Some("has `user` without `password`")),
        (&[HOMESERVER, PASSWORD], Some("has `password` without `user`")),
        (&[HOMESERVER, USER, PASSWORD, TOKEN], Some("has `token` and also")),
        (&[HOMESERVER, USER, TOKEN], Some("has `token` and also")),
    ];
    for (keys, want) in rows {
        let common = "packs = ['p']\n[bridge]\nsocket = 's'\n";
        let config = TestConfig::file(&format!("{common}[matrix]\n{}", keys.concat())).read();
        for result in [config.check_servable(), config.check_matrix()] {
            let error = result.err().map(|error| error.to_string());
            match want {
                Some(want) => {
                    assert!(
                        error.as_ref().is_some_and(|it| it.contains(want)),
                        "{keys:?}: {error:?}"
                    );
                }
                None => assert_eq!(error, None, "{keys:?}"),
            }
        }
    }
}

#[test]
fn homeserver_user_and_invite_patterns_are_validated() {
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
        let config = TestConfig::file(&format!("[matrix]\n{keys}"));
        let problems = if n_problems == 0 { Vec::new() } else { config.problems() };
        drop((n_problems == 0).then(|| config.read()));
        assert_eq!(problems.len(), n_problems, "{keys}: {problems:?}");
    }
}

#[test]
fn matrix_places_are_room_ids_and_moderators_user_ids() {
    let rows = [
        ("listens_in = ['matrix:!abc:example.org', 'matrix:!mQ4ZJ-x_12']", 0),
        ("listens_in = ['matrix:#ops:example.org']", 1),
        ("reports_to = 'matrix:#ops:example.org'", 1),
        ("moderators = ['matrix:@ada:example.org']", 0),
        ("moderators = ['matrix:ada']", 1),
        ("moderators = ['matrix:moderators:!abc:example.org']", 0),
        ("owners = ['matrix:admins:!abc:example.org']", 0),
        ("owners = ['matrix:admins:#ops:example.org']", 1),
    ];
    for (keys, n_problems) in rows {
        let config = TestConfig::file(&format!("[default_space]\n{keys}"));
        let problems = if n_problems == 0 { Vec::new() } else { config.problems() };
        drop((n_problems == 0).then(|| config.read()));
        assert_eq!(problems.len(), n_problems, "{keys}: {problems:?}");
    }
}

#[test]
fn matrix_secrets_are_never_shown() {
    let secrets = [PASSWORD, TOKEN, "passphrase = 'a-s3cret-of-many-words'\n"].concat();
    let config = TestConfig::file(&format!("[matrix]\n{HOMESERVER}{USER}{secrets}"));
    let shown = format!("{:?} {:?}", config.read(), config.sources().show().unwrap());
    assert!(!shown.contains("s3cret") && shown.contains("(set)"), "{shown}");
}

#[cfg(not(feature = "matrix"))]
#[test]
fn account_without_the_matrix_feature_is_rejected() {
    let config = TestConfig::file(&format!("packs = ['p']\n[matrix]\n{HOMESERVER}{TOKEN}")).read();
    let error = config.check_servable().unwrap_err().to_string();
    assert!(error.contains("built without it"), "{error}");
}

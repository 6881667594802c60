//! Which layer holds.

use super::*;

const FILE: &str = "[delivery]\nlease_seconds = 2\n";

#[test]
fn flags_beat_the_environment_beats_the_file_beats_the_default() {
    let variable = "QUOTH_DELIVERY__LEASE_SECONDS";
    let flag = "delivery.lease_seconds=4";
    let cases = [
        (Given::file(""), 60, "default"),
        (Given::file(FILE), 2, "config/quoth.toml:2:1"),
        (
            Given::file(FILE).variable(variable, "3"),
            3,
            "environment variable QUOTH_DELIVERY__LEASE_SECONDS",
        ),
        (
            Given::file(FILE).variable(variable, "3").set(flag),
            4,
            "flag --set delivery.lease_seconds",
        ),
        (Given::file(FILE).set(flag), 4, "flag --set delivery.lease_seconds"),
        (
            Given::file("").set("delivery.lease_seconds=1").set(flag),
            4,
            "flag --set delivery.lease_seconds",
        ),
        (Given::file(FILE).set("delivery={lease_seconds = 5}"), 5, "flag --set delivery"),
    ];
    for (given, want, from) in cases {
        assert_eq!(given.read().delivery.lease_seconds, want);
        assert_eq!(given.from("delivery.lease_seconds"), from);
        assert_eq!(given.read().delivery.n_workers, 16, "what nobody set stays");
    }
}

#[test]
fn values_outside_of_the_file_are_toml_where_they_can_be_and_texts_else() {
    let given = Given::file("")
        .variable("QUOTH_HTTP__LISTEN", "0.0.0.0:80")
        .variable("QUOTH_HTTP__IS_ON", "false")
        .variable("QUOTH_MATCHING__ANSWER_FROM", "1")
        .variable("QUOTH_PACKS", "['a', \"b\"]")
        .variable("QUOTH_DATA", "2024")
        .variable("QUOTH_LOG__FORMAT", "json")
        .variable("QUOTH_LOG__LEVEL", "\"debug\"")
        .variable("QUOTH_SPACE", "[{name = 'ops', places = ['console'], prefix = '?'}]")
        .variable("QUOTH_CONFIG", "no setting")
        .set("default_space.speaks_when = [\"direct\"]")
        .set("default_space.prefix=");
    let config = given.read();
    assert_eq!(config.http.listen.to_string(), "0.0.0.0:80");
    assert!(!config.http.is_on);
    assert!((config.matching.answer_from - 1.0).abs() < 1e-9);
    assert_eq!(config.packs, [PathBuf::from("a"), PathBuf::from("b")]);
    assert_eq!(config.data, PathBuf::from("2024"), "a text of digits, where a text is taken");
    assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Json, "debug"));
    assert_eq!(config.spaces().others[0].settings.prefix, "?");
    assert_eq!(config.default_space.prefix, "");
    assert_eq!(config.default_space.speaks_when.len(), 1);
}

#[test]
fn paths_are_relative_to_where_they_are_written() {
    let file = "packs = ['../p', 'q', '/r']\n[bridge]\nsocket = 's'\n\
                [[space]]\nname = 'a'\nplaces = ['console']\npacks = ['../t']\n";
    let given = Given::file(file);
    let config = given.read();
    let (p, q) = (given.path("p"), given.path("config/q"));
    assert_eq!(config.packs, [p, q, PathBuf::from("/r")]);
    assert_eq!(config.bridge.socket, Some(given.path("config/s")));
    assert_eq!(config.data, given.path("data"), "the default is beside the file's folder");
    assert_eq!(config.spaces().others[0].packs, [given.path("t")]);

    let config = Given::file("data = 'd'").variable("QUOTH_PACKS", "['p']").set("data=x").read();
    assert_eq!(config.packs, [PathBuf::from("p")]);
    assert_eq!(config.data, PathBuf::from("x"));
    assert_eq!(Config::default().data, PathBuf::from("data"), "without a file");
}

#[test]
fn the_same_sources_can_be_read_again() {
    let given = Given::file("[log]\nlevel = 'warn'");
    let sources = given.sources();
    let before = sources.read().unwrap();
    assert_eq!(before, sources.read().unwrap());
    given.write("config/quoth.toml", "[log]\nlevel = 'debug'");
    assert_eq!(sources.read().unwrap().log.level, "debug");
}

#[test]
fn everything_that_holds_is_shown_with_where_it_came_from() {
    let file = "[default_space]\ngreets = false\n[[space]]\nname = 'a'\nplaces = ['console']\n";
    let given = Given::file(file).set("http.is_on=false");
    let cases = [
        ("packs", "default"),
        ("http.is_on", "flag --set http.is_on"),
        ("http.listen", "default"),
        ("default_space.greets", "config/quoth.toml:2:1"),
        ("space.0.name", "config/quoth.toml:4:1"),
        ("space.0.greets", "config/quoth.toml:2:1"),
        ("space.0.locale", "default"),
        ("space.0.packs", "default"),
    ];
    for (key, from) in cases {
        assert_eq!(given.from(key), from, "{key}");
    }
}

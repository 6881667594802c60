//! Tests of the precedence of layers.

use super::*;

const FILE: &str = "[delivery]\nlease_seconds = 2\n";

#[test]
fn flags_override_the_environment_the_file_and_the_defaults() {
    let variable = "QUOTH_DELIVERY__LEASE_SECONDS";
    let flag = "delivery.lease_seconds=4";
    let cases = [
        (TestConfig::file(""), 60, "default"),
        (TestConfig::file(FILE), 2, "config/quoth.toml:2:1"),
        (
            TestConfig::file(FILE).variable(variable, "3"),
            3,
            "environment variable QUOTH_DELIVERY__LEASE_SECONDS",
        ),
        (
            TestConfig::file(FILE).variable(variable, "3").set(flag),
            4,
            "flag --set delivery.lease_seconds",
        ),
        (TestConfig::file(FILE).set(flag), 4, "flag --set delivery.lease_seconds"),
        (
            TestConfig::file("").set("delivery.lease_seconds=1").set(flag),
            4,
            "flag --set delivery.lease_seconds",
        ),
        (TestConfig::file(FILE).set("delivery={lease_seconds = 5}"), 5, "flag --set delivery"),
    ];
    for (config, want, from) in cases {
        assert_eq!(config.read().delivery.lease_seconds, want);
        assert_eq!(config.origin_of("delivery.lease_seconds"), from);
        assert_eq!(config.read().delivery.n_workers, 16, "other settings keep their defaults");
    }
}

#[test]
fn values_of_flags_and_variables_are_toml_or_else_text() {
    let config = TestConfig::file("")
        .variable("QUOTH_HTTP__LISTEN", "0.0.0.0:80")
        .variable("QUOTH_HTTP__IS_ON", "false")
        .variable("QUOTH_MATCHING__ANSWER_FROM", "1")
        .variable("QUOTH_PACKS", "['a', \"b\"]")
        .variable("QUOTH_DATA", "2024")
        .variable("QUOTH_LOG__FORMAT", "json")
        .variable("QUOTH_LOG__LEVEL", "\"debug\"")
        .variable("QUOTH_SPACE", "[{name = 'ops', places = ['console'], prefix = '?'}]")
        .variable("QUOTH_CONFIG", "not a setting")
        .set("default_space.speaks_when = [\"direct\"]")
        .set("default_space.prefix=");
    let config = config.read();
    assert_eq!(config.http.listen.to_string(), "0.0.0.0:80");
    assert!(!config.http.is_on);
    assert!((config.matching.answer_from - 1.0).abs() < 1e-9);
    assert_eq!(config.packs, [PathBuf::from("a"), PathBuf::from("b")]);
    assert_eq!(config.data, PathBuf::from("2024"), "digits are a text where a text is expected");
    assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Json, "debug"));
    assert_eq!(config.spaces().others[0].settings.prefix, "?");
    assert_eq!(config.default_space.prefix, "");
    assert_eq!(config.default_space.speaks_when.len(), 1);
}

#[test]
fn relative_paths_are_resolved_by_layer() {
    let file = "packs = ['../p', 'q', '/r']\n[bridge]\nsocket = 's'\n\
                [[space]]\nname = 'a'\nplaces = ['console']\npacks = ['../t']\n";
    let test_config = TestConfig::file(file);
    let config = test_config.read();
    let (p, q) = (test_config.path("p"), test_config.path("config/q"));
    assert_eq!(config.packs, [p, q, PathBuf::from("/r")]);
    assert_eq!(config.bridge.socket, Some(test_config.path("config/s")));
    assert_eq!(
        config.data,
        test_config.path("data"),
        "the default is next to the folder of the file"
    );
    assert_eq!(config.spaces().others[0].packs, [test_config.path("t")]);

    let config =
        TestConfig::file("data = 'd'").variable("QUOTH_PACKS", "['p']").set("data=x").read();
    assert_eq!(config.packs, [PathBuf::from("p")]);
    assert_eq!(config.data, PathBuf::from("x"));
    assert_eq!(Config::default().data, PathBuf::from("data"), "without a file");
}

#[test]
fn sources_can_be_read_again() {
    let test_config = TestConfig::file("[log]\nlevel = 'warn'");
    let sources = test_config.sources();
    let before = sources.read().unwrap();
    assert_eq!(before, sources.read().unwrap());
    test_config.write("config/quoth.toml", "[log]\nlevel = 'debug'");
    assert_eq!(sources.read().unwrap().log.level, "debug");
}

#[test]
fn effective_settings_are_shown_with_their_origin() {
    let file = "[default_space]\ngreets = false\n[[space]]\nname = 'a'\nplaces = ['console']\n";
    let config = TestConfig::file(file).set("http.is_on=false");
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
        assert_eq!(config.origin_of(key), from, "{key}");
    }
}

//! Tests of the inheritance from the default space.

use super::*;

#[test]
fn space_inherits_missing_settings_from_the_default_space() {
    let config = TestConfig::file(
        "packs = ['/p']\n[default_space]\nlocale = 'de'\nprefix = '?'\nanswer_from = 0.9\n\
         [[space]]\nname = 'a'\nplaces = ['discord:guild:1']\nprefix = '!'\n\
         [[space]]\nname = 'b'\nplaces = ['matrix:!r:example.org', 'console']\npacks = ['/q']\n\
         answer_from = 0.5\n",
    )
    .read();
    let spaces = config.spaces();
    let summaries: Vec<_> = spaces
        .all()
        .map(|Space { name, places, packs, settings }| {
            let pack = packs[0].to_str().unwrap();
            let SpaceSettings { locale, prefix, answer_from, .. } = settings;
            let percent = answer_from.map(|from| (from * 100.0).round());
            (name.as_str(), places.len(), pack, locale.as_str(), prefix.as_str(), percent)
        })
        .collect();
    let want = [
        ("default", 0, "/p", "de", "?", Some(90.0)),
        ("a", 1, "/p", "de", "!", Some(90.0)),
        ("b", 2, "/q", "de", "?", Some(50.0)),
    ];
    assert_eq!(summaries, want);
}

#[test]
fn serving_requires_a_pack_for_every_space() {
    let without = TestConfig::file("[[space]]\nname = 'a'\nplaces = ['console']\n").read();
    let error = without.check_servable().unwrap_err().to_string();
    assert!(error.contains("`default`") && error.contains("`a`"), "{error}");
    let config =
        TestConfig::file("packs = ['p']\n[[space]]\nname = 'a'\nplaces = ['console']\n").read();
    assert!(config.check_servable().is_ok());
}

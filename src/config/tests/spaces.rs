//! What a space takes from the default space.

use super::*;

#[test]
fn what_a_space_leaves_out_holds_as_in_the_default_space() {
    let config = Given::file(
        "packs = ['/p']\n[default_space]\nlocale = 'de'\nprefix = '?'\nanswer_from = 0.9\n\
         [[space]]\nname = 'a'\nplaces = ['discord:guild:1']\nprefix = '!'\n\
         [[space]]\nname = 'b'\nplaces = ['matrix:!r:example.org', 'console']\npacks = ['/q']\n\
         answer_from = 0.5\n",
    )
    .read();
    let spaces = config.spaces();
    let told: Vec<_> = spaces
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
    assert_eq!(told, want);
}

#[test]
fn serving_takes_a_pack_for_every_space() {
    let without = Given::file("[[space]]\nname = 'a'\nplaces = ['console']\n").read();
    let told = without.check_servable().unwrap_err().to_string();
    assert!(told.contains("`default`") && told.contains("`a`"), "{told}");
    let config = Given::file("packs = ['p']\n[[space]]\nname = 'a'\nplaces = ['console']\n").read();
    assert!(config.check_servable().is_ok());
}

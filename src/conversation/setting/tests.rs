use std::collections::BTreeSet;

use serde_json::json;

use super::*;

/// What `typed` makes of `settings`, where only `here` names a place.
fn set(setting: Setting, typed: &str, settings: &SpaceSettings) -> Option<SpaceSettings> {
    let here = |word: &str| (word == "here").then(|| PlaceId::from("t:here"));
    let value = setting.parse_value(typed, settings, Wording::for_locale("de"), &here)?;
    setting.set(settings, &value)
}

#[test]
fn each_key_of_the_settings_is_a_setting_unless_it_gives_rights() {
    let Value::Object(all) = serde_json::to_value(SpaceSettings::default()).unwrap() else {
        panic!("not an object")
    };
    let keys: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    let mut named: BTreeSet<&str> = Setting::ALL.into_iter().map(Setting::name).collect();
    named.extend(["moderators", "owners"]);
    assert_eq!(named, keys);
    for setting in Setting::ALL {
        assert_eq!(Setting::named(setting.name()), Some(setting));
    }
    assert_eq!(Setting::named("Answer-From"), Some(Setting::AnswerFrom));
    assert_eq!(Setting::named("owners"), None);
}

#[test]
fn typed_values_are_those_of_the_configuration_or_of_the_language() {
    let settings = SpaceSettings { reports_to: Some("t:old".into()), ..SpaceSettings::default() };
    let rows: [(Setting, &str, Value); 20] = [
        (Setting::Greets, "no", json!(false)),
        (Setting::Greets, "Nein", json!(false)),
        (Setting::Greets, "true", json!(true)),
        (Setting::DigestHour, " 23 ", json!(23)),
        (Setting::AnswerFrom, "0.6", json!(0.6)),
        (Setting::AnswerFrom, "0,6", json!(0.6)),
        (Setting::AnswerFrom, "60 %", json!(0.6)),
        (Setting::AnswerFrom, "none", Value::Null),
        (Setting::Prefix, "!frag", json!("!frag")),
        (Setting::Prefix, "\"\"", json!("")),
        (Setting::Prefix, "none", json!("")),
        (Setting::Locale, "de-AT", json!("de-AT")),
        (Setting::SpeaksWhen, "mention, direct", json!(["mention", "direct"])),
        (Setting::SpeaksWhen, "direct, mention, direct", json!(["mention", "direct"])),
        (Setting::ReportsTo, "here", json!("t:here")),
        (Setting::ReportsTo, "t:old", json!("t:old")),
        (Setting::ReportsTo, "keine", Value::Null),
        (Setting::ListensIn, "here", json!(["t:here"])),
        (Setting::ListensIn, "none", json!([])),
        (Setting::CooldownSeconds, "0", json!(0)),
    ];
    for (setting, typed, want) in rows {
        let set = set(setting, typed, &settings).unwrap_or_else(|| panic!("{setting:?} {typed}"));
        assert_eq!(setting.value_in(&set), want, "{setting:?} {typed}");
    }
}

#[test]
fn invalid_value_is_refused() {
    let settings = SpaceSettings::default();
    for (setting, typed) in [
        (Setting::Greets, "maybe"),
        (Setting::Greets, ""),
        (Setting::DigestHour, "24"),
        (Setting::DigestHour, "-1"),
        (Setting::DigestDays, "0"),
        (Setting::QuestionsPerAsker, "0"),
        (Setting::AnswerFrom, "1.1"),
        (Setting::AnswerFrom, "0"),
        (Setting::AnswerFrom, "NaN"),
        (Setting::ListenFrom, "none"),
        (Setting::Locale, "not a language"),
        (Setting::SpeaksWhen, "mention, shout"),
        (Setting::SpeaksWhen, ","),
        (Setting::SpeaksWhen, "none"),
        (Setting::Locale, "fr"),
        (Setting::Prefix, "an unusually long prefix of a question"),
        // Only the configuration names places elsewhere.
        (Setting::ReportsTo, "t:elsewhere"),
        (Setting::ListensIn, "here, t:elsewhere"),
        (Setting::ListensIn, "+here, t:elsewhere"),
        (Setting::ListensIn, ","),
        // A mix would leave open what becomes of the others.
        (Setting::ListensIn, "+here, here"),
        (Setting::ListensIn, "--here"),
    ] {
        assert_eq!(set(setting, typed, &settings), None, "{setting:?} {typed}");
    }
}

#[test]
fn places_are_added_to_a_list_and_taken_out_of_it() {
    let listens_in = vec!["t:one".into(), "t:two".into()];
    let settings = SpaceSettings { listens_in, ..SpaceSettings::default() };
    for (typed, want) in [
        ("+here", "t:one, t:two, t:here"),
        ("-t:one", "t:two"),
        ("-t:two, +here", "t:one, t:here"),
        ("-here", "t:one, t:two"),
        ("t:two", "t:two"),
    ] {
        let set = set(Setting::ListensIn, typed, &settings).unwrap();
        let value = Setting::ListensIn.value_in(&set);
        assert_eq!(readable_value(&value, Wording::english()), want, "{typed}");
    }
}

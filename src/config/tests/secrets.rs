//! Tests of secrets: they can be read from several sources and are never shown.

use super::*;

const KEY: &str = "0123456789abcdef0123456789abcdef-s3cret";

fn key_of(config: &TestConfig) -> String {
    config.read().records.hash_key.map(|key| key.expose().to_owned()).unwrap_or_default()
}

#[test]
fn secret_is_read_from_setting_file_or_credential() {
    let in_file = format!("[records]\nhash_key = '{KEY}'");
    let setting = TestConfig::file(&in_file);
    let named = TestConfig::file("[records]\nhash_key_file = 'key'");
    named.write("config/key", &format!("{KEY}\r\n"));
    let variable = TestConfig::file("").variable("QUOTH_RECORDS__HASH_KEY", KEY);
    let named_by_variable = TestConfig::file("");
    let path = named_by_variable.write("key", &format!("{KEY}\n"));
    let named_by_variable =
        named_by_variable.variable("QUOTH_RECORDS__HASH_KEY_FILE", path.to_str().unwrap());
    let named_by_flag = TestConfig::file("");
    let path = named_by_flag.write("key", KEY);
    let named_by_flag =
        named_by_flag.set(&format!("records.hash_key_file={}", path.to_str().unwrap()));
    let credential = TestConfig::file("");
    let path = credential.write("credentials/quoth.records.hash_key", KEY);
    let folder = path.parent().unwrap().to_str().unwrap().to_owned();
    let credential = credential.variable("CREDENTIALS_DIRECTORY", &folder);

    for (config, from) in [
        (setting, "config/quoth.toml:2:1"),
        (named, "config/key, named by config/quoth.toml:2:1"),
        (variable, "environment variable QUOTH_RECORDS__HASH_KEY"),
        (named_by_variable, "key, named by environment variable QUOTH_RECORDS__HASH_KEY_FILE"),
        (named_by_flag, "key, named by flag --set records.hash_key_file"),
        (credential, "credential credentials/quoth.records.hash_key"),
    ] {
        assert_eq!(key_of(&config), KEY, "{from}");
        assert_eq!(config.origin_of("records.hash_key"), from);
        let shown = config.sources().show().unwrap();
        let all = format!(
            "{:?} {shown:?} {} {}",
            config.read(),
            serde_json::to_string(&shown).unwrap(),
            toml::to_string(&config.read()).unwrap()
        );
        assert!(!all.contains("s3cret") && all.contains("(set)"), "{all}");
    }
}

#[test]
fn secret_is_not_parsed_as_toml() {
    let digits = "0123456789012345678901234567890123456789";
    for text in
        [digits, "'quoted quoted quoted quoted quoted'", "[a, b, c, d, e, f, g, h, i, j, k]"]
    {
        assert_eq!(key_of(&TestConfig::file("").variable("QUOTH_RECORDS__HASH_KEY", text)), text);
    }
}

#[test]
fn secrets_follow_the_precedence_of_layers() {
    let file = format!("[records]\nhash_key = '{}'", "x".repeat(32));
    let config = TestConfig::file(&file).variable("QUOTH_RECORDS__HASH_KEY", KEY);
    assert_eq!(key_of(&config), KEY);
}

#[test]
fn invalid_secret_is_rejected_and_not_shown() {
    let in_file = |value: &str| TestConfig::file(&format!("[records]\nhash_key = {value}"));
    let twice = in_file(&format!("'{KEY}'")).variable("QUOTH_RECORDS__HASH_KEY_FILE", "/nowhere");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("quoth.records.hash_key"), KEY).unwrap();
    let with_credential = in_file(&format!("'{KEY}'"))
        .variable("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap());
    let flag = format!("records.hash_key={KEY}");
    for (config, want) in [
        (in_file("'s3cret'"), "config/quoth.toml:2:1: `hash_key` in [records] is too short"),
        (in_file("['s3cret']"), "takes a text between quotation marks, but this is a list"),
        (in_file("{ s3cret = 1 }"), "but this is a section"),
        (in_file("'s3cret"), "config/quoth.toml:2:"),
        (in_file("\"s3cret\\q\""), "config/quoth.toml:2:"),
        (in_file("s3cret"), "config/quoth.toml:2:"),
        (
            twice,
            "given twice, by config/quoth.toml:2:1 and by /nowhere, named by environment variable \
             QUOTH_RECORDS__HASH_KEY_FILE",
        ),
        (with_credential, "and by credential "),
        (TestConfig::file("").set(&flag), "may not be given on the command line"),
        (TestConfig::file("").set(&format!("records={{hash_key = '{KEY}'}}")), "command line"),
        (TestConfig::file("").set("records.hash_key:s3cret"), "--set number 1 has no `=`"),
        (TestConfig::file("").variable("QUOTH_RECORDS__HASH_KEY", "s3cret"), "too short"),
        (TestConfig::file("").variable("QUOTH_RECORDS", "{hash_key = 's3cret"), "takes a section"),
        (TestConfig::file("[records]\nhash_key_file = '/nowhere'"), "cannot read `hash_key`"),
        (TestConfig::file("[records]\nhash_key_file = 3"), "takes the path of a file"),
        (
            TestConfig::file("[records]\nhash_kye = 's3cret'"),
            "unknown key `hash_kye` in [records]: did you mean `hash_key`?",
        ),
        (TestConfig::file("[records]\nhash_key_fil = 's3cret'"), "did you mean `hash_key_file`?"),
    ] {
        let problems = config.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(want), "{problems:?}, not {want}");
        let error = config.sources().read().unwrap_err();
        let all = format!("{error} {error:?}");
        assert!(!all.contains("s3cret"), "{all}");
    }
}

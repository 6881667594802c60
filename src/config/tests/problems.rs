//! Tests of problems: each is reported with its origin.

use super::*;

/// A file with a problem of every kind.
const INVALID: &str = "\
packs = []
dta = 'x'
listen = '0.0.0.0:80'
[matching]
answer_from = 80
suggest_from = nan
[delivery]
catch_up_minutes = 20160
n_workers = -1
queue_length = 0
[http]
lisen = '127.0.0.1:1'
listen = 'nowhere'
is_on = 'yes'
[log]
format = 'jsn'
level = 'loud=3=4'
[default_space]
locale = '?'
speaks_when = [
  'mention',
  'menton',
]
moderators = ['ada']
[[space]]
name = 'a'
places = ['discord:guild:1', 'irc:general']
[[space]]
name = 'a'
places = ['discord:guild:1']
cooldown_second = 3
[[space]]
places = []
listen_from = 0
";

/// Its problems.
const PROBLEMS: &[&str] = &[
    "--set number 1 has no `=`: write --set KEY=VALUE, like --set http.is_on=false",
    "config/quoth.toml:2:1: unknown key `dta`: did you mean `data`?",
    "config/quoth.toml:3:1: unknown key `listen`: did you mean `http.listen`?",
    "environment variable QUOTH_RETENTON: unknown key `retenton`: did you mean `QUOTH_RETENTION`?",
    "config/quoth.toml:1:1: `packs` is empty: name at least one pack folder, or leave the key out",
    "flag --set data: `data` is empty: name a folder, or leave the key out",
    "config/quoth.toml:5:1: `answer_from` in [matching] is 80: it has to be above 0 and at most 1",
    "config/quoth.toml:6:1: `suggest_from` in [matching] is NaN: it has to be above 0 and at most 1",
    "config/quoth.toml:9:1: `n_workers` in [delivery] takes a whole number from 0 to 4294967295, but this is a negative number",
    "config/quoth.toml:8:1: `catch_up_minutes` in [delivery] is 20160: it has to be below 20160 (14 days)",
    "config/quoth.toml:10:1: `queue_length` in [delivery] is 0: it has to be at least 1",
    "environment variable QUOTH_RETENTION__ANSWERS_DAYS: `answers_days` in [retention] takes a whole number from 0 to 4294967295, but this is a text",
    "config/quoth.toml:14:1: `is_on` in [http] takes true or false, without quotation marks, but this is a text",
    "config/quoth.toml:12:1: unknown key `lisen` in [http]: did you mean `listen`?",
    "config/quoth.toml:13:1: `listen` in [http] takes an address and a port, like \"127.0.0.1:8410\", but this is none",
    "config/quoth.toml:16:1: `format` in [log] is `jsn`: did you mean `json`?",
    "config/quoth.toml:17:1: `level` in [log] is \"loud=3=4\": it has to be error, warn, info, debug, trace or directives like \"warn,quoth=debug\"",
    "config/quoth.toml:22:3: `speaks_when` in [default_space] is `menton`: did you mean `mention`?",
    "config/quoth.toml:19:1: `locale` in [default_space] is \"?\": it has to be a language as a BCP 47 tag, like \"en\" or \"pt-BR\"",
    "config/quoth.toml:24:15: `moderators` in [default_space] is \"ada\": it has to be a user or role on discord, matrix, bridge or console, like \"discord:user:1\", \"discord:role:2\", \"discord:managers:3\" (a server's id), \"matrix:@ada:example.org\" or \"matrix:moderators:!abc:example.org\" (a room's id)",
    "config/quoth.toml:27:30: `places` in [[space]] number 1 is \"irc:general\": it has to be a place on discord, matrix, bridge or console, like \"discord:guild:1\", \"matrix:!abc:example.org\" (a room's id, not its alias), \"bridge:general\" or \"console\"",
    "config/quoth.toml:29:1: the space `a` is there twice, also at config/quoth.toml:26:1: give each space its own name",
    "config/quoth.toml:30:11: the place `discord:guild:1` is there twice, also at config/quoth.toml:27:11: a place can be in one space only",
    "config/quoth.toml:31:1: unknown key `cooldown_second` in [[space]] number 2: did you mean `cooldown_seconds`?",
    "config/quoth.toml:32:1: `name` in [[space]] number 3 is missing: give each space a name, like name = \"ops\"",
    "config/quoth.toml:33:1: `places` in [[space]] number 3 is empty: name its places, like places = [\"discord:guild:1\"]",
    "config/quoth.toml:34:1: `listen_from` in [[space]] number 3 is 0: it has to be above 0 and at most 1",
];

#[test]
fn key_of_the_top_of_the_file_in_a_section_is_sent_there() {
    let problems = TestConfig::file("[default_space]\npacks = [\"p\"]\n").problems();
    let want = "config/quoth.toml:2:1: unknown key `packs` in [default_space]: `packs` stands at the top of the file, above the first [section]";
    assert_eq!(problems, [want]);
}

#[test]
fn variable_with_one_underscore_between_section_and_key_gets_the_right_name() {
    for (variable, near) in [
        ("QUOTH_DISCORD_TOKEN", "QUOTH_DISCORD__TOKEN"),
        ("QUOTH_MATRIX_PASSWORD_FILE", "QUOTH_MATRIX__PASSWORD_FILE"),
        ("QUOTH_MATRIX_PASSWORD", "QUOTH_MATRIX__PASSWORD"),
        ("QUOTH_RECORDS_HASH_KEY", "QUOTH_RECORDS__HASH_KEY"),
        ("QUOTH_DEFAULT_SPACE_ANSWER_FROM", "QUOTH_DEFAULT_SPACE__ANSWER_FROM"),
        ("QUOTH_PACK", "QUOTH_PACKS"),
        ("QUOTH_HTTP__LISEN", "QUOTH_HTTP__LISTEN"),
    ] {
        let problems = TestConfig::file("").variable(variable, "1").problems();
        let key = Key::from_variable(variable.strip_prefix("QUOTH_").unwrap());
        let want =
            format!("environment variable {variable}: unknown key {key}: did you mean `{near}`?");
        assert_eq!(problems, [want]);
    }
}

#[test]
fn one_reading_reports_every_problem() {
    let config = TestConfig::file(INVALID)
        .variable("QUOTH_RETENTION__ANSWERS_DAYS", "soon")
        .variable("QUOTH_RETENTON", "1")
        .set("log")
        .set("data=");
    let mut problems = config.problems();
    let folder = format!("{}/", config.folder.path().display());
    let text = config.sources().read().unwrap_err().to_string().replace(&folder, "");
    for problem in &problems {
        assert!(text.contains(problem), "{problem} is not in {text}");
    }
    for want in PROBLEMS {
        let at = problems.iter().position(|problem| problem == want);
        problems.remove(at.unwrap_or_else(|| panic!("{want}\nis not in\n{}", problems.join("\n"))));
    }
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn values_out_of_range_are_rejected() {
    let cases = [
        ("matching", "answer_from", "0.0", "1.0"),
        ("matching", "suggest_from", "1.01", "0.01"),
        ("matching", "unanswerable_share", "1.0", "0.99"),
        ("matching", "unanswerable_share", "0.0", "0.01"),
        ("delivery", "catch_up_minutes", "20160", "20159"),
        ("delivery", "lease_seconds", "0", "1"),
        ("delivery", "queue_length", "0", "1"),
        ("delivery", "n_workers", "0", "1"),
        ("delivery", "drain_seconds", "-1", "0"),
        ("delivery", "drain_seconds", "4294967296", "4294967295"),
        ("retention", "unanswered_days", "0", "1"),
        ("retention", "answers_days", "0", "1"),
        ("retention", "questions_days", "-1", "0"),
        ("http", "listen", "'localhost'", "'[::1]:0'"),
        ("log", "format", "'TEXT'", "'json'"),
        ("log", "level", "''", "'warn,quoth::service=debug'"),
        ("bridge", "socket", "''", "'s'"),
        ("bridge", "socket_mode", "'0060'", "'0660'"),
        ("bridge", "socket_mode", "'rw-rw----'", "'600'"),
        ("bridge", "socket_mode", "'04660'", "'0666'"),
        ("default_space", "locale", "''", "'pt-BR'"),
        ("default_space", "speaks_when", "['never']", "[]"),
        ("default_space", "listen_from", "0", "1"),
        ("default_space", "answer_from", "1.5", "1.0"),
        ("default_space", "suggest_from", "-0.1", "0.1"),
        ("default_space", "listens_in", "['discord:']", "['discord:channel:2', 'console']"),
        ("default_space", "listens_in", "['discord']", "['bridge:general']"),
        ("default_space", "listens_in", "['discord:2']", "['discord:guild:2']"),
        ("default_space", "listens_in", "['discord:channel:general']", "['matrix:!a:b']"),
        ("default_space", "reports_to", "'discord'", "'bridge:general'"),
        ("default_space", "reports_to", "'discord:guild:1'", "'discord:channel:2'"),
        ("default_space", "logs_edits_to", "'discord'", "'bridge:general'"),
        ("default_space", "moderators", "['console']", "['console:me', 'matrix:@a:b']"),
        ("default_space", "sends_digest_to", "'discord'", "'bridge:general'"),
        ("default_space", "digest_days", "15", "14"),
        ("default_space", "digest_days", "0", "1"),
        ("default_space", "digest_hour", "24", "0"),
        ("default_space", "owners", "['ada']", "['discord:managers:3']"),
        ("default_space", "owners", "['discord:1']", "['discord:user:1', 'discord:role:2']"),
        ("default_space", "owners", "['discord:user:ada']", "['matrix:@ada:example.org']"),
        ("default_space", "questions_per_asker", "0", "1"),
        ("default_space", "questions_per_place", "0", "1"),
        ("default_space", "cooldown_seconds", "0.5", "0"),
    ];
    for (section, key, invalid, valid) in cases {
        let file = |value: &str| format!("[{section}]\n{key} = {value}\n");
        let problems = TestConfig::file(&file(invalid)).problems();
        assert_eq!(problems.len(), 1, "{key} = {invalid}: {problems:?}");
        assert!(problems[0].starts_with("config/quoth.toml:2:"), "{problems:?}");
        assert!(problems[0].contains(&format!("`{key}`")), "{problems:?}");
        TestConfig::file(&file(valid)).read();
    }
}

#[test]
fn unreadable_file_is_one_problem() {
    let cases: [(&[u8], &str); 4] = [
        (b"a = \xff", "config/quoth.toml:1:5: this is not UTF-8"),
        (b"[http\n", "config/quoth.toml:1:6: this is not TOML"),
        (b"data = 'a'\ndata = 'b'", "config/quoth.toml:2:1: this is not TOML"),
        (b"[delivery]\nn_workers = 99999999999999999999", "config/quoth.toml:2:1: `n_workers`"),
    ];
    for (bytes, want) in cases {
        let config = TestConfig::file("");
        std::fs::write(config.path("config/quoth.toml"), bytes).unwrap();
        let problems = config.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(want), "{problems:?}");
    }
    let config = TestConfig::file("");
    std::fs::remove_file(config.path("config/quoth.toml")).unwrap();
    assert!(config.problems()[0].starts_with("cannot read the configuration config/quoth.toml"));
}

#[test]
fn sections_and_spaces_of_the_wrong_shape_are_rejected() {
    for (file, want) in [
        ("http = 3", "`http` takes a section, but this is a whole number"),
        ("space = 'a'", "`space` takes sections that start with [[space]], but this is a text"),
        ("space = ['a']", "`space` takes sections that start with [[space]], but this is a text"),
        ("[space]\nname = 'a'", "`space` takes sections that start with [[space]]"),
        ("packs = 'p'", "`packs` takes a list"),
        ("packs = [3]", "`packs` takes a text"),
        ("[[space]]\nname = 'default'\nplaces = ['console']", "no space may be called `default`"),
        ("[[space]]\nname = ' '\nplaces = ['console']", "`name` in [[space]] number 1 is empty"),
        ("[[space]]\nname = 3\nplaces = ['console']", "takes a text between quotation marks"),
        ("[[space]]\nname = 'a'", "`places` in [[space]] number 1 is missing"),
        ("[[space]]\nname = 'a'\nplaces = ['console', 'console']", "is there twice"),
        (
            "[[space]]\nname = 'a'\nplaces = ['console']\npacks = []",
            "`packs` in [[space]] number 1",
        ),
    ] {
        let problems = TestConfig::file(file).problems();
        assert_eq!(problems.len(), 1, "{file}: {problems:?}");
        assert!(problems[0].contains(want), "{problems:?}");
    }
}

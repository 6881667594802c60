//! `quoth config`, and the layers of the configuration, with the real binary.

use std::path::Path;

use crate::folder::Folder;
use crate::quoth::{quoth, quoth_in};

fn in_repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

const KEY: &str = "0123456789abcdef0123456789abcdef-s3cret";

#[test]
fn included_configuration_is_valid() {
    let run = quoth(&["config", "check"]);
    assert_eq!(run.code, 0, "{run:?}");
    for want in [
        "config/quoth.toml is valid",
        "space default: knowledge/china-kazakhstan (everywhere else)",
        "data folder: data\n",
        "127.0.0.1:8410",
    ] {
        assert!(run.stdout.contains(want), "{want} is not in {}", run.stdout);
    }
}

#[test]
fn schema_beside_the_configuration_is_that_of_the_program() {
    let schema = std::fs::read_to_string(in_repository("config/quoth.schema.json")).unwrap();
    let run = quoth(&["config", "schema"]);
    assert_eq!(run.code, 0, "{run:?}");
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert!(
        parsed(&schema) == parsed(&run.stdout),
        "run: quoth config schema > config/quoth.schema.json"
    );
    let file = std::fs::read_to_string(in_repository("config/quoth.toml")).unwrap();
    assert_eq!(file.lines().next(), Some("#:schema quoth.schema.json"));
}

#[test]
fn documentation_has_all_settings_as_the_program_prints_them() {
    let page = std::fs::read_to_string(in_repository("docs/configuration.md")).unwrap();
    let run = quoth(&["config", "reference"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        page.ends_with(&run.stdout),
        "docs/configuration.md has to end with what `quoth config reference` prints"
    );
}

#[test]
fn config_check_prints_what_would_be_served() {
    let folder = Folder::with_pack();
    folder.write(
        "config/quoth.toml",
        "packs = ['../p']\n[default_space]\nreports_to = 'discord:channel:3'\n\
         [[space]]\nname = 'ops'\nplaces = ['discord:guild:1', 'matrix:!r:x', 'bridge:b', 'console']\n",
    );
    let environment = [("QUOTH_BRIDGE__SOCKET", "s"), ("QUOTH_DATA", "/var/lib/quoth")];
    let run = quoth_in(&folder.path(""), &environment, &["config", "check"]);
    assert_eq!(run.code, 0, "{run:?}");
    for want in [
        "space default: p (everywhere else)",
        "space ops: p (discord:guild:1, matrix:!r:x, bridge:b, console)",
        "platforms: bridge\n",
        "warning: `places` of the space `ops` has discord:guild:1, but discord is not served: set `token` in [discord]",
        "warning: `places` of the space `ops` has matrix:!r:x, but matrix is not served",
        "warning: `reports_to` of the space `default` has discord:channel:3, but discord is not served",
        "data folder: /var/lib/quoth",
    ] {
        assert!(run.stdout.contains(want), "{want} is not in {}", run.stdout);
    }
    assert_eq!(run.stdout.matches("warning: ").count(), 3, "{}", run.stdout);
}

#[test]
fn thresholds_of_the_default_space_apply_to_every_command() {
    let folder = Folder::with_pack();
    let decision = |settings: &[(&str, &str)]| {
        let packs = [("QUOTH_PACKS", "['p']")];
        let settings = [&packs, settings].concat();
        let args = ["ask", "--json", "what has Ann said?"];
        let asked = quoth_in(&folder.path(""), &settings, &args).json();
        let explain = ["explain", "--json", "what has Ann said?"];
        let explained = quoth_in(&folder.path(""), &settings, &explain).json();
        assert_eq!(asked["decision"], explained["decision"], "{explained}");
        asked["decision"].as_str().unwrap().to_owned()
    };
    assert_ne!(decision(&[]), "abstain");
    let from =
        [("QUOTH_DEFAULT_SPACE__ANSWER_FROM", "1.0"), ("QUOTH_DEFAULT_SPACE__SUGGEST_FROM", "1.0")];
    assert_eq!(decision(&from), "abstain");
}

#[test]
fn chat_is_the_place_console() {
    let folder = Folder::with_pack();
    folder.write("q/pack.toml", "title = \"Q\"\n");
    folder.write("q/sources/doc.md", crate::folder::SOURCE.replace("Three four.", "Five six."));
    folder.write("q/faq.toml", crate::folder::FAQ.replace("Three four.", "Five six."));
    folder.write(
        "config/quoth.toml",
        "packs = ['../p']\n[[space]]\nname = 'here'\nplaces = ['console']\npacks = ['../q']\n\
         shows_lead = false\n",
    );
    let chat = |args: &[&str]| {
        let run = crate::quoth::quoth_in_reading(&folder.path(""), &[], args, b"How many?\n");
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout
    };
    assert!(chat(&["chat"]).contains("Five six."));
    assert!(chat(&["chat", "--pack", "p"]).contains("Three four."), "a given pack comes first");
}

#[test]
fn packs_whose_folders_have_the_same_name_are_refused_together() {
    let folder = Folder::with_pack();
    for file in ["pack.toml", "faq.toml", "sources/doc.md"] {
        folder.write(
            &format!("other/p/{file}"),
            std::fs::read(folder.path(&format!("p/{file}"))).unwrap(),
        );
    }
    let args = ["ask", "--pack", "p", "--pack", "other/p", "How many?"];
    let run = quoth_in(&folder.path(""), &[], &args);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("two pack folders are called p: rename one"), "{run:?}");
}

#[test]
fn invalid_configuration_exits_with_2_and_reports_all_problems() {
    let folder = Folder::with_pack();
    folder.write("config/quoth.toml", "packs = ['../p']\n[http]\nlisen = 3\n[matching]\nx = 1\n");
    let environment = [("QUOTH_LOG__FORMAT", "jsn")];
    for args in [&["config", "check"][..], &["config", "show"], &["ask", "--pack", "p", "why"]] {
        let run = quoth_in(&folder.path(""), &environment, args);
        assert_eq!(run.code, 2, "{args:?}: {run:?}");
        for want in [
            "the configuration has 3 problems",
            "config/quoth.toml:3:1: unknown key `lisen` in [http]: did you mean `listen`?",
            "config/quoth.toml:5:1: unknown key `x` in [matching]: known here are `answer_from`",
            "environment variable QUOTH_LOG__FORMAT: `format` in [log] is `jsn`: did you mean `json`?",
        ] {
            assert!(run.stderr.contains(want), "{want} is not in {}", run.stderr);
        }
    }
}

#[test]
fn config_check_fails_without_a_pack_and_with_a_missing_one() {
    let folder = Folder::empty();
    let cases = [
        (&[][..], &["There is no configuration file", "no pack is named"][..]),
        (&[("QUOTH_PACKS", "['nowhere']")], &["there is no pack folder nowhere"]),
        (&[("QUOTH_CONFIG", "none.toml")], &["cannot read the configuration none.toml"]),
    ];
    for (environment, texts) in cases {
        let run = quoth_in(&folder.path(""), environment, &["config", "check"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(texts.iter().all(|text| run.stderr.contains(text)), "{}", run.stderr);
    }
}

#[test]
fn packs_of_the_environment_are_used_without_a_file() {
    let folder = Folder::with_pack();
    let args = ["ask", "--json", "What did Ann say?"];
    let run = quoth_in(&folder.path(""), &[("QUOTH_PACKS", "['p']")], &args);
    assert_eq!(run.json()["ids"][0], "a", "{run:?}");
    let run = quoth_in(&folder.path(""), &[], &args);
    assert!(run.code == 2 && run.stderr.contains("no pack to use"), "{run:?}");
}

#[test]
fn config_show_prints_origins_and_can_be_read_back() {
    let folder = Folder::with_pack();
    folder.write("config/quoth.toml", "packs = ['../p']\n[delivery]\nn_workers = 3\n");
    let environment = [("QUOTH_LOG__FORMAT", "json"), ("QUOTH_RECORDS__HASH_KEY", KEY)];
    let show = |more: &[&str]| {
        let args = [&["config", "show", "--set", "http.is_on=false"], more].concat();
        let run = quoth_in(&folder.path(""), &environment, &args);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(!format!("{run:?}").contains("s3cret"), "{run:?}");
        run
    };
    let text = show(&[]).stdout;
    for line in [
        "packs = [\"p\"] # config/quoth.toml:1:1\n",
        "n_workers = 3 # config/quoth.toml:3:1\n",
        "format = \"json\" # environment variable QUOTH_LOG__FORMAT\n",
        "is_on = false # flag --set http.is_on\n",
        "queue_length = 1024 # default\n",
        "# socket is not set\n",
        "# hash_key (set, from environment variable QUOTH_RECORDS__HASH_KEY)\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    folder.write("shown.toml", &text);
    let run = quoth_in(&folder.path(""), &[], &["--config", "shown.toml", "config", "check"]);
    assert_eq!(run.code, 0, "{run:?}");

    let json = show(&["--json"]).json();
    let settings = json["settings"].as_array().unwrap();
    let of = |key: &str| settings.iter().find(|it| it["key"] == key).unwrap();
    assert_eq!(of("delivery.n_workers")["value"], 3);
    assert_eq!(of("delivery.n_workers")["from"]["layer"], "file");
    assert_eq!(of("delivery.n_workers")["from"]["line"], 3);
    assert_eq!(of("records.hash_key")["value"], "(set)");
    assert_eq!(of("records.hash_key")["is_secret"], true);
}

#[test]
fn config_show_defaults_prints_the_commented_file() {
    let run = quoth(&["config", "show", "--defaults"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/quoth.toml");
    assert_eq!(run.stdout, std::fs::read_to_string(path).unwrap());
}

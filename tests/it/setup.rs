//! `quoth setup`, which asks what is needed and writes a configuration.

use crate::folder::Folder;
use crate::quoth::{Run, quoth_in, quoth_in_reading};

const TOKEN: &str = "MTExMTExMTExMTExMTExMTEx.not.a-real-token-at-all";

/// Runs `quoth setup` with these answers, a line each.
fn setup(folder: &Folder, answers: &[&str]) -> Run {
    let input = answers.iter().map(|answer| format!("{answer}\n")).collect::<String>();
    quoth_in_reading(&folder.path(""), &[], &["setup"], input.as_bytes())
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn answers_become_a_configuration_that_is_valid() {
    let folder = Folder::with_pack();
    let run = setup(
        &folder,
        &[
            "both",
            TOKEN,
            "example.org",
            "",
            "a password",
            "",
            "p",
            "123456789012345678",
            "@ada:example.org",
            "",
        ],
    );
    assert_eq!(run.code, 0, "{run:?}");
    let checked = quoth_in(&folder.path(""), &[], &["config", "check"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.stdout.contains("space default: p (everywhere else)"), "{checked:?}");
    assert!(checked.stdout.contains("platforms: discord, matrix"), "{checked:?}");
    let shown = quoth_in(&folder.path(""), &[], &["config", "show"]).stdout;
    for want in [
        "moderators = [\"discord:user:123456789012345678\",\"matrix:@ada:example.org\"]",
        "user = \"@quoth:example.org\"",
        "accepts_invites_from = [\"@*:example.org\"]",
    ] {
        assert!(shown.contains(want), "{want} is not in {shown}");
    }
    assert_eq!(read(&folder, "data/discord-token"), format!("{TOKEN}\n"));
    assert_eq!(read(&folder, "data/matrix-password"), "a password\n");
    assert_eq!(read(&folder, "data/matrix-passphrase").trim().len(), 64);
    // Secrets are in files of their own, for their owner only, and not on the screen.
    let file = read(&folder, "config/quoth.toml");
    assert!(file.contains("\ntoken_file = \"../data/discord-token\"\n"), "{file}");
    for text in [&file, &run.stdout, &run.stderr] {
        assert!(!text.contains(TOKEN) && !text.contains("a password"), "{text}");
    }
    for name in ["discord-token", "matrix-password", "matrix-passphrase"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path("data").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(file.contains("# Whether answers ask for feedback."), "every setting is explained");
}

#[test]
fn wrong_answers_are_explained_and_asked_again() {
    let folder = Folder::with_pack();
    folder.write("broken/pack.toml", "title = 'B'\n");
    folder.write("broken/faq.toml", "[[entry]]\nid = 'a'\n");
    let run = setup(
        &folder,
        &["telegram", "discord", "short", TOKEN, "nowhere", "broken", "p", "ada", "nobody", "yes"],
    );
    assert_eq!(run.code, 0, "{run:?}");
    for want in [
        "Write one of these: discord, matrix, both, bridge.",
        "That is no token",
        "nowhere is no pack",
        "`quoth check broken`",
        "It has digits only.",
    ] {
        assert!(run.stderr.contains(want), "{want} is not in {}", run.stderr);
    }
    assert!(!read(&folder, "config/quoth.toml").contains("\nmoderators = "));
}

#[test]
fn nothing_is_written_without_a_yes() {
    let folder = Folder::with_pack();
    let answers = ["discord", TOKEN, "p", "nobody"];
    let run = setup(&folder, &[&answers[..], &["no"]].concat());
    assert_eq!((run.code, folder.path("config").exists()), (0, false), "{run:?}");
    let run = setup(&folder, &answers);
    assert_eq!((run.code, folder.path("config").exists()), (2, false), "{run:?}");
    assert!(run.stderr.contains("the answers ended before the last question"), "{run:?}");
    assert!(!folder.path("data").exists());
}

#[test]
fn moderators_get_a_copy_of_a_pack_that_the_user_of_the_service_may_not_write() {
    use std::os::unix::fs::{MetadataExt, chown};

    const SERVICE: u32 = 65_534;
    let folder = Folder::with_pack();
    std::fs::create_dir(folder.path("data")).unwrap();
    // Only root can make folders of other users, so others can only see that the same user needs no copy.
    let is_root = std::fs::metadata(folder.path("data")).unwrap().uid() == 0;
    let (copy_answer, pack) = if is_root {
        chown(folder.path("data"), Some(SERVICE), Some(SERVICE)).unwrap();
        (&["yes"][..], "../data/knowledge/p")
    } else {
        (&[][..], "../p")
    };
    let answers = [&["discord", TOKEN, "p", "56"][..], copy_answer, &["yes"]].concat();
    for _ in 0..2 {
        // The second time, the copy is there already, and used as it is.
        let run = setup(&folder, &answers);
        assert_eq!(run.code, 0, "{run:?}");
        let file = read(&folder, "config/quoth.toml");
        assert!(file.contains(&format!("\npacks = [\"{pack}\"]\n")), "{file}");
    }
    if is_root {
        for path in ["", "/p", "/p/faq.toml", "/p/pack.toml"] {
            let path = format!("data/knowledge{path}");
            let owner = std::fs::metadata(folder.path(&path)).unwrap();
            assert_eq!((owner.uid(), owner.gid()), (SERVICE, SERVICE), "{path}");
        }
        assert_eq!(read(&folder, "data/knowledge/p/faq.toml"), read(&folder, "p/faq.toml"));
    }
    let refused = setup(&folder, &["discord", TOKEN, "p", "nobody", "yes"]);
    assert_eq!(refused.code, 0, "{refused:?}");
    assert!(read(&folder, "config/quoth.toml").contains("\npacks = [\"../p\"]\n"));
}

#[test]
fn existing_configuration_keeps_its_other_settings() {
    let folder = Folder::with_pack();
    folder.write(
        "config/quoth.toml",
        "# Ours.\npacks = [\"../p\"] # the pool\n[log]\nformat = \"json\"\n",
    );
    let run = setup(&folder, &["discord", TOKEN, "", "nobody", "yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    let file = read(&folder, "config/quoth.toml");
    assert!(file.starts_with("# Ours.\npacks = [\"../p\"] # the pool\n"), "{file}");
    assert!(file.contains("[log]\nformat = \"json\"\n"), "{file}");
}

#[test]
fn settings_of_an_earlier_setup_are_kept_by_the_next() {
    let folder = Folder::with_pack();
    folder.write(
        "config/quoth.toml",
        "packs = [\"../p\", \"../q\"]\n[default_space]\nmoderators = [\"discord:role:9\"]\n",
    );
    folder.write("data/discord-token", format!("{TOKEN}\n"));
    for file in ["faq.toml", "pack.toml", "sources/doc.md"] {
        folder.write(&format!("q/{file}"), read(&folder, &format!("p/{file}")));
    }
    // Enter keeps the token and the pack.
    let run = setup(&folder, &["discord", "", "", "56", "yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    let file = read(&folder, "config/quoth.toml");
    assert!(file.starts_with("packs = [\"../p\", \"../q\"]\n"), "{file}");
    assert!(file.contains("moderators = [\"discord:role:9\", \"discord:user:56\"]"), "{file}");
    assert_eq!(read(&folder, "data/discord-token"), format!("{TOKEN}\n"));
    let other = TOKEN.replace('M', "N");
    let run = setup(&folder, &["discord", &other, "", "nobody else", "no"]);
    assert!(run.stderr.contains("takes the place of the one there"), "{run:?}");
    assert_eq!(read(&folder, "data/discord-token"), format!("{TOKEN}\n"));
}

#[test]
fn bridge_alone_is_set_up() {
    let folder = Folder::with_pack();
    let run = setup(&folder, &["bridge", "p", "yes"]);
    assert_eq!(run.code, 0, "{run:?}");
    let checked = quoth_in(&folder.path(""), &[], &["config", "check"]);
    assert!(checked.stdout.contains("platforms: bridge"), "{checked:?}");
}

#[test]
fn secret_is_as_it_was_if_the_configuration_is_not_written() {
    let folder = Folder::with_pack();
    folder.write("config/quoth.toml", "packs = [\"../p\"]\n[http]\nlisten = \"nowhere\"\n");
    folder.write("data/discord-token", "the old one");
    let run = setup(&folder, &["discord", TOKEN, "", "nobody", "yes"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(read(&folder, "data/discord-token"), "the old one");
}

#[test]
fn configuration_with_problems_is_not_written() {
    let folder = Folder::with_pack();
    let before = "packs = [\"../p\"]\n[http]\nlisten = \"nowhere\"\n";
    folder.write("config/quoth.toml", before);
    let run = setup(&folder, &["discord", TOKEN, "", "nobody", "yes"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("nothing was changed") && run.stderr.contains("listen"), "{run:?}");
    assert_eq!(read(&folder, "config/quoth.toml"), before);
    let files = std::fs::read_dir(folder.path("config")).unwrap().count();
    assert_eq!(files, 1, "no other file is left");
}

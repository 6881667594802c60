//! `quoth calibrate`, and the thresholds of the configuration.

use std::fs;
use std::path::{Path, PathBuf};

use quoth::matching::calibration::SCORER_VERSION;
use quoth::matching::recalibration::{Platt, Recalibration};
use quoth::store::calibration_file::{self, CalibrationFile};
use tempfile::TempDir;

use crate::quoth::quoth;

const PACK: &str = "knowledge/china-kazakhstan";
const QUESTION: &str = "did china send troops to kazakhstan";

/// A copy of the first pack, which has enough phrasings.
fn copy_of_pack() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    fs::create_dir_all(pack.join("sources")).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(PACK);
    let sources = fs::read_dir(from.join("sources")).unwrap();
    let sources = sources.map(|file| Path::new("sources").join(file.unwrap().file_name()));
    for file in
        ["pack.toml", "faq.toml", "lexicon.toml"].map(PathBuf::from).into_iter().chain(sources)
    {
        fs::copy(from.join(&file), pack.join(&file)).unwrap();
    }
    (folder, pack)
}

fn confidence(pack: &str) -> f64 {
    quoth(&["ask", "--json", "--pack", pack, QUESTION]).json()["confidence"].as_f64().unwrap()
}

#[test]
fn calibration_applies_until_its_pack_changes() {
    let (folder, pack) = copy_of_pack();
    let path = pack.to_str().unwrap();
    let by_default = confidence(path);

    // Where most questions have no answer, the default is too sure.
    let config = folder.path().join("quoth.toml");
    fs::write(&config, "[matching]\nunanswerable_share = 0.6\n").unwrap();
    let config = config.to_str().unwrap();
    let run = quoth(&["--config", config, "calibrate", "--pack", path, "--dry-run"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!pack.join("calibration.toml").exists(), "a dry run writes nothing");

    let run = quoth(&["--config", config, "calibrate", "--pack", path]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("RELIABILITY"), "{}", run.stdout);
    assert!(run.stdout.contains("answered though nothing does"), "{}", run.stdout);
    let calibrated = confidence(path);
    assert!((calibrated - by_default).abs() > 1e-4, "{calibrated} as before");

    let faq = fs::read_to_string(pack.join("faq.toml")).unwrap();
    fs::write(pack.join("faq.toml"), format!("{faq}\n# A remark.\n")).unwrap();
    let run = quoth(&["ask", "--json", "--pack", path, QUESTION]);
    assert!(run.stderr.contains("quoth calibrate"), "{}", run.stderr);
    assert!((run.json()["confidence"].as_f64().unwrap() - by_default).abs() < 1e-9);
}

#[cfg(unix)]
#[test]
fn calibration_that_is_outdated_at_a_start_is_renewed_for_each_space() {
    use std::time::{Duration, Instant};

    use crate::folder::Folder;
    use crate::service::{MAX_WAIT, Service};
    let (_folder, pack) = copy_of_pack();
    // Of another state of the pack, and so far off that the new one differs from it.
    let platt = Platt { scale: 2.0, shift: 3.0 };
    let file = CalibrationFile {
        pack: "of another state".to_owned(),
        scorer: SCORER_VERSION,
        unanswerable_share: 0.7,
        change: Recalibration { first: platt, any: platt },
    };
    calibration_file::write(&pack, &file).unwrap();
    let folder = Folder::empty();
    folder.write(
        "quoth.toml",
        format!("packs = [{pack:?}]\n[[space]]\nname = \"other\"\nplaces = [\"bridge:other\"]\n"),
    );
    let config = folder.arg("quoth.toml");
    let packs = format!("[{pack:?}]");
    let settings = [("QUOTH_CONFIG", config.as_str()), ("QUOTH_PACKS", packs.as_str())];
    let service = Service::start(&folder, &settings);
    // All phrasings of the pack are asked first, which takes long without optimizations.
    let start = Instant::now();
    while !["default", "other"]
        .iter()
        .all(|space| service.log().contains(&format!("Recalibrated the pack of space {space}")))
    {
        assert!(start.elapsed() < 20 * MAX_WAIT, "{}", service.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    service.stop();
}

#[test]
fn calibration_that_decides_no_better_is_not_written_and_an_old_one_is_removed() {
    // All its phrasings are answered, and nothing else: no calibration can do better.
    let (_folder, pack) = copy_of_pack();
    let syllables = ["ba", "ke", "lo", "mi", "ru", "ste", "no", "pi", "tu", "gra"];
    let entry = |n: usize| {
        let room = format!("{0}{1}{0}{1}", syllables[n % 10], syllables[n / 10]);
        format!(
            "[[entry]]\nid = \"{n}\"\nquestion = \"where is room {room}\"\nvariants = [\"{room} please\", \
             \"the way to {room}\", \"find {room}\"]\nquote = [{{ text = \"One two.\" }}]\n"
        )
    };
    fs::write(pack.join("faq.toml"), (0..40).map(entry).collect::<String>()).unwrap();
    fs::remove_file(pack.join("lexicon.toml")).unwrap();
    fs::write(pack.join("sources/article.md"), "+++\ntitle = \"Rooms\"\n+++\nOne two.\n").unwrap();
    fs::write(pack.join("calibration.toml"), "").unwrap();
    let run = quoth(&["calibrate", "--pack", pack.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("keeps the default calibration"), "{}", run.stdout);
    assert!(!pack.join("calibration.toml").exists());
}

/// A pack of things and what can be done with them. Its entries differ by one word, so that the default is too
/// sure of them, and some have a phrasing that says the word of another entry.
fn pack_of_similar_entries() -> crate::folder::Folder {
    const THINGS: [&str; 6] = ["bike", "boat", "tent", "kayak", "drone", "camera"];
    const ACTIONS: [(&str, &str); 3] = [("rent", "hire"), ("repair", "fix"), ("sell", "offer")];
    let (mut source, mut faq) = ("+++\ntitle = \"S\"\n+++\n".to_owned(), String::new());
    let mut number = 0;
    for thing in THINGS {
        for (action, same) in ACTIONS {
            let id = format!("e{number}");
            let mut variants = vec![
                format!("can you {action} my {thing}"),
                format!("{action} a {thing} today"),
                format!("how do I {same} a {thing}"),
                format!("what about a {thing}"),
            ];
            if action == "rent" {
                variants.push(format!("{thing} repair shop"));
            }
            source.push_str(&format!("Answer number {number}.\n\n"));
            faq.push_str(&format!(
                "[[entry]]\nid = {id:?}\nquestion = \"where can I {action} a {thing}\"\n\
                 variants = {variants:?}\n[[entry.quote]]\n\
                 text = \"Answer number {number}.\"\n"
            ));
            number += 1;
        }
    }
    let folder = crate::folder::Folder::empty();
    folder.write("p/pack.toml", "title = \"P\"\n");
    folder.write("p/sources/s.md", source);
    folder.write("p/faq.toml", faq);
    folder
}

#[test]
fn calibration_prints_what_it_changes_in_each_kind_of_decision() {
    let folder = pack_of_similar_entries();
    let run = quoth(&["calibrate", "--pack", &folder.arg("p")]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("Wrote"), "{}", run.stdout);
    // A larger share (1) or a smaller one (-1) than by default.
    let rows = [
        ("answered rightly", -1),
        ("answered wrongly", -1),
        ("suggested with the right entry", 1),
        ("answered though nothing does", -1),
        ("suggested though nothing answers", -1),
    ];
    let mut found = Vec::new();
    for (label, direction) in rows {
        let line = run.stdout.lines().find_map(|line| line.strip_prefix(label));
        let line = line.unwrap_or_else(|| panic!("{label} is not in {}", run.stdout));
        let shares: Vec<f64> = line.split('%').filter_map(|it| it.trim().parse().ok()).collect();
        let [default, calibrated] = shares[..] else { panic!("{line}") };
        let change = calibrated - default;
        assert!(change * f64::from(direction) > 1.0, "{label}: {line}");
        assert!(!found.contains(&shares), "{label} has the shares of another line: {line}");
        found.push(shares);
    }
}

#[test]
fn invalid_calibration_file_is_ignored() {
    let (_folder, pack) = copy_of_pack();
    let path = pack.to_str().unwrap();
    let by_default = confidence(path);
    for invalid in ["", "pack = 3", "\u{0}\u{1}", "pack = \"x\"\nscorer = 1\n[change]\n"] {
        fs::write(pack.join("calibration.toml"), invalid).unwrap();
        assert!((confidence(path) - by_default).abs() < 1e-9, "{invalid:?}");
    }
}

#[test]
fn pack_with_few_phrasings_is_not_calibrated_and_the_reason_is_printed() {
    let folder = crate::folder::Folder::with_pack();
    let run = quoth(&["calibrate", "--pack", &folder.arg("p")]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the default calibration is used"), "{}", run.stderr);
}

#[test]
fn configuration_sets_the_thresholds() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("quoth.toml");
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join(PACK);
    let decision = |matching: &str| {
        let text = format!("packs = [{:?}]\n[matching]\n{matching}\n", pack.to_str().unwrap());
        fs::write(&config, text).unwrap();
        let run = quoth(&["--config", config.to_str().unwrap(), "ask", "--json", QUESTION]);
        if run.code == 0 { run.json()["decision"].to_string() } else { run.stderr }
    };
    assert_eq!(decision("answer_from = 0.5"), "\"answer\"");
    assert_eq!(decision("answer_from = 1.0"), "\"suggest\"");
    assert_eq!(decision("answer_from = 1.0\nsuggest_from = 1.0"), "\"abstain\"");
    for (wrong, named) in [
        ("answer_from = 80", "answer_from"),
        ("suggest_from = 0", "suggest_from"),
        ("unanswerable_share = 1.0", "unanswerable_share"),
        ("answer_form = 0.8", "answer_form"),
    ] {
        let message = decision(wrong);
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn sweep_answers_less_at_higher_thresholds() {
    let judged = "tests/data/devset/questions_by_text.jsonl";
    let sweep = quoth(&["eval", judged, "--sweep", "--json"]).json();
    let column = |name: &str| -> Vec<u64> {
        let rows = sweep["rows"].as_array().unwrap();
        rows.iter().map(|row| row[name].as_u64().unwrap()).collect()
    };
    for name in ["right", "wrong", "false_answers"] {
        let counts = column(name);
        assert!(counts.is_sorted_by(|a, b| a >= b), "{name}: {counts:?}");
    }
    assert!(column("right").first() > column("right").last());
}

#[test]
fn explanation_lists_changes_only_for_unanswered_questions() {
    let changes = |question: &str| {
        quoth(&["explain", "--json", question]).json()["changes"].as_array().unwrap().len()
    };
    assert_eq!(changes(QUESTION), 0, "it is answered");
    for question in ["hello", "zxcv", "who is the mayor of paris", "what about the price of oil"] {
        assert!(changes(question) > 0, "{question}");
    }
}

//! `quoth phrasings`, with a fake language model.

use std::time::Duration;

use crate::folder::Folder;
use crate::quoth::{Run, quoth, quoth_in};
use crate::support::chat_model::{ChatModel, Response};

const SOURCE: &str =
    "+++\ntitle = \"The garden\"\n+++\n\nThe garden opens at eight.\n\nDogs stay outside.\n";

const FAQ: &str = "\
# Keep this comment.
[[entry]]
id = \"hours\"
question = \"When does the garden open?\"
variants = [
  \"garden opening hours\", # and this one
]

[[entry.quote]]
text = \"The garden opens at eight.\"

[[entry]]
id = \"dogs\"
question = \"May dogs come in?\"

[[entry.quote]]
text = \"Dogs stay outside.\"

[[entry]]
id = \"water\"
question = \"Who pays for the water?\"
gap = true
";

/// What the model drafts for each of the entries, the one with fewer phrasings first.
const DOGS: &str = "1. is my puppy welcome\n2. \"Where can I leave my dog?\"\n3. may dogs come in";
const HOURS: &str = "from what time can one get in\nWho pays for the water then?\n\
    À partir de quelle heure peut-on entrer dans le jardin ?\ncan I bring dogs, may dogs come in";

fn garden() -> Folder {
    let folder = Folder::empty();
    folder.write("p/pack.toml", "title = \"P\"\nlanguage = \"en\"\n");
    folder.write("p/sources/garden.md", SOURCE);
    folder.write("p/faq.toml", FAQ);
    folder
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap_or_default()
}

/// Runs `quoth phrasings p` in `folder`.
fn phrasings(folder: &Folder, model: &ChatModel, more: &[&str]) -> Run {
    let endpoint = model.endpoint();
    let args = ["phrasings", "p", "--endpoint", &endpoint, "--model", "tiny"];
    let key = [("PHRASINGS_API_KEY", "k-secret")];
    quoth_in(&folder.path(""), &key, &[&args[..], more].concat())
}

#[test]
fn drafts_that_would_help_wait_in_a_file_and_are_no_part_of_the_pack() {
    let folder = garden();
    let model = ChatModel::start([Response::says(DOGS), Response::says(HOURS)]);
    let run = phrasings(&folder, &model, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r"
    1 of 2: dogs: 2 drafts kept; 1 known already
    2 of 2: hours: 1 draft kept; 1 in another language, 2 for another entry or gap (water, dogs)
    3 drafts in p/phrasings.toml. Read them and remove those that nobody would ask, then run: quoth phrasings p --accept
    ");
    assert_eq!(read(&folder, "p/faq.toml"), FAQ);
    insta::assert_snapshot!(read(&folder, "p/phrasings.toml"), @r#"
    # Phrasings that a language model has drafted. quoth does not use them. Remove those that nobody
    # would ask, or that the entry does not answer, then take over the rest:
    #
    #     quoth phrasings p --accept           of all entries
    #     quoth phrasings p --accept ID ...    of these entries
    #
    # An entry without drafts stays here, so that no drafts are made for it again. Other comments are
    # not kept.

    [[entry]]
    id = "dogs"
    question = "May dogs come in?"
    variants = [
      "is my puppy welcome",
      "Where can I leave my dog?",
    ]

    [[entry]]
    id = "hours"
    question = "When does the garden open?"
    variants = [
      "from what time can one get in",
    ]
    "#);
    let requests = model.requests();
    assert_eq!(requests.len(), 2);
    let first = &requests[0];
    assert_eq!(first.path, "/v1/chat/completions");
    assert_eq!(first.authorization.as_deref(), Some("Bearer k-secret"));
    assert_eq!((&first.body["model"], &first.body["stream"]), (&"tiny".into(), &false.into()));
    let asked = first.body["messages"][1]["content"].as_str().unwrap();
    for part in ["Dogs stay outside.", "- May dogs come in?\n", "Write 8 more messages in English"]
    {
        assert!(asked.contains(part), "{asked}");
    }
    for text in [&run.stdout, &run.stderr, &read(&folder, "p/phrasings.toml")] {
        assert!(!text.contains("k-secret"), "{text}");
    }
    let check = quoth_in(&folder.path(""), &[], &["check", "p"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
}

#[test]
fn interrupted_drafting_goes_on_with_the_entries_that_are_left() {
    let folder = garden();
    let model = ChatModel::start([
        Response::says(DOGS),
        Response::with(400, r#"{"error": {"message": "context too long"}}"#),
        Response::says(HOURS),
    ]);
    let first = phrasings(&folder, &model, &["--requests", "1"]);
    assert!(
        first.stdout.contains("1 entry is left; run the same command again"),
        "{}",
        first.stdout
    );
    let failed = phrasings(&folder, &model, &[]);
    assert_eq!(failed.code, 2);
    assert!(failed.stderr.contains("no drafts for hours"), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("(status 400 Bad Request): context too long"),
        "{}",
        failed.stderr
    );
    let last = phrasings(&folder, &model, &[]);
    assert!(last.stdout.starts_with("1 of 1: hours: "), "{}", last.stdout);
    assert_eq!(model.requests().len(), 3);
    let again = phrasings(&folder, &model, &[]);
    assert_eq!((again.code, model.requests().len()), (0, 3), "{}", again.stdout);
    let named = phrasings(&folder, &model, &["--entry", "hours"]);
    assert!(named.stdout.contains("hours: 0 drafts kept; 1 known already"), "{}", named.stdout);
}

#[test]
fn drafts_are_taken_over_by_entry_and_the_rest_of_the_pack_stays() {
    let folder = garden();
    let model = ChatModel::start([Response::says(DOGS), Response::says(HOURS)]);
    phrasings(&folder, &model, &[]);
    let accept = |args: &[&str]| {
        quoth_in(&folder.path(""), &[], &[&["phrasings", "p", "--accept"], args].concat())
    };
    let run = accept(&["cats"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("phrasings.toml has no entry cats"), "{}", run.stderr);
    let run = accept(&["hours"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("Took over 1 phrasing for 1 entry."), "{}", run.stdout);
    let with_hours =
        FAQ.replace("# and this one\n", "# and this one\n  \"from what time can one get in\",\n");
    assert_eq!(read(&folder, "p/faq.toml"), with_hours);
    assert!(read(&folder, "p/phrasings.toml").contains("is my puppy welcome"));
    // A person has removed one draft.
    let edited = read(&folder, "p/phrasings.toml").replace("  \"is my puppy welcome\",\n", "");
    folder.write("p/phrasings.toml", edited);
    assert_eq!(accept(&[]).code, 0);
    let dogs =
        "question = \"May dogs come in?\"\nvariants = [\n  \"Where can I leave my dog?\",\n]\n";
    assert_eq!(
        read(&folder, "p/faq.toml"),
        with_hours.replace("question = \"May dogs come in?\"\n", dogs)
    );
    let run = accept(&[]);
    assert!(run.stdout.starts_with("Took over 0 phrasings for 0 entries."), "{}", run.stdout);
    let model = ChatModel::start([Response::says("")]);
    phrasings(&folder, &model, &[]);
    assert!(model.requests().is_empty(), "an entry is asked for once");
}

#[test]
fn drafts_that_would_break_the_pack_are_not_taken_over() {
    let folder = garden();
    let entry =
        |id: &str, variant: &str| format!("[[entry]]\nid = \"{id}\"\nvariants = [\"{variant}\"]\n");
    let accept = || quoth_in(&folder.path(""), &[], &["phrasings", "p", "--accept"]);
    folder.write("p/phrasings.toml", entry("dogs", ""));
    let run = accept();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("Nothing was written"), "{}", run.stdout);
    folder.write("p/phrasings.toml", entry("cats", "May cats come in?"));
    let run = accept();
    assert!(run.stdout.contains("no entry cats any more; its drafts stay"), "{}", run.stdout);
    assert!(read(&folder, "p/phrasings.toml").contains("May cats come in?"));
    let named = ["phrasings", "p", "--accept", "cats"];
    let run = quoth_in(&folder.path(""), &[], &named);
    assert!(run.stderr.contains("the pack has no entry cats any more"), "{}", run.stderr);
    folder.write("p/phrasings.toml", "drafts = 1\n");
    assert!(accept().stderr.contains("it is not a file of drafts"));
    folder.remove("p/phrasings.toml");
    assert!(accept().stderr.contains("there is no file"));
    assert_eq!(read(&folder, "p/faq.toml"), FAQ);
    folder.write("p/phrasings.toml", entry("dogs", "Is my dog welcome?"));
    folder.write("p/faq.toml", FAQ.replace("Dogs stay outside", "Dogs stay in"));
    let run = accept();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("Nothing was written: fix the pack first."), "{}", run.stdout);
    assert!(read(&folder, "p/phrasings.toml").contains("Is my dog welcome?"));
}

#[test]
fn reply_without_phrasings_leaves_its_entry_for_the_next_run() {
    let folder = garden();
    let empty = r#"{"choices": [{"message": {"content": null}, "finish_reason": "length"}]}"#;
    let cut = Response::says("<think>\nThey want to know");
    let model = ChatModel::start([Response::with(200, empty), cut, Response::says(DOGS)]);
    let run = phrasings(&folder, &model, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("1 of 2: dogs: the reply has no phrasings"), "{}", run.stdout);
    assert!(run.stdout.contains("2 of 2: hours: the reply has no phrasings"), "{}", run.stdout);
    assert!(run.stdout.contains("There are no drafts."), "{}", run.stdout);
    let again = phrasings(&folder, &model, &[]);
    assert!(again.stdout.starts_with("1 of 2: dogs: 2 drafts kept"), "{}", again.stdout);
}

#[test]
fn reply_of_too_many_phrasings_is_cut() {
    let folder = garden();
    let many: Vec<String> = (0..30_000).map(|n| format!("may my dog number {n} come in")).collect();
    let model = ChatModel::start([Response::says(&many.join("\n"))]);
    let file = folder.arg("drafts.toml");
    let run = phrasings(&folder, &model, &["--requests", "1", "--number", "3", "--file", &file]);
    assert!(run.stdout.starts_with("1 of 1: dogs: 3 drafts kept\n"), "{}", run.stdout);
    let hint = format!("quoth phrasings p --file {file} --accept");
    assert!(run.stdout.contains(&hint), "{}", run.stdout);
    assert_eq!(read(&folder, "drafts.toml").matches("may my dog number").count(), 3);
}

#[test]
fn transient_errors_are_retried_and_others_say_what_to_do() {
    let busy = Response::with(429, "").and_header("retry-after", "0");
    let folder = garden();
    let model = ChatModel::start([busy, Response::with(503, ""), Response::says(DOGS)]);
    let run = phrasings(&folder, &model, &["--requests", "1"]);
    assert_eq!((run.code, model.requests().len()), (0, 3), "{}", run.stderr);

    let later = Response::with(429, "").and_header("retry-after", "3600");
    let slow = Response::says(DOGS).after(Duration::from_secs(3));
    let rows: [(Response, &[&str], &str); 8] = [
        (later, &[], "the server is busy (status 429 Too Many Requests)"),
        (
            Response::with(401, r#"{"error": {"message": "bad key k-secret"}}"#),
            &[],
            "refuses the key",
        ),
        (
            Response::with(404, r#"{"error": "no model tiny"}"#),
            &[],
            "/chat/completions: no model tiny",
        ),
        (
            Response::with(307, "").and_header("location", "http://127.0.0.1:1/"),
            &[],
            "refuses the request (status 307",
        ),
        (Response::with(200, "<html>"), &[], "not that of a chat model"),
        (Response::with(200, r#"{"choices": []}"#), &[], "it has no choices"),
        (Response::with(200, &" ".repeat(2_000_000)), &[], "more than 1048576 bytes"),
        (slow, &["--timeout", "1"], "--timeout allows more"),
    ];
    for (response, more, want) in rows {
        let folder = garden();
        let model = ChatModel::start([response]);
        let run = phrasings(&folder, &model, more);
        assert_eq!(run.code, 2, "{want}: {}", run.stdout);
        let error = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(error.contains(want), "{want}: {error}");
        assert!(!error.contains("k-secret"), "{error}");
        assert_eq!(read(&folder, "p/phrasings.toml"), "", "{want}");
    }
}

#[test]
fn invalid_arguments_are_rejected_before_anything_is_asked() {
    let folder = garden();
    let pack = folder.arg("p");
    folder.write("key", "one\ntwo\n");
    let key = folder.arg("key");
    let rows: [(&[&str], &str); 7] = [
        (
            &["--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--key-file", &key],
            "the key has white space",
        ),
        (&[], "--endpoint <URL>"),
        (&["--endpoint", "localhost", "--model", "m"], "invalid value 'localhost'"),
        (&["--endpoint", "ftp://x/v1", "--model", "m"], "starts with http:// or https://"),
        (&["--endpoint", "http://127.0.0.1:1/v1", "--model", "m"], "127.0.0.1:1 cannot be reached"),
        (
            &["--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--entry", "water"],
            "the pack has no entry water with quotes",
        ),
        (
            &["--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--key-file", "/no/key"],
            "cannot read /no/key",
        ),
    ];
    for (args, want) in rows {
        let run = quoth(&[&["phrasings", &pack], args].concat());
        assert_eq!(run.code, 2, "{want}");
        let error = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(error.contains(want), "{want}: {error}");
    }
}

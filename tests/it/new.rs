//! `quoth new`.

use crate::folder::Folder;
use crate::quoth::quoth;

const DOCUMENT: &str = "# The library’s “rules”\r\n\r\nIt's '''open'''.  Ann said \\o/.\r\n\r\n+++\r\n\r\nA line\r\nthat goes on. Last";

#[test]
fn new_pack_keeps_the_text_and_needs_one_question() {
    let folder = Folder::empty();
    folder.write("rules.md", DOCUMENT);
    let (pack, document) = (folder.arg("pack"), folder.arg("rules.md"));
    let run = quoth(&["new", &pack, "--from", &document]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("quoth check"), "{run:?}");
    let source =
        std::fs::read_to_string(folder.path("pack/sources/the-librarys-rules.md")).unwrap();
    let text = DOCUMENT.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(source, format!("+++\ntitle = \"The library’s “rules”\"\n+++\n\n{text}"));

    let run = quoth(&["check", &pack]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("there is no entry"), "{}", run.stdout);
    assert!(run.stdout.contains("remove the #"), "{}", run.stdout);
}

#[test]
fn each_commented_entry_is_valid_once_it_has_a_question() {
    let folder = Folder::empty();
    folder.write("rules.md", DOCUMENT);
    let (pack, document) = (folder.arg("pack"), folder.arg("rules.md"));
    quoth(&["new", &pack, "--from", &document]);
    let faq = std::fs::read_to_string(folder.path("pack/faq.toml")).unwrap();
    let mut commented: Vec<&str> = faq.split("\n\n").collect();
    let introduction = commented.remove(0);
    assert_eq!(commented.len(), 4, "{faq}");
    for entry in commented {
        let entry: Vec<&str> = entry.lines().map(|line| line.strip_prefix("# ").unwrap()).collect();
        let entry = entry.join("\n").replace("question = \"\"", "question = \"Why?\"");
        folder.write("pack/faq.toml", format!("{introduction}\n\n{entry}\n"));
        let run = quoth(&["check", &pack]);
        assert_eq!(run.code, 0, "{entry}\n{}", run.stdout);
        assert!(
            run.stdout.contains("1 entry, 0 gaps, 4 sentences, 3 not quoted"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn invalid_inputs_are_rejected_with_clear_messages() {
    let folder = Folder::with_pack();
    folder.write("good.txt", "Text.");
    folder.write("empty.txt", "\u{feff} \n\n");
    folder.write("latin1.txt", b"caf\xe9");
    std::fs::File::create(folder.path("large.txt")).unwrap().set_len(33 << 20).unwrap();
    let [good, empty, latin1, large, missing] =
        ["good.txt", "empty.txt", "latin1.txt", "large.txt", "missing.txt"].map(|n| folder.arg(n));
    let [new, pack, root] = ["new", "p", ""].map(|name| folder.arg(name));
    let cases: [(&[&str], &str); 9] = [
        (&[&new, "--from", &empty], "is empty"),
        (&[&new, "--from", &latin1], "not UTF-8 text"),
        (&[&new, "--from", &large], "34603008 bytes, more than"),
        (&[&new, "--from", &missing], "cannot read"),
        (&[&new, "--from", &root], "is a folder"),
        (&[&new, "--from", &good, "--title", " "], "the title is empty"),
        (&[&pack, "--from", &good], "not empty"),
        (&[&good, "--from", &good], "cannot create the folder"),
        (&[&new], "--from"),
    ];
    for (args, want) in cases {
        let run = quoth(&[&["new"], args].concat());
        assert_eq!(run.code, 2, "{args:?}: {run:?}");
        assert!(run.stderr.contains(want), "{args:?}: {run:?}");
        assert!(!folder.path("new").exists(), "{args:?}");
    }
}

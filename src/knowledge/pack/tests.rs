use super::*;
use crate::knowledge::fixtures;

/// A pack of one source and the given `faq.toml`.
fn files(faq: &str) -> PackFiles {
    let source = "+++\ntitle = \"Doc\"\n+++\n\nOne two.\n\nThree four.\n";
    let files = [("faq.toml", faq), ("pack.toml", "title = \"P\"\n"), ("sources/doc.md", source)];
    fixtures::files("p", &files)
}

fn rules(files: &PackFiles) -> Vec<&'static str> {
    prove(files).findings.iter().map(|finding| finding.rule.name()).collect()
}

const GOOD: &str =
    "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n[[entry.quote]]\ntext = \"One two.\"\n";

#[test]
fn pack_of_required_keys_alone_is_accepted() {
    let proof = prove(&files(GOOD));
    assert_eq!(proof.findings, []);
    let quote = &proof.pack.entries[0].quotes()[0];
    assert_eq!((quote.text(), quote.paragraph(), quote.span()), ("One two.", 1, 1..9));
}

#[test]
fn files_take_the_place_of_those_of_the_same_path_or_are_inserted() {
    let new = [("sources/a.md", "new"), ("pack.toml", "title = \"New\"\n")];
    let changed = files(GOOD).with(fixtures::files("p", &new).files);
    let paths: Vec<&str> = changed.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["faq.toml", "pack.toml", "sources/a.md", "sources/doc.md"]);
    assert_eq!(changed.text("pack.toml"), Some("title = \"New\"\n"));
    assert_eq!(changed.text("faq.toml"), Some(GOOD));
}

#[test]
fn mistake_in_the_faq_is_reported_by_its_rule() {
    let gap = "[[entry]]\nid = \"g\"\nquestion = \"When?\"\ngap = true\n";
    let translated = |translations: &str| {
        GOOD.replace("[[entry.quote]]", &format!("translations = {translations}\n[[entry.quote]]"))
    };
    let cases: [(String, &[&str]); 27] = [
        (format!("{GOOD}{gap}"), &[]),
        (format!("{GOOD}{GOOD}"), &["doubled-id"]),
        (format!("{GOOD}[[entry]]\n"), &["missing-field", "missing-field", "entry-without-quote"]),
        (GOOD.replace("question", "quesiton"), &["unknown-key", "missing-field"]),
        (GOOD.replace("text =", "txet ="), &["unknown-key", "missing-field"]),
        (GOOD.replace("What?", " "), &["empty-field"]),
        (GOOD.replace("\"What?\"", "3"), &["wrong-type"]),
        (GOOD.replace("id = \"a\"", "id = \"a b\""), &["bad-id"]),
        (GOOD.replace("One two.", "One too."), &["quote-not-in-source"]),
        (GOOD.replace("One two.", "Nothing like it"), &["quote-not-in-source"]),
        (GOOD.replace("One two.", "ne two."), &["cut-word"]),
        (format!("{}paragraph = 1\n", GOOD.replace("One two.", "One tw")), &["cut-word"]),
        (format!("{GOOD}paragraph = 2\n"), &["quote-not-in-source"]),
        (format!("{GOOD}paragraph = 9\n"), &["no-such-paragraph"]),
        (format!("{GOOD}paragraph = 0\n"), &["wrong-type"]),
        (format!("{GOOD}source = \"dox\"\n"), &["unknown-source"]),
        (format!("{gap}lead = \"x\"\n"), &["gap-with-quotes"]),
        (format!("{gap}see_also = [\"zz\"]\n"), &["unknown-see-also"]),
        (GOOD.replace("One two.", &"x".repeat(1_501)), &["quote-too-long"]),
        ("[[entry]\nid = 3".to_owned(), &["not-toml"]),
        (translated("{ de = [\"Was?\"], fr = [\"Quoi ?\", \"Qu'est-ce ?\"] }"), &[]),
        (translated("{ en = [\"Which?\"] }"), &["duplicate-language"]),
        (translated("{ pt = [\"Que?\"], pt-BR = [\"O quê?\"] }"), &["duplicate-language"]),
        (translated("{ de = [] }"), &["empty-field"]),
        (translated("{ de = [\" \"] }"), &["empty-field"]),
        (translated("{ de = \"Was?\" }"), &["wrong-type"]),
        (translated("[\"Was?\"]"), &["wrong-type"]),
    ];
    for (faq, want) in cases {
        let got = rules(&files(&faq));
        assert!(got.starts_with(want) && got.len() >= want.len(), "{faq}\n got {got:?}");
        assert_eq!(want.is_empty(), got.is_empty(), "{faq}\n got {got:?}");
    }
}

#[test]
fn words_in_another_unicode_form_are_told_apart_from_wrong_ones() {
    let mut files = files(GOOD);
    let cases = [("Café noir.", false), ("Café\u{302} noir.", false), ("café noir.", true)];
    for (body, want) in cases {
        files.files[0].bytes = GOOD.replace("One two.", "cafe\u{301} noir.").into();
        files.files[2].bytes = format!("+++\ntitle = \"Doc\"\n+++\n\nUn {body}\n").into();
        let findings = prove(&files).findings;
        let [finding] = &findings[..] else { panic!("{findings:?}") };
        assert_eq!(finding.rule, Rule::QuoteNotInSource);
        assert_eq!(finding.message.contains("another Unicode form"), want, "{finding:?}");
        let help = finding.help.as_deref().unwrap_or_default();
        assert_eq!(help.ends_with("\ncafé noir."), want, "{help}");
    }
}

#[test]
fn sources_have_the_language_of_front_matter_pack_or_text() {
    let german =
        "Heute ist z. B. der Garten geöffnet, und alle Kinder dürfen am 3. Oktober kommen.";
    let cases = [
        ("", "", german, "de", 1),
        ("language = \"fr\"\n", "", german, "fr", 3),
        ("language = \"fr\"\n", "language = \"de\"\n", german, "de", 1),
        ("", "", "Short.", "en", 1),
    ];
    for (pack, matter, body, want, n_sentences) in cases {
        let mut files = files(GOOD);
        files.files[1].bytes = format!("title = \"P\"\n{pack}").into();
        files.files[2].bytes = format!("+++\ntitle = \"Doc\"\n{matter}+++\n\n{body}\n").into();
        let proof = prove(&files);
        assert_eq!(proof.pack.sources[0].language().code(), want, "{pack} {matter}");
        assert_eq!(proof.pack.sources[0].sentences().len(), n_sentences, "{pack} {matter}");
    }
}

#[test]
fn spans_of_later_sections_are_those_of_the_file() {
    let second = GOOD.replace("\"a\"", "\"b\"");
    let cases = [
        (second.replace("b\"", "b c\""), "\"b c\""),
        (second.replace("\"b\"", "\"a\""), "\"a\""),
        (second.replace("One two.", "One too."), "\"One too.\""),
        (second.replace("question", "quesiton") + "question = \"x\"\n", "quesiton"),
        (second.replace("\"b\"", "\"b\"\nsee_also = [\"zz\"]"), "\"zz\""),
        (second.replace("\"b\"", "b"), "b"),
    ];
    for (second, want) in cases {
        let faq = format!("# é\n{GOOD}\n{second}");
        let findings = prove(&files(&faq)).findings;
        let span = findings.first().unwrap().span.clone();
        assert!(span.start > GOOD.len(), "{second}: {findings:?}");
        assert_eq!(faq.get(span), Some(want), "{second}: {findings:?}");
    }
    let inline = "title = 1\nentry = [{ id = \"g\", question = \"When?\", gap = true }]\n";
    assert_eq!(rules(&files(inline)), ["unknown-key"]);
    assert_eq!(rules(&files(&format!("{inline}{GOOD}")))[0], "not-toml");
}

#[test]
fn link_to_a_rejected_entry_is_not_reported() {
    let linking = GOOD.replace("\"a\"", "\"b\"\nsee_also = [\"a\"]");
    let faq = [GOOD.replace("One two.", "Nothing like it"), linking].concat();
    assert_eq!(rules(&files(&faq)), ["quote-not-in-source"]);
}

#[test]
fn findings_of_all_files_are_reported_in_one_run() {
    let faq =
        [GOOD.replace("One two.", "One too."), GOOD.replace("What?", "").replace("\"a\"", "\"b\"")]
            .concat();
    let mut files = files(&faq);
    files.files[1].bytes = b"titel = \"P\"".to_vec();
    files.files[2].bytes = b"+++\ntitle = 1\n+++\nOne two.".to_vec();
    assert_eq!(
        rules(&files),
        ["unknown-key", "missing-field", "wrong-type", "quote-not-in-source", "empty-field"]
    );
}

#[test]
fn broken_files_are_reported_without_a_panic() {
    let mut missing = files(GOOD);
    missing.files.clear();
    assert_eq!(rules(&missing), ["missing-file", "missing-file", "missing-file"]);
    let mut broken = files(GOOD);
    broken.files[2].bytes = vec![b'+', 0xFF, 0xFE];
    assert_eq!(rules(&broken)[0], "not-utf8");
    for body in ["", "+++", "+++\n", "no front matter", "+++\ntitle = \"x\"\n", "+++\n+++\n"] {
        let mut files = files(GOOD);
        files.files[2].bytes = body.into();
        assert!(!prove(&files).is_accepted(), "{body:?}");
    }
}

#[test]
fn format_of_a_source_is_text_or_markdown() {
    use crate::knowledge::source::Format;
    let cases: [(&str, Format, &[&str]); 5] = [
        ("", Format::Text, &[]),
        ("format = \"text\"\n", Format::Text, &[]),
        ("format = \"markdown\"\n", Format::Markdown, &[]),
        ("format = \"Markdown\"\n", Format::Text, &["unknown-format"]),
        ("format = 1\n", Format::Text, &["wrong-type"]),
    ];
    for (line, format, findings) in cases {
        let mut files = files(GOOD);
        let text = format!("+++\ntitle = \"Doc\"\n{line}+++\n\nOne two.\n");
        files.files[2].bytes = text.into();
        assert_eq!(rules(&files), findings, "{line}");
        assert_eq!(prove(&files).pack.sources[0].metadata().format, format, "{line}");
    }
}

#[test]
fn entry_quotes_the_message_that_it_brings_and_no_other_word() {
    let faq = |quote: &str| {
        format!(
            "[[entry]]\nid = \"tea\"\nquestion = \"Is there tea?\"\n[entry.message]\ntext = \"\"\"\nYes, tea is \
             free.\n\nAsk at the bar.\"\"\"\nauthor = \"Ann\"\ndate = \"2026-11-30\"\nurl = \"https://chat.example/1\"\n\
             [[entry.quote]]\ntext = \"{quote}\"\n"
        )
    };
    let proof = |faq: &str| prove(&files(faq));
    let proved = proof(&faq("tea is free"));
    assert_eq!(proved.findings, []);
    let quote = &proved.pack.entries[0].quotes()[0];
    let metadata = quote.source().metadata();
    assert_eq!((metadata.title.as_str(), quote.paragraph()), ("Ann, 2026-11-30", 1));
    assert_eq!(metadata.url.as_deref(), Some("https://chat.example/1"));
    assert_eq!(proved.pack.sources.len(), 1, "it is none of the pack's");
    let misquoted = proof(&faq("tea is cheap"));
    let rules: Vec<Rule> = misquoted.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [Rule::QuoteNotInSource]);
    for (broken, rule) in [
        (faq("tea is free").replace("text = \"\"\"", "txt = \"\"\""), Rule::UnknownKey),
        (faq("tea is free").replace("author = \"Ann\"", "author = 1"), Rule::WrongType),
    ] {
        let found = proof(&broken).findings;
        assert!(found.iter().any(|finding| finding.rule == rule), "{found:?}");
    }
}

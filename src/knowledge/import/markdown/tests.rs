use super::*;

/// Questions with their answers and tags, in short. Blank lines are shown as ¶, other line breaks as /.
fn found(text: &str) -> Vec<String> {
    let shown = |record: &Record| {
        let answer = record.answers.first().map_or("-", |answer| answer.text.as_str());
        let answer = answer.replace("\n\n", "¶").replace('\n', "/");
        let tags = if record.tags.is_empty() {
            String::new()
        } else {
            format!(" [{}]", record.tags.join(", "))
        };
        format!("{} = {answer}{tags}", record.question)
    };
    read(text).unwrap().records.iter().map(shown).collect()
}

#[test]
fn headings_of_any_level_are_questions_and_those_above_are_tags() {
    let cases: [(&str, &[&str]); 10] = [
        (
            "# FAQ\n\nIntro.\n\n## A?\n\none\n\ntwo\n\n## B?\n\nthree\n",
            &["A? = one¶two", "B? = three"],
        ),
        (
            "# FAQ\n## General\nIntro.\n### A?\none\n## Pay\n### B?\ntwo\n",
            &["A? = one [General]", "B? = two [Pay]"],
        ),
        ("A?\n---\none\n\nB?\n---\ntwo", &["A? = one", "B? = two"]),
        ("# A?\none\n# B?\ntwo", &["A? = one", "B? = two"]),
        (
            "# FAQ\n## How to install?\nFirst:\n### Linux\none\n### Windows\ntwo\n## B?\nthree",
            &["How to install? = First:/### Linux/one/### Windows/two", "B? = three"],
        ),
        ("# Manual\n## Install\none\n## Use\ntwo", &["Install = one", "Use = two"]),
        (
            "# FAQ\n## Contents\n- [A?](#a)\n- [B?](#b)\n## A?\none\n## B?\ntwo",
            &["A? = one", "B? = two"],
        ),
        ("# FAQ\n## 1. **A** `x`? {#a}\none\n\n---\n## 2. B?\ntwo", &["A x? = one", "B? = two"]),
        ("# FAQ\n## A?\n## B?\none", &["A? = -", "B? = one"]),
        ("# Is it open?\nYes.\n", &["Is it open? = Yes."]),
    ];
    for (text, want) in cases {
        assert_eq!(found(text), want, "{text}");
    }
}

#[test]
fn bold_lines_are_questions() {
    let cases: [(&str, &[&str]); 9] = [
        ("# FAQ\n\n**A?**\n\none\n\n**B?**\ntwo\n", &["A? = one", "B? = two"]),
        ("**A?** one\n\ntwo\n\n**B?** three", &["A? = one¶two", "B? = three"]),
        ("## Pay\n\n**A?**\n\none\n\n## Go\n\n__B?__\n\ntwo", &["A? = one [Pay]", "B? = two [Go]"]),
        ("- **A?**\n  one\n- **B?** two\n", &["A? = one", "B? = two"]),
        (
            "- **A?**\n\n      code\n- **B?**\n\n  two:\n\n      code",
            &["A? =     code", "B? = two:¶    code"],
        ),
        ("1. **A?**\n\n   one\n\n   - x\n2. **B?**\n\n   two\n", &["A? = one¶- x", "B? = two"]),
        ("**Install**\n\none\n\n**Use**\n\ntwo", &["Install = one", "Use = two"]),
        (
            "# FAQ\n## A?\none\n## It does not work\n\n**Causes:**\n\n1. x\n\n**Do:**\n\n1. y\n",
            &["A? = one", "It does not work = **Causes:**¶1. x¶**Do:**¶1. y"],
        ),
        (
            "## A?\n\n**Note:** one\n\n**More**\n\ntwo\n## B?\nthree",
            &["A? = **Note:** one¶**More**¶two", "B? = three"],
        ),
    ];
    for (text, want) in cases {
        assert_eq!(found(text), want, "{text}");
    }
}

#[test]
fn details_definitions_and_labels_are_questions() {
    let cases: [(&str, &[&str]); 12] = [
        (
            "**Q**. A?\n\n**A**. one\n**Note**: x\n\n**Q**. B?\n\n**A**. two",
            &["A? = one/**Note**: x", "B? = two"],
        ),
        (
            "# FAQ\n\n## Join\n\n> 问: A?\n\none\n\ntwo\n\n> 问：B?\n\nthree",
            &["A? = one¶two [Join]", "B? = three [Join]"],
        ),
        (
            "A?\n\n: one\n\n: two\n\n```\ncode\n```\n\nmore\n\nB?\n\n: three",
            &["A? = one¶two¶```/code/```¶more", "B? = three"],
        ),
        (
            "# FAQ\n<details>\n<summary>A?</summary>\n\none\n\n</details>\n\n<details><summary><b>B?</b></summary>\n\ntwo\n\n</details>\n",
            &["A? = one", "B? = two"],
        ),
        (
            "<details><summary>A?</summary><p>one <a href=\"https://a.example\">x</a></p></details>",
            &["A? = one [x](https://a.example)"],
        ),
        (
            "# FAQ\n## Pay\n<details>\n<summary>A?</summary>\n\n```\n</details>\n```\n</details>",
            &["A? = ```/</details>/``` [Pay]"],
        ),
        ("A?\n: one\n\nB?\n: two\n\n  three\n", &["A? = one", "B? = two¶three"]),
        ("Q: A?\nA: one\n\ntwo\n\nQ: B?\nA: three", &["A? = one¶two", "B? = three"]),
        ("**Q: A?**\n\n**A:** one\n\n**Q: B?**\n\nA: two", &["A? = one", "B? = two"]),
        ("## Pay\n**Frage 1:** A?\n\n**Antwort:** eins", &["A? = eins"]),
        ("### Q: A?\nA: one\n### Q: B?\nA: two", &["A? = one", "B? = two"]),
        ("1. A?\n\none\n\n2. B?\n\ntwo", &["A? = one", "B? = two"]),
    ];
    for (text, want) in cases {
        assert_eq!(found(text), want, "{text}");
    }
}

#[test]
fn lines_that_end_with_a_question_mark_are_questions_where_nothing_else_is() {
    assert_eq!(found("Intro.\n\nA?\n\none\n\nB?\ntwo\n"), ["A? = one", "B? = two"]);
    assert_eq!(found("Just a text. Is it? It is.\n"), Vec::<String>::new());
    assert_eq!(found("## A?\n\nWhy not?\n\nBecause.\n"), ["A? = Why not?¶Because."]);
}

#[test]
fn items_and_rows_of_a_document_with_a_title_are_questions() {
    let cases: [(&str, &[&str]); 5] = [
        ("# FAQ\n\n1. A?\n\n   one\n\n2. B?\n\n   two", &["A? = one", "B? = two"]),
        (
            "# FAQ\n\n| Question | Answer |\n|---|---|\n| A? | *one* |\n| B? | two |\n",
            &["A? = *one*", "B? = two"],
        ),
        (
            "# FAQ\n\n| Tag | Frage | Antwort |\n|---|---|---|\n| x | `A`? | one |\n| | B? | |\n",
            &["A? = one [x]", "B? = -"],
        ),
        (
            "# FAQ\n\n| Size | Price |\n|---|---|\n| A? | one |\n",
            &["FAQ = | Size | Price |/|---|---|/| A? | one |"],
        ),
        ("**Q: A?**\\\nA: one\n\n**Q: B?**\\\nA: two", &["A? = one", "B? = two"]),
    ];
    for (text, want) in cases {
        assert_eq!(found(text), want, "{text}");
    }
}

#[test]
fn front_matter_names_the_question_of_a_file() {
    let cases: [(&str, &[&str]); 4] = [
        ("---\ntitle: A?\ntags: [x]\naliases:\n  - AA?\n---\none\n\ntwo\n", &["A? = one¶two [x]"]),
        ("+++\nquestion = \"A?\"\n+++\n# A?\n\none\n", &["A? = one"]),
        ("---\ntitle: FAQ\n---\n## A?\none\n## B?\ntwo", &["A? = one", "B? = two"]),
        (
            "---\ntitle: Refunds\ncategory: Pay\n---\none\n\n## Late\n\ntwo",
            &["Refunds = one¶## Late¶two [Pay]"],
        ),
    ];
    for (text, want) in cases {
        assert_eq!(found(text), want, "{text}");
    }
    let record = &read("---\ntitle: A?\naliases: [AA?]\n---\none").unwrap().records[0];
    assert_eq!(record.variants, ["AA?"]);
    assert_eq!(
        read("---\ntitle: T\n---\n## A?\none\n## B?\ntwo").unwrap().title.as_deref(),
        Some("T")
    );
}

#[test]
fn place_of_a_question_is_its_line() {
    let lines: Vec<usize> = read("---\ntitle: T\n---\n# FAQ\n\n## A?\none\n## B?\ntwo")
        .unwrap()
        .records
        .iter()
        .map(|r| r.location.line)
        .collect();
    assert_eq!(lines, [6, 8]);
}

/// Checks what is found in each text.
fn check(cases: &[(&str, &[&str])]) {
    for (text, want) in cases {
        assert_eq!(found(text), *want, "{text}");
    }
}

#[test]
fn html_code_block_in_an_answer_becomes_a_fenced_one() {
    check(&[
        (
            "## A?\n\nUse\n<pre>\nstart\n  --*fast*\n</pre>\n",
            &["A? = Use¶```/start/  --*fast*/```"],
        ),
        (
            "## A?\n\n<pre>\nQ: x\n\n# root &lt;\n</pre>\n\nDone.\n## B?\n\ntwo",
            &["A? = ```/Q: x¶# root </```¶Done.", "B? = two"],
        ),
        ("## A?\n\n```\n<pre>\n```\n", &["A? = ```/<pre>/```"]),
    ]);
}

#[test]
fn text_above_subheadings_is_an_entry_where_no_heading_is_a_question() {
    check(&[
        (
            "# FAQ\n\nIntro.\n\n## Login\n\none\n\n### On x\n\ntwo\n\n## Money\n\n### Refunds\n\nthree",
            &["Login = one", "On x = two [Login]", "Refunds = three [Money]"],
        ),
        ("# FAQ\n\n## Pay\n\nIntro.\n\n### A?\n\none", &["A? = one [Pay]"]),
    ]);
}

#[test]
fn details_with_nothing_but_details_are_a_topic() {
    let inner = "<details>\n<summary>A?</summary>\n\none\n\n</details>\n\n<details>\n<summary>B?</summary>\n\ntwo\n\n</details>\n";
    let topic = format!("# Help\n\n<details>\n<summary>Pay</summary>\n\n{inner}</details>\n");
    let question = format!("<details>\n<summary>Pay</summary>\n\nzero\n\n{inner}</details>\n");
    check(&[
        (&topic, &["A? = one [Pay]", "B? = two [Pay]"]),
        (&question, &["Pay = zero¶**A?**¶one¶**B?**¶two"]),
        (
            "## A?\n\n<b>one</b>\n\n<details><summary>More</summary>\n\ntwo\n\n</details>\n\n## B?\n\nthree",
            &["A? = **one**¶**More**¶two", "B? = three"],
        ),
    ]);
}

#[test]
fn markup_of_questions_and_wrappers_of_answers_are_left_out() {
    check(&[
        ("<details>\n<summary>**A `x`?**</summary>\n\none\n\n</details>", &["A x? = one"]),
        ("Q: Is `x` **so**?\nA: one", &["Is x so? = one"]),
        (
            "## A?\n\n<div class=\"x\">\n<div>\n\none\n\n- **two**\n\n</div>\n</div>\n",
            &["A? = one¶- **two**"],
        ),
    ]);
}

#[test]
fn html_headings_are_headings() {
    check(&[
        (
            "<H2>A?</H2>\n\none\n\n<h2 id='b'>\n B <b>x</b>?\n</h2>\n\ntwo",
            &["A? = one", "B x? = two"],
        ),
        ("# FAQ\n<h2>A?</h2>\none\n<h2>B?</h2>\ntwo", &["A? = one", "B? = two"]),
        (
            "## A?\n\none\n\n<h3>Linux</h3>\n\ntwo\n\n## B?\n\nthree",
            &["A? = one¶### Linux¶two", "B? = three"],
        ),
        (
            "# FAQ\n\n<div>\n<h2>Pay</h2>\n<details>\n<summary>A?</summary>\none\n</details>\n</div>\n",
            &["A? = one [Pay]"],
        ),
        ("## A?\n\n```\n<h2>B?</h2>\n```\n", &["A? = ```/<h2>B?</h2>/```"]),
        ("## A?\n\nUse `<h2>B?</h2>`.\n", &["A? = Use `<h2>B?</h2>`."]),
    ]);
}

#[test]
fn containers_that_open_are_questions() {
    check(&[
        (
            "# FAQ\n\n::: details A?\none\n:::\n\n::: details B? {open}\ntwo\n\n::: tip\nx\n:::\n\n# y\n:::\n",
            &["A? = one", "B? = two¶::: tip/x/:::¶# y"],
        ),
        (
            "# FAQ\n\n??? question \"A?\"\n    one\n\n        code\n\n???+ faq \"B\"\n\n    two\n\n## Pay\n\n!!! question \"C?\"\n    three\n",
            &["A? = one¶    code", "B = two", "C? = three [Pay]"],
        ),
        (
            "## A?\n\n```\n??? question \"B?\"\n    x\n```\n",
            &["A? = ```/??? question \"B?\"/    x/```"],
        ),
    ]);
}

#[test]
fn footnotes_stand_below_the_answers_that_use_them() {
    check(&[
        (
            "## A?\n\none[^1], see [the map][map].\n\n## B?\n\ntwo\n\n[^1]: Since [then][map].\n[map]: https://a.example\n[^2]: Unused.\n",
            &[
                "A? = one[1], see [the map](https://a.example).¶[1] Since [then](https://a.example).",
                "B? = two",
            ],
        ),
        (
            "## A?\n\none[^1]\n\n[^1]: x\n\n    y\n\n## B?\n\ntwo[^1]",
            &["A? = one[1]¶[1] x¶y", "B? = two[1]¶[1] x¶y"],
        ),
    ]);
}

#[test]
fn label_of_an_answer_is_no_part_of_it() {
    check(&[
        ("## Q. A?\n\n**A.** one\n\n## Q. B?\n\nA. two", &["A? = one", "B? = two"]),
        ("## A?\n\n**Answer:** one\n\n## B?\n\n**A.** two", &["A? = one", "B? = **A.** two"]),
    ]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "(?s:.){0,80}|(<h2>|</h2>|<pre>|</pre>|<div>|::: details |:::|\\?\\?\\? question \"|    |\\[\\^1\\]:?|\\[a\\]:?|\n| |A\\?|- |é){0,20}|[#*_<>/\\[\\]() a?:`\\-\\n1.]{0,80}|(<details>|<summary>|</summary>|</details>|\\n| |A\\?|\\*\\*|- ){0,20}") {
        let records = read(&text).map(|markdown| markdown.records).unwrap_or_default();
        for record in records {
            proptest::prop_assert!(!record.question.is_empty());
        }
    }
}

#[test]
fn titles_of_items_in_italics_are_questions() {
    let text = "# FAQ\n\n1. *Trouble with linking*\n\n    Use the script.\n\n2. *Is there more ?*\n\n    No.\n";
    let records = read(text).unwrap().records;
    let questions: Vec<&str> = records.iter().map(|it| it.question.as_str()).collect();
    assert_eq!(questions, ["Trouble with linking", "Is there more ?"]);
}

#[test]
fn label_of_an_answer_on_a_line_of_its_own_is_left_out() {
    let text = "## Is it free?\n\n**Answer**\n\nYes.\n\n## Where is it?\n\n*Answer:*\n\nHere.\n";
    let records = read(text).unwrap().records;
    let answers: Vec<&str> = records.iter().map(|it| it.answers[0].text.as_str()).collect();
    assert_eq!(answers, ["Yes.", "Here."]);
}

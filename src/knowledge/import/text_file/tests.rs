use super::*;

/// Each record: topics, question and answer.
fn read_text(text: &str) -> Vec<(String, String, String)> {
    let records = read(text).unwrap_or_default();
    let answer = |record: &Record| {
        record.answers.iter().map(|answer| answer.text.as_str()).collect::<String>()
    };
    records.iter().map(|it| (it.tags.join(" > "), it.question.clone(), answer(it))).collect()
}

#[track_caller]
fn check(text: &str, want: &[(&str, &str, &str)]) {
    let want: Vec<(String, String, String)> = want
        .iter()
        .map(|(topics, question, answer)| {
            ((*topics).to_owned(), (*question).to_owned(), (*answer).to_owned())
        })
        .collect();
    assert_eq!(read_text(text), want);
}

#[test]
fn numbered_questions_may_be_statements_and_go_over_lines() {
    let text = "
                     Frequently asked questions

 1. Is there a pool?

    Yes, behind the station.

 2. The door is locked.

    1. Ring the bell.
    2. Wait.

 3. I come from another city and have no card with me.
    What now?

    Buy a day ticket. It is valid until the pool closes in the evening, and
    on Sundays also for the sauna.

    On holidays, ask.
";
    let ticket = "Buy a day ticket. It is valid until the pool closes in the evening, and\n\
                  on Sundays also for the sauna.\n\nOn holidays, ask.";
    check(
        text,
        &[
            ("", "Is there a pool?", "Yes, behind the station."),
            ("", "The door is locked.", "1. Ring the bell.\n2. Wait."),
            ("", "I come from another city and have no card with me. What now?", ticket),
        ],
    );
}

#[test]
fn numbered_titles_are_topics_and_a_table_of_contents_is_none() {
    let text = "
CONTENTS

1. The pool
1.1. Is there a pool?
1.2. What is in it?
2. Prices
2.1. What does it cost?

1. The pool

1.1. Is there a pool?

\tYes, behind the station.

1.2. What is in it?

\tWater.

1.2.1. Salt

\tA little.

------------------------------
2. Prices
------------------------------

2.1. What does it cost?

\tFour euros.
";
    check(
        text,
        &[
            ("The pool", "Is there a pool?", "Yes, behind the station."),
            ("The pool", "What is in it?", "Water.\n\nSalt\n\nA little."),
            ("Prices", "What does it cost?", "Four euros."),
        ],
    );
}

#[test]
fn questions_are_paragraphs_above_indented_answers() {
    let text = "
How do I get a ticket for the pool?

    At the desk.

PRICES

Why is the pool closed in May? Would it not
be better to close it in winter?

    It is cleaned then.

    Who would swim?

What does it cost?

    Four euros.
";
    check(
        text,
        &[
            ("", "How do I get a ticket for the pool?", "At the desk."),
            (
                "PRICES",
                "Why is the pool closed in May? Would it not be better to close it in winter?",
                "It is cleaned then.\n\nWho would swim?",
            ),
            ("PRICES", "What does it cost?", "Four euros."),
        ],
    );
}

#[test]
fn comments_of_code_are_no_headings() {
    let text = "
How do I delete blank lines?

Like so:

# delete them all
sed '/^$/d' file

What is sed?

An editor. It has been in every Unix since the seventies, and it
edits files without being asked anything.
";
    check(
        text,
        &[
            (
                "",
                "How do I delete blank lines?",
                "Like so:\n\n\\# delete them all\\\nsed '/^$/d' file",
            ),
            (
                "",
                "What is sed?",
                "An editor. It has been in every Unix since the seventies, and it\n\
                 edits files without being asked anything.",
            ),
        ],
    );
}

#[test]
fn answers_show_the_characters_of_the_file() {
    for (answer, want) in [
        ("Use *Init* and <path>.", "Use \\*Init\\* and \\<path>."),
        ("Set SOME_LONG_NAME.", "Set SOME_LONG_NAME."),
        ("2. Not a list, but a sentence.", "2\\. Not a list, but a sentence."),
        ("Run:\n\n    ```x```", "Run:\n\n````\n```x```\n````"),
        ("See <https://a.example>.", "See <https://a.example>."),
        ("Run this:\n\n    make  all\n      clean", "Run this:\n\n```\nmake  all\n  clean\n```"),
        ("Run:\n\n    one\n\n      two", "Run:\n\n```\none\n\n  two\n```"),
        (
            "Ports:\n\n   Linux 2.1 and later\n   BSD 4",
            "Ports:\n\n```\nLinux 2.1 and later\nBSD 4\n```",
        ),
        ("Two:\n* a\n* b", "Two:\n* a\n* b"),
        ("See\n - a\n - b", "See\n - a\n - b"),
        ("See\n- a", "See\\\n\\- a"),
        (
            "name    price\n-------------\nlocker  2 euros",
            "```\nname    price\n-------------\nlocker  2 euros\n```",
        ),
        ("See\n\n  https://a.example/b", "See\n\nhttps://a.example/b"),
    ] {
        let text = format!("What is it?\n\n{answer}\n\nWhat else is it?\n\nNothing.\n");
        let records = read_text(&text);
        assert_eq!(records.first().map(|it| it.2.as_str()), Some(want), "{answer}");
    }
}

#[test]
fn long_numbering_with_gaps_and_questions_over_many_lines_is_followed() {
    let text = "
4.1. Is there a pool?

There is.

4.2. I come by train, and have no bicycle.
I do not know the town. Which of the
buses goes to the pool in the
morning, and how much is it for
somebody like me?

Bus 7.

4.10. Why does it smell of
     2.5 percent chlorine?

It is clean.

4.24. Which parts has it?

4.24.1. Water

Cold water.

4.24.2. Sauna

4.24.2.1. Hot

Hot air.

4.25. Who runs it?

Ada.
";
    let long = "I come by train, and have no bicycle. I do not know the town. Which of the buses goes to the \
                pool in the morning, and how much is it for somebody like me?";
    check(
        text,
        &[
            ("", "Is there a pool?", "There is."),
            ("", long, "Bus 7."),
            ("", "Why does it smell of 2.5 percent chlorine?", "It is clean."),
            ("", "Which parts has it?", "Water\n\nCold water.\n\nSauna\n\nHot\n\nHot air."),
            ("", "Who runs it?", "Ada."),
        ],
    );
}

#[test]
fn chapters_are_topics() {
    let text = "
Chapter 1. The pool

1.1. Is there a pool?

Yes.

2.0 Prices

2.1 What does it cost?

Four euros.
";
    let want =
        [("The pool", "Is there a pool?", "Yes."), ("Prices", "What does it cost?", "Four euros.")];
    check(text, &want);
}

#[test]
fn labels_are_left_out_and_answers_below_them_flow() {
    let text = "
Q:  Is there a pool, and
    where is it?

A:  Behind the station. It has been there since the station was built in
    the year of the fair.

    Ask at the desk.

Q:  What does it cost?
A:  Four euros.
";
    let pool = "Behind the station. It has been there since the station was built in\nthe year of the fair.\n\nAsk at the desk.";
    check(
        text,
        &[
            ("", "Is there a pool, and where is it?", pool),
            ("", "What does it cost?", "Four euros."),
        ],
    );
}

#[test]
fn lines_of_scripts_without_spaces_are_joined_without_one() {
    let text = "1. 为什么我应该选
   择它?

我们的图书馆每天早上九点开门，晚上八点关门，星期日和公共假日休
息。

2. 几点开门?

九点。
";
    check(
        text,
        &[
            (
                "",
                "为什么我应该选择它?",
                "我们的图书馆每天早上九点开门，晚上八点关门，星期日和公共假日休息。",
            ),
            ("", "几点开门?", "九点。"),
        ],
    );
}

#[test]
fn text_with_markup_or_without_questions_is_not_read_here() {
    for text in [
        "# FAQ\n\nWhat is it?\n\nA pool.\n\nWhere?\n\nHere.\n",
        "What is it?\n===========\n\nA pool.\n\nWhere?\n======\n\nHere.\n",
        "1. Scope\n\nAll of it.\n\n2. Price\n\nNone.\n",
        "- What is it?\n  A pool.\n- Where?\n  Here.\n",
        "What is it?\n\nA pool.\n",
        "Just a text.\n",
        "",
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}

use super::*;
use crate::text::MarkdownText;

fn layout(width: usize, is_plain: bool) -> Layout {
    Layout { width, is_plain, wording: Wording::english() }
}

fn answer() -> Answer {
    Answer {
        question: Some("Why?".to_owned()),
        lead: Some("Because\u{1b}[31m of it.".to_owned()),
        quotes: vec![CitedQuote {
            rich_text: None,
            text: "it prefers “non-interference” over all else and".to_owned(),
            is_cut_before: true,
            is_cut_after: true,
            speaker: Some("Ann Lee".to_owned()),
            role: Some("an expert".to_owned()),
            title: "Doc".to_owned(),
            paragraph: 3,
            url: Some("https://example.org/doc".to_owned()),
        }],
        see_also: Vec::new(),
    }
}

#[test]
fn quotes_are_marked_wrapped_cut_and_cited() {
    let text = render_answer(&answer(), layout(40, false));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string(), @r"
    In short: Because�[31m of it.

    │ [...] it prefers “non-interference”
    │ over all else and [...]
      — Ann Lee, an expert. “Doc”, paragraph
      3, https://example.org/doc
    ");
}

#[test]
fn plain_replies_label_quotes_and_sources_in_words() {
    insta::assert_snapshot!(render_answer(&answer(), layout(80, true)), @r"
    In short: Because�[31m of it.

    Quote: [...] it prefers “non-interference” over all else and [...]
    Source: Ann Lee, an expert. “Doc”, paragraph 3, https://example.org/doc
    ");
}

#[test]
fn related_questions_are_below_the_quotes() {
    let see_also = vec!["When?".to_owned(), "Where\u{1b}?".to_owned()];
    let related = Answer { see_also, ..answer() };
    for is_plain in [true, false] {
        let without = render_answer(&answer(), layout(80, is_plain));
        let with = render_answer(&related, layout(80, is_plain));
        assert_eq!(with, format!("{without}\nSee also: When? · Where\u{fffd}?\n"));
    }
}

#[test]
fn suggestions_are_numbered_from_one_and_passages_follow_entries() {
    let passage = CitedQuote {
        text: "It was\nred.".to_owned(),
        is_cut_before: false,
        is_cut_after: false,
        ..answer().quotes.remove(0)
    };
    let both = Suggestions {
        questions: vec!["Who?".to_owned(), "Why?".to_owned()],
        passages: vec![passage],
    };
    let text = |suggestions| render(&Reply::Suggestions(suggestions), layout(80, true));
    let questions = Suggestions { passages: Vec::new(), ..both.clone() };
    assert_eq!(text(questions), "Did you mean one of these?\n  1. Who?\n  2. Why?\n");
    let passages = Suggestions { questions: Vec::new(), ..both.clone() };
    assert_eq!(
        text(passages),
        "I have no prepared answer to this. In the document:\n  1. It was red.\n"
    );
    let both = text(both);
    assert_eq!(
        both,
        "Did you mean one of these?\n  1. Who?\n  2. Why?\nIn the document:\n  3. It was red.\n"
    );
}

#[test]
fn quotes_of_markdown_are_lines_with_their_marks() {
    let document = "see *it*:\n\n```\na\n    b\n```\n\n[c](https://x.example/d/e/f/g)";
    let rich_text = MarkdownText::new(document).rich_text(document, 0..document.len(), None);
    let mut answer = Answer { lead: None, ..answer() };
    answer.quotes[0].rich_text = Some(rich_text);
    answer.quotes[0].text = document.to_owned();
    let text = render_answer(&answer, layout(20, true));
    insta::assert_snapshot!(text, @r"
    Quote: [...] see it:

    a
        b

    c
    (https://x.example/d/e/f/g)
    [...]
    Source: Ann Lee,
    an expert. “Doc”,
    paragraph 3,
    https://example.org/doc
    ");
    let text = render_answer(&answer, layout(40, false));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string(), @r"
    │ [...] see it:
    │ 
    │ a
    │     b
    │ 
    │ c (https://x.example/d/e/f/g) [...]
      — Ann Lee, an expert. “Doc”, paragraph
      3, https://example.org/doc
    ");
}

//! Random documents in Markdown.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::random;

/// Parts of lines.
const INLINES: [&str; 42] = [
    "*emphasis*",
    "_emphasis_",
    "**strong**",
    "__strong__",
    "***both***",
    "**strong *and emphasis***",
    "*emphasis **and strong***",
    "~~struck~~",
    "in**side**word",
    "in*side*word",
    "`code`",
    "``co`de``",
    "`**a_b**`",
    "`` ` ``",
    "*`x*y`*",
    "**see `x_y`**",
    "[label](https://x.example/a_b)",
    "[la*bel* `c`](https://x.example/a*b \"title\")",
    "[**label**](<https://x.example/(a) b>)",
    "**[label](https://x.example/a*b)**",
    "[[label]](https://x.example)",
    "[https://a.example](https://b.example/c)",
    "[https://a.example](https://a.example)",
    "[mail](mailto:a@b.example)",
    "<a@b.example>",
    "<https://x.example/c_d>",
    "https://x.example/e_f_g",
    "[relative](guide.md#top)",
    "[script](javascript:alert(1))",
    "[reference]",
    "[text][reference]",
    "![image](https://x.example/i.png)",
    "[![image](https://x.example/i.png)](https://x.example)",
    "&amp; &lt;b&gt; &copy; &#42;not&#42;",
    "\\*not\\* \\[not\\](https://no)",
    "1\\. - + # > |",
    "@everyone <@123456789012345678> :smile: <#123456789012345678>",
    "a_b_c 2*3*4 ||x||",
    "\u{fc}\u{f1}\u{ee}c\u{f6}de \u{65e5}\u{672c}\u{8a9e}",
    "(*a*)_b_",
    "a  \nb",
    "a\nb",
];

/// The definition that references in [`INLINES`] refer to.
const DEFINITION: &str = "\n\n[reference]: https://r.example/x \"t\"";

/// A line of text.
fn line() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(&INLINES[..]).prop_map(str::to_owned),
        2 => "[a-z]{1,6}",
        2 => Just(" ".to_owned()),
        1 => Just(", ".to_owned()),
    ];
    vec(part, 1..8).prop_map(|parts| format!("w{}", parts.concat()))
}

/// A line of text without line breaks.
fn single_line() -> impl Strategy<Value = String> {
    line().prop_map(|line| line.replace('\n', " "))
}

fn indented(lines: &str, indent: &str) -> String {
    lines.replace('\n', &format!("\n{indent}"))
}

fn block() -> impl Strategy<Value = String> {
    let list = |mark: &'static str, separator: &'static str| {
        vec(single_line(), 1..4).prop_map(move |items| {
            let items: Vec<String> = items.iter().map(|item| format!("{mark}{item}")).collect();
            items.join(separator)
        })
    };
    let code = "[ a-z*`_<>&\\n]{0,30}".prop_map(|code| format!("x{code}\n   y"));
    let row = vec(single_line(), 2..3).prop_map(|cells| {
        let cells: Vec<String> = cells.iter().map(|it| it.replace('|', "/")).collect();
        format!("|{}|", cells.join("|"))
    });
    prop_oneof![
        4 => line(),
        1 => (1usize..7, single_line()).prop_map(|(n, text)| format!("{} {text}", "#".repeat(n))),
        2 => list("- ", "\n"),
        1 => list("7. ", "\n\n"),
        1 => (single_line(), list("- ", "\n"))
            .prop_map(|(text, nested)| format!("1. {text}\n   {}", indented(&nested, "   "))),
        1 => code.clone().prop_map(|code| format!("~~~sh\n{code}\n~~~")),
        1 => code.clone().prop_map(|code| format!("w\n\n    {}", indented(&code, "    "))),
        1 => (single_line(), code)
            .prop_map(|(text, code)| format!("- {text}\n\n  ~~~\n  {}\n  ~~~", indented(&code, "  "))),
        1 => vec(row, 1..3).prop_map(|rows| format!("|a|b|\n|-|-|\n{}", rows.join("\n"))),
        1 => Just("---".to_owned()),
        1 => (line(), line()).prop_map(|(a, b)| format!("- [x] {}\n- [ ] {}", indented(&a, "  "), indented(&b, "  "))),
    ]
}

/// Documents of common markup.
pub(crate) fn documents() -> impl Strategy<Value = String> {
    let document = vec(block(), 1..4).prop_map(|blocks| blocks.join("\n\n") + DEFINITION);
    document.prop_filter("a quote has a limit", |it| it.chars().count() <= 1500)
}

/// Documents of random characters and syntax.
pub(crate) fn noise() -> impl Strategy<Value = String> {
    random::quote_text()
}

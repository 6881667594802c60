//! Numbers of heads, and the run of them that goes through a text.

use std::collections::HashMap;
use std::ops::Range;

/// Most characters of the word before the number of a chapter.
const MAX_WORD_CHARS: usize = 12;

/// Most parts of a number.
const MAX_PARTS: usize = 5;

/// How far a number may be ahead of the next: questions are taken out, and the others keep their numbers.
const MAX_STEP: u16 = 20;

/// A head with a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbered {
    pub(super) number: Vec<u16>,
    pub(super) lines: Range<usize>,
    /// Where its text starts in the first line.
    pub(super) text_start: usize,
    pub(super) is_question: bool,
}

/// The number at the start of a line ("3.", "3)", "1.2", "1.2."), also behind a word ("Chapter 2. ", "第 2 章"), and the text
/// behind it.
pub(super) fn number_of(line: &str) -> Option<(Vec<u16>, &str)> {
    plain_number(line).or_else(|| chapter_number(line))
}

/// The number of a chapter.
fn chapter_number(line: &str) -> Option<(Vec<u16>, &str)> {
    let at = line.find(|c: char| c.is_ascii_digit())?;
    let (word, rest) = line.split_at(at);
    let name = word.trim_end();
    let is_word = !name.is_empty()
        && name.chars().count() <= MAX_WORD_CHARS
        && name.chars().all(char::is_alphabetic);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = rest.split_at(digits);
    let rest = rest.trim_start().strip_prefix(['.', ':', '章', '장'])?;
    let text = rest.trim_start_matches(['.', ':', ' ', '\t']);
    (is_word && !text.is_empty()).then_some((vec![number.parse().ok()?], text))
}

fn plain_number(line: &str) -> Option<(Vec<u16>, &str)> {
    let end = line.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(line.len());
    let (digits, rest) = line.split_at(end);
    let parts = digits.strip_suffix('.').unwrap_or(digits);
    let number: Vec<u16> = parts.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let rest = rest.strip_prefix([')', ':']).unwrap_or(rest);
    // "1 hour" starts with a number that belongs to it.
    let is_marked = number.len() > 1 || parts.len() + rest.len() < line.len();
    let text = rest.trim_start();
    let is_number = is_marked && number.len() <= MAX_PARTS && text.len() < rest.len();
    (is_number && !text.is_empty()).then_some((number, text))
}

/// The heads of the run that has most questions: items of a list in an answer start at 1 again, and do not go on
/// with the number before them.
pub(super) fn longest_run(heads: Vec<Numbered>) -> Vec<Numbered> {
    // The best run up to each head: its weight, and the head before.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::with_capacity(heads.len());
    // The last head of the best run that ends with a number, or below it.
    let mut best_of: HashMap<&[u16], usize> = HashMap::new();
    for (idx, head) in heads.iter().enumerate() {
        let before = predecessors(&head.number)
            .iter()
            .filter_map(|number| best_of.get(number.as_slice()).copied())
            .max_by_key(|at| (weight(&runs, *at), *at));
        let own = if head.is_question { 3 } else { 1 };
        runs.push((before.map_or(0, |at| weight(&runs, at)) + own, before));
        for n_parts in 1..=head.number.len() {
            let Some(number) = head.number.get(..n_parts) else { continue };
            let best = best_of.entry(number).or_insert(idx);
            if weight(&runs, *best) <= weight(&runs, idx) {
                *best = idx;
            }
        }
    }
    let mut at = (0..runs.len()).max_by_key(|at| weight(&runs, *at));
    let mut run = Vec::new();
    while let Some(idx) = at {
        run.push(idx);
        at = runs.get(idx).and_then(|(_, before)| *before);
    }
    run.reverse();
    let is_in_run = |idx: &usize| run.binary_search(idx).is_ok();
    heads.into_iter().enumerate().filter(|(idx, _)| is_in_run(idx)).map(|(_, head)| head).collect()
}

fn weight(runs: &[(usize, Option<usize>)], at: usize) -> usize {
    runs.get(at).map_or(0, |(weight, _)| *weight)
}

/// The numbers that may stand before `number`, each also with parts behind it: 1.2 before 1.3, 1.2.1 and 2.
fn predecessors(number: &[u16]) -> Vec<Vec<u16>> {
    let mut found = Vec::new();
    for (idx, part) in number.iter().enumerate().rev() {
        let (above, below) = number.split_at(idx);
        let starts = below.iter().skip(1).all(|part| *part <= 1);
        if !starts {
            break;
        }
        for step in 1..=(*part).min(MAX_STEP) {
            found.push([above, &[part - step]].concat());
        }
        if *part <= 1 && !above.is_empty() {
            found.push(above.to_vec());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_at_the_start_of_a_line_is_read() {
        for (line, want) in [
            ("3. What?", Some((vec![3], "What?"))),
            ("3) What?", Some((vec![3], "What?"))),
            ("1.2 What?", Some((vec![1, 2], "What?"))),
            ("1.2.\tWhat?", Some((vec![1, 2], "What?"))),
            ("1 hour is enough?", None),
            ("3.", None),
            ("2.5GB", None),
            ("1..2 What?", None),
            ("99999. What?", None),
            ("Kapitel 2. Holen", Some((vec![2], "Holen"))),
            ("第2章 安装", Some((vec![2], "安装"))),
            ("Version 2 is out", None),
            ("What?", None),
        ] {
            assert_eq!(number_of(line), want, "{line}");
        }
    }

    #[test]
    fn run_leaves_out_lists_in_answers() {
        let heads = |numbers: &[&str]| -> Vec<Numbered> {
            let head = |(idx, number): (usize, &&str)| Numbered {
                number: number
                    .trim_end_matches('?')
                    .split('.')
                    .map(|part| part.parse().unwrap())
                    .collect(),
                lines: idx..idx + 1,
                text_start: 0,
                is_question: number.ends_with('?'),
            };
            numbers.iter().enumerate().map(head).collect()
        };
        for (numbers, want) in [
            (&["1?", "2?", "1", "2", "3", "3?", "4?"][..], &[0, 1, 5, 6][..]),
            (&["1?", "2?", "1?", "2?"], &[2, 3]),
            (&["1", "1.1", "1.2", "2", "2.1"], &[0, 1, 2, 3, 4]),
            (&["1.1", "1.2", "2.1", "4.1"], &[0, 1, 2, 3]),
            (&["1", "2", "5", "10"], &[0, 1, 2, 3]),
            (&["7"], &[0]),
            (&[], &[]),
        ] {
            let run: Vec<usize> =
                longest_run(heads(numbers)).iter().map(|head| head.lines.start).collect();
            assert_eq!(run, want, "{numbers:?}");
        }
    }
}

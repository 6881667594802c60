//! Splits a text into words of its language, and reduces them to stems.

use std::ops::Range;
use std::sync::LazyLock;

use frostem::Stemmer;
use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::chat_noise::noise_spans;
use super::identifier::{identifiers, is_identifier};
use super::language::{Language, LanguageData};
use super::normalize::{is_apostrophe, is_invisible};

/// Most characters of a word that are kept; nothing longer is a word of a language.
pub const MAX_WORD_CHARS: usize = 48;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The word in lower case, with accents; for a contraction, the part that this token
    /// represents; for an identifier, its canonical spelling.
    pub word: String,
    /// UTF-8 byte offsets into the text; all tokens of a contraction share the span.
    pub span: Range<usize>,
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A chat message: mentions, links, code blocks and emoji codes are ignored.
    Message,
    /// A pack: all words count.
    Pack,
}

/// Tokenizer and stemmer of a language.
pub struct Analyzer {
    data: &'static LanguageData,
    stemmer: Option<Stemmer>,
    is_english: bool,
}

impl Analyzer {
    /// The analyzer of `language`.
    pub fn new(language: &Language) -> Self {
        let data = language.data();
        Self { data, stemmer: data.stemmer.map(Stemmer::new), is_english: language.code() == "en" }
    }

    /// The data of the language.
    pub fn data(&self) -> &'static LanguageData {
        self.data
    }

    /// The first `max_tokens` words of `text`.
    ///
    /// Word boundaries are those of Unicode Standard Annex #29; scripts without spaces are
    /// segmented by dictionary. Contractions are expanded, and elided articles are words of their
    /// own. In English, "U.S.", and an upper-case "US" in a text with lower-case letters, become
    /// "usa", to distinguish the country from the pronoun.
    pub fn tokenize(&self, text: &str, origin: Origin, max_tokens: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.for_each_word(text, origin, max_tokens, |word, span| {
            tokens.push(Token { word: word.to_owned(), span });
        });
        tokens
    }

    /// Visits the words that [`Self::tokenize`] returns, with their spans, without allocating
    /// tokens.
    pub fn for_each_word(
        &self,
        text: &str,
        origin: Origin,
        max_tokens: usize,
        mut visit: impl FnMut(&str, Range<usize>),
    ) {
        let noise = if origin == Origin::Message { noise_spans(text) } else { Vec::new() };
        let mut identifiers = identifiers(text).into_iter().peekable();
        let is_all_caps = !text.chars().any(char::is_lowercase);
        let mut n_left = max_tokens;
        let mut buffer = String::new();
        let mut visit = |word: &str, span: Range<usize>| {
            if n_left > 0 {
                n_left -= 1;
                visit(word, span);
            }
            n_left > 0
        };
        let mut end = 0;
        for_each_segment(text, |start, raw| {
            while let Some(found) = identifiers.next_if(|it| it.span.start <= start) {
                if found.span.start >= end && !is_inside(&noise, found.span.start) {
                    end = found.span.end;
                    if !visit(&found.canonical, found.span) {
                        return false;
                    }
                }
            }
            if start < end || is_inside(&noise, start) {
                return true;
            }
            let span = start..start + raw.len();
            let mut wants_more = true;
            self.for_each_part(raw, is_all_caps, &mut buffer, |word| {
                wants_more = visit(word, span.clone());
            });
            wants_more
        });
        for found in identifiers {
            if found.span.start >= end
                && !is_inside(&noise, found.span.start)
                && !visit(&found.canonical, found.span)
            {
                break;
            }
        }
    }

    /// The folded stem of a word (spelled as in tokens), which the forms of a word share.
    /// Identifiers, and words of languages without a stemmer, are only folded.
    pub fn stem(&self, word: &str) -> String {
        match &self.stemmer {
            Some(stemmer) if !is_identifier(word) => {
                self.data.folding.fold(&stemmer.stem(word)).into_owned()
            }
            _ => self.data.folding.fold(word).into_owned(),
        }
    }

    /// Whether `word` is a stop word.
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.data.is_stop_word(&self.data.folding.fold(word))
    }

    /// Visits the words of one raw word: none, one, or several, such as the parts of a contraction.
    fn for_each_part(
        &self,
        raw: &str,
        is_all_caps: bool,
        buffer: &mut String,
        mut visit: impl FnMut(&str),
    ) {
        if self.is_english && raw == "US" && !is_all_caps {
            return visit("usa");
        }
        let end = raw.char_indices().nth(MAX_WORD_CHARS).map_or(raw.len(), |(end, _)| end);
        buffer.clear();
        push_lower(raw.get(..end).unwrap_or(raw), buffer);
        let word = buffer.trim_matches(|c: char| c == '\'' || c == '.' || c == '_');
        if word.is_empty() {
            return;
        }
        let folded = self.data.folding.fold(word);
        if let Some(parts) = self.data.contractions.get(&*folded) {
            return parts.split(' ').for_each(visit);
        }
        if let Some(number) = self.data.numerals.get(&*folded) {
            return visit(number);
        }
        if let Some((letters, figures)) = letters_and_figures(word) {
            visit(letters);
            return visit(figures);
        }
        if let Some(acronym) = acronym(word, self.is_english) {
            return visit(&acronym);
        }
        match word.split_once('\'') {
            None => visit(word),
            Some((elided, rest)) if self.data.elisions.contains(elided) && !rest.is_empty() => {
                visit(elided);
                visit(&rest.replace('\'', ""));
            }
            Some(_) if self.is_english => for_each_part_of_contraction(word, visit),
            Some(_) => visit(&word.replace('\'', "")),
        }
    }
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer").field("has_stemmer", &self.stemmer.is_some()).finish()
    }
}

/// Visits the raw words of `text`, with their start in bytes, until `visit` returns `false`.
fn for_each_segment(text: &str, mut visit: impl FnMut(usize, &str) -> bool) {
    if !text.chars().any(is_written_without_spaces) {
        for (start, raw) in text.unicode_word_indices() {
            if !visit(start, raw) {
                return;
            }
        }
        return;
    }
    static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
        LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));
    let mut start = 0;
    for end in SEGMENTER.segment_str(text) {
        let segment = text.get(start..end).unwrap_or_default();
        if segment.contains(char::is_alphanumeric) && !visit(start, segment) {
            return;
        }
        start = end;
    }
}

/// Whether the script of `c` is written without spaces between words.
pub(crate) fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn is_inside(spans: &[Range<usize>], at: usize) -> bool {
    let next = spans.partition_point(|span| span.start <= at);
    next.checked_sub(1).and_then(|idx| spans.get(idx)).is_some_and(|span| at < span.end)
}

/// Appends `raw` in lower case, composed (NFKC), with straight apostrophes and without invisible
/// characters.
fn push_lower(raw: &str, into: &mut String) {
    if raw.is_ascii() {
        into.extend(raw.chars().map(|c| if c == '`' { '\'' } else { c.to_ascii_lowercase() }));
        return;
    }
    let mut push = |c: char| {
        if is_apostrophe(c) {
            into.push('\'');
        } else if !is_invisible(c) {
            into.extend(c.to_lowercase().filter(|c| *c != '\u{0307}'));
        }
    };
    match is_nfkc_quick(raw.chars()) {
        IsNormalized::Yes => raw.chars().for_each(&mut push),
        _ => raw.nfkc().for_each(&mut push),
    }
}

/// Splits letters and digits: "iphone15" is "iphone" and "15", since people write it with or
/// without a space. Short codes ("e404", "b12", "mp3") are not split.
fn letters_and_figures(word: &str) -> Option<(&str, &str)> {
    const MIN_LETTERS: usize = 4;
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (letters, figures) = word.split_at(at);
    (letters.chars().count() >= MIN_LETTERS
        && letters.chars().all(char::is_alphabetic)
        && figures.bytes().all(|byte| byte.is_ascii_digit()))
    .then_some((letters, figures))
}

/// "u.s" becomes "usa" in English, "u.n" becomes "un". The word boundary excludes the last full
/// stop.
fn acronym(word: &str, is_english: bool) -> Option<String> {
    let is_acronym = word.contains('.')
        && word.split('.').all(|part| part.chars().count() == 1)
        && word.chars().all(|c| c == '.' || c.is_alphabetic());
    is_acronym.then(|| match word.replace('.', "") {
        country if country == "us" && is_english => "usa".to_owned(),
        other => other,
    })
}

/// Visits the parts of an English contraction that is not in the list of the language: "china's",
/// "the troops've".
fn for_each_part_of_contraction(word: &str, mut visit: impl FnMut(&str)) {
    let Some((base, ending)) = word.rsplit_once('\'') else { return visit(word) };
    let second = match ending {
        "t" => "not",
        "re" => "are",
        "ve" => "have",
        "ll" => "will",
        "m" => "am",
        "d" => "would",
        // After nouns it is a possessive and is removed; pronouns are in the list of contractions.
        "s" => return visit(base),
        _ => return visit(&word.replace('\'', "")),
    };
    visit(if second == "not" { base.strip_suffix('n').unwrap_or(base) } else { base });
    visit(second);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str, text: &str) -> String {
        let tokens =
            Analyzer::new(&Language::new(code)).tokenize(text, Origin::Message, usize::MAX);
        tokens.into_iter().map(|t| t.word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn messages_are_split_into_words_of_their_language() {
        let cases = [
            ("en", "", ""),
            ("en", "Why didn’t China help?", "why did not china help"),
            ("en", "whats china's view", "what is china view"),
            ("en", "the U.S. and the UN", "the usa and the un"),
            ("en", "US allies told us", "usa allies told us"),
            ("en", "TELL US", "tell us"),
            ("en", "non-interference", "non interference"),
            ("en", "<@1> can't 🙂 https://a.b", "can not 🙂"),
            ("en", "What does `await` do?", "what does await do"),
            ("en", "twelve iphone15 at 8 pm", "12 iphone 15 at 20:00"),
            ("en", "\u{202E}\u{200B}", ""),
            ("fr", "L’ouverture d'aujourd'hui", "l ouverture d aujourdhui"),
            ("de", "Schöne Grüße", "schöne grüße"),
            ("tr", "İstanbul", "istanbul"),
        ];
        for (code, text, want) in cases {
            assert_eq!(words(code, text), want, "{code} {text:?}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_segmented_by_dictionary() {
        let n_words = |code, text| words(code, text).split(' ').count();
        assert!(n_words("ja", "図書館は何時に開きますか") >= 5);
        assert!(n_words("zh", "图书馆几点开门") >= 3);
        assert!(n_words("th", "ห้องสมุดเปิดกี่โมง") >= 3);
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let cases = [
            ("en", "deploying", "deploys"),
            ("es", "teléfonos", "telefono"),
            ("es", "reservación", "reservaciones"),
            ("fr", "réservées", "reserve"),
            ("de", "Häuser", "Häusern"),
            ("ru", "книги", "книга"),
        ];
        for (code, a, b) in cases {
            let analyzer = Analyzer::new(&Language::new(code));
            assert_eq!(
                analyzer.stem(&a.to_lowercase()),
                analyzer.stem(&b.to_lowercase()),
                "{a} {b}"
            );
        }
    }

    #[test]
    fn token_count_and_word_length_are_limited() {
        let analyzer = Analyzer::new(&Language::english());
        assert_eq!(analyzer.tokenize("don't don't", Origin::Pack, 3).len(), 3);
        let long = "x".repeat(10_000);
        assert_eq!(analyzer.tokenize(&long, Origin::Pack, 9)[0].word.len(), MAX_WORD_CHARS);
    }
}

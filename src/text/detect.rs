//! Detection of the language that texts are written in.

use whatlang::{Detector, Lang, Script, detect_script};

use super::language::Language;

/// Fewest letters for a detection; a shorter text is a few words, which many languages share.
const MIN_LETTERS: usize = 60;

/// Number of characters from which no further text is examined.
const MAX_CHARS: usize = 4_000;

/// Most characters of a text whose words are examined, too.
const MAX_CHARS_SHORT: usize = 500;

/// The language of `texts` together, if they are long enough and clearly in one of the languages
/// that have data.
pub fn detect<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Language> {
    let mut sample = String::new();
    let mut n_chars = 0;
    for text in texts {
        let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or(text);
        sample.push_str(text);
        sample.push('\n');
        n_chars += text.chars().count();
        if n_chars >= MAX_CHARS {
            break;
        }
    }
    let n_letters = sample.chars().filter(|c| c.is_alphabetic()).take(MIN_LETTERS).count();
    // A Chinese, Japanese or Korean character carries more information than a letter.
    let is_enough = n_letters == MIN_LETTERS
        || sample.chars().filter(|c| is_syllable_or_ideograph(*c)).count() * 6 >= MIN_LETTERS;
    let detector = Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect());
    let found = detector.detect(&sample).filter(|found| is_enough && found.is_reliable())?;
    let found = LANGUAGES.iter().find(|(lang, _)| *lang == found.lang());
    let found = found.map(|(_, code)| Language::new(code))?;
    if n_chars > MAX_CHARS_SHORT { Some(found) } else { Some(by_stop_words(&sample, found)) }
}

/// `found`, which the letters of a short text look like, unless another language has clearly more of its words: a few questions
/// and names have the letter sequences of any language.
fn by_stop_words(text: &str, found: Language) -> Language {
    let others = LANGUAGES.iter().map(|(_, code)| Language::new(code));
    let counted = others.map(|language| (n_stop_words(text, &language), language));
    let Some((n_most, most)) = counted.max_by_key(|(count, _)| *count) else { return found };
    if n_most >= n_stop_words(text, &found) + MIN_STOP_WORDS_MORE { most } else { found }
}

fn n_stop_words(text: &str, language: &Language) -> usize {
    let data = language.data();
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| data.is_stop_word(&data.folding.fold(word))).count()
}

/// Fewest letters of a text whose language is told from it alone.
const MIN_LETTERS_ALONE: usize = 12;

/// Fewest letters of a text for whose language the detection needs no other evidence, and the least
/// confidence, 0.0 to 1.0.
const MIN_LETTERS_CLEAR: usize = 20;
const MIN_CONFIDENCE_CLEAR: f64 = 0.8;

/// How many more stop words of one language than of another make a short text one of the first, if the letters alone
/// are not clear.
const MIN_STOP_WORDS_MORE: usize = 2;

/// Whether a short text is clearly in another language than `language`: by its script, or by its words. A text
/// of a few words is in none, and names are written in Latin letters everywhere.
pub fn is_in_another_language(text: &str, language: &Language) -> bool {
    let Some((own, _)) = LANGUAGES.iter().find(|(_, code)| *code == language.code()) else {
        // Nothing is known about it.
        return false;
    };
    let script = detect_script(text);
    if script.is_some_and(|it| it != Script::Latin && !own_scripts(*own).contains(&it)) {
        return true;
    }
    let n_letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let detector = Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect());
    let found = detector.detect(text).filter(|_| n_letters >= MIN_LETTERS_ALONE);
    let Some(found) = found.filter(|found| found.lang() != *own) else { return false };
    let other = LANGUAGES.iter().find(|(lang, _)| *lang == found.lang());
    let Some(other) = other.map(|(_, code)| Language::new(code)) else { return false };
    let is_clear = n_letters >= MIN_LETTERS_CLEAR && found.confidence() >= MIN_CONFIDENCE_CLEAR;
    is_clear || n_stop_words(text, &other) >= n_stop_words(text, language) + MIN_STOP_WORDS_MORE
}

/// The scripts of a language, besides Latin.
fn own_scripts(lang: Lang) -> &'static [Script] {
    match lang {
        Lang::Ara => &[Script::Arabic],
        Lang::Cmn => &[Script::Mandarin],
        Lang::Ell => &[Script::Greek],
        Lang::Heb => &[Script::Hebrew],
        Lang::Hin => &[Script::Devanagari],
        Lang::Jpn => &[Script::Hiragana, Script::Katakana, Script::Mandarin],
        Lang::Kor => &[Script::Hangul],
        Lang::Rus | Lang::Ukr => &[Script::Cyrillic],
        _ => &[],
    }
}

/// The English name of a language that has data.
pub fn name_of(language: &Language) -> Option<&'static str> {
    let known = LANGUAGES.iter().find(|(_, code)| *code == language.code());
    known.map(|(lang, _)| lang.eng_name())
}

fn is_syllable_or_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// The languages that have data, with their ISO 639-1 codes.
const LANGUAGES: [(Lang, &str); 25] = [
    (Lang::Ara, "ar"),
    (Lang::Ces, "cs"),
    (Lang::Cmn, "zh"),
    (Lang::Dan, "da"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Fin, "fi"),
    (Lang::Fra, "fr"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Hun, "hu"),
    (Lang::Ita, "it"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Nld, "nl"),
    (Lang::Nob, "nb"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Spa, "es"),
    (Lang::Swe, "sv"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_in_another_language_only_if_that_is_clear() {
        for (text, code, want) in [
            ("À partir de quelle heure peut-on entrer ?", "en", true),
            ("From what time can one get in?", "en", false),
            ("From what time can one get into the garden?", "de", true),
            ("Ab wann kann man in den Garten gehen?", "de", false),
            ("Когда открывается сад для посетителей?", "en", true),
            ("garden wifi", "de", false),
            ("wann", "en", false),
            ("Wann öffnet der Garten?", "en", true),
            ("Quand ouvre le jardin ?", "en", true),
            ("когда", "en", true),
            ("庭はいつ開きますか", "en", true),
            ("庭はいつ開きますか", "ja", false),
            ("Wi-Fi", "ja", false),
            ("wann macht ihr auf", "de", false),
            ("hours today", "en", false),
            ("From what time can one get into the garden?", "xx", false),
        ] {
            assert_eq!(is_in_another_language(text, &Language::new(code)), want, "{text} {code}");
        }
        assert_eq!(name_of(&Language::new("de")), Some("German"));
        assert_eq!(name_of(&Language::new("xx")), None);
    }

    #[test]
    fn words_of_a_short_text_count_more_than_its_letters() {
        let texts = [
            "Is there a pool?",
            "What does it cost?",
            "Contact",
            "License",
            "Yes.",
            "Four euros.",
            "Write us.",
            "MIT",
        ];
        assert_eq!(detect(texts.into_iter()), Some(Language::english()));
    }

    #[test]
    fn clear_languages_are_detected_and_short_texts_are_not() {
        let cases: [(&[&str], Option<&str>); 6] = [
            (
                &[
                    "Wann öffnet das Schwimmbad?",
                    "Wo kann ich mein Fahrrad abstellen?",
                    "Was kostet der Eintritt?",
                ],
                Some("de"),
            ),
            (
                &[
                    "Comment puis-je annuler ma réservation ?",
                    "Où se trouve le vestiaire du musée ?",
                ],
                Some("fr"),
            ),
            (&["図書館は何時に開きますか", "本は何冊まで借りられますか"], Some("ja")),
            (
                &[
                    "Во сколько открывается бассейн?",
                    "Сколько стоит входной билет для детей?",
                    "Что делать, если я потерял ключ от шкафчика?",
                ],
                Some("ru"),
            ),
            (&["Opening hours"], None),
            (&[], None),
        ];
        for (texts, want) in cases {
            let found = detect(texts.iter().copied());
            assert_eq!(found.as_ref().map(Language::code), want, "{texts:?}");
        }
    }
}

//! The usual names of fields (keys, columns, labels) in exports of FAQs, in the languages that have data.

/// What a field of a record means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The question.
    Question,
    /// The answer.
    Answer,
    /// Other phrasings of the question.
    Variants,
    /// Single words that lead to the question. They are phrasings where no other question has them.
    Keywords,
    /// Topics.
    Tags,
    /// The id of the entry.
    Id,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 5] = [Self::Question, Self::Answer, Self::Variants, Self::Tags, Self::Id];

    /// Its usual names, in lower case; those that say most come first, since a record may have several
    /// ("question" and "title").
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Question => QUESTION,
            Self::Answer => ANSWER,
            Self::Variants => VARIANTS,
            Self::Keywords => KEYWORDS,
            Self::Tags => TAGS,
            Self::Id => ID,
        }
    }
}

const QUESTION: &[&str] = &[
    "question",
    "questions",
    "q",
    "frage",
    "fragen",
    "pregunta",
    "domanda",
    "pergunta",
    "questão",
    "vraag",
    "fråga",
    "spørgsmål",
    "spørsmål",
    "kysymys",
    "pytanie",
    "otázka",
    "otázky",
    "вопрос",
    "питання",
    "запитання",
    "soru",
    "ερώτηση",
    "kérdés",
    "întrebare",
    "intrebare",
    "سؤال",
    "السؤال",
    "שאלה",
    "प्रश्न",
    "सवाल",
    "问题",
    "問題",
    "问",
    "問",
    "質問",
    "質問文",
    "질문",
    "문의",
    "prompt",
    "query",
    "trigger",
    "patterns",
    "pattern",
    "utterances",
    "training_phrases",
    "title",
    "titel",
    "titre",
    "título",
    "titulo",
    "titolo",
    "rubrik",
    "otsikko",
    "tytuł",
    "název",
    "заголовок",
    "başlık",
    "τίτλος",
    "cím",
    "titlu",
    "العنوان",
    "כותרת",
    "शीर्षक",
    "标题",
    "標題",
    "タイトル",
    "제목",
    "name",
    "heading",
    "summary",
    "subject",
    "command",
];

const ANSWER: &[&str] = &[
    "answer",
    "answers",
    "a",
    "antwort",
    "antworten",
    "réponse",
    "reponse",
    "respuesta",
    "risposta",
    "resposta",
    "antwoord",
    "svar",
    "vastaus",
    "odpowiedź",
    "odpověď",
    "ответ",
    "відповідь",
    "cevap",
    "yanıt",
    "απάντηση",
    "válasz",
    "răspuns",
    "raspuns",
    "جواب",
    "الجواب",
    "إجابة",
    "الإجابة",
    "תשובה",
    "उत्तर",
    "जवाब",
    "答案",
    "回答",
    "答",
    "答え",
    "答复",
    "답변",
    "대답",
    "답",
    "acceptedanswer",
    "response",
    "responses",
    "reply",
    "solution",
    "content",
    "text",
    "body",
    "description",
    "message",
    "inhalt",
    "contenu",
    "contenido",
    "contenuto",
    "conteúdo",
    "inhoud",
    "treść",
    "текст",
    "内容",
    "본문",
    "html",
    "markdown",
    "value",
    "details",
    "embed",
    "embeds",
];

const VARIANTS: &[&str] = &[
    "variants",
    "variant",
    "variations",
    "phrasings",
    "aliases",
    "alias",
    "alternatives",
    "alternative questions",
    "alternate questions",
    "similar questions",
    "other questions",
    "questions",
    "utterances",
    "synonyms",
    "triggers",
    "patterns",
    "examples",
    "varianten",
    "formulierungen",
    "variantes",
    "alternativas",
];

const KEYWORDS: &[&str] = &[
    "keywords",
    "keyword",
    "stichwörter",
    "schlagworte",
    "palabras clave",
    "mots clés",
    "mots-clés",
    "parole chiave",
    "palavras-chave",
    "trefwoorden",
    "ключевые слова",
    "ключові слова",
    "关键词",
    "關鍵詞",
    "キーワード",
    "키워드",
];

const TAGS: &[&str] = &[
    "tags",
    "tag",
    "category",
    "categories",
    "section",
    "topic",
    "topics",
    "group",
    "labels",
    "label",
    "kategorie",
    "kategorien",
    "thema",
    "bereich",
    "rubrik",
    "catégorie",
    "categorie",
    "thème",
    "rubrique",
    "categoría",
    "categoria",
    "tema",
    "categorieën",
    "kategori",
    "luokka",
    "kategoria",
    "категория",
    "раздел",
    "категорія",
    "розділ",
    "konu",
    "κατηγορία",
    "kategória",
    "فئة",
    "التصنيف",
    "קטגוריה",
    "श्रेणी",
    "分类",
    "分類",
    "类别",
    "類別",
    "カテゴリ",
    "カテゴリー",
    "카테고리",
    "분류",
];

const ID: &[&str] = &["id", "slug", "key", "uuid", "identifier", "nr", "no", "№"];

/// Words that may stand beside the name of an id: "faq_id", "questionId".
const OF_ENTRY: [&str; 10] =
    ["faq", "question", "entry", "item", "article", "record", "row", "qna", "doc", "unique"];

/// How well `name` says that a field is `field`: 0 is best, `None` that it does not.
///
/// Case, punctuation and a remark in parentheses count for nothing: "Question (EN)", "faq_question" and
/// "Questions:" are questions. A name of several words counts as its strongest word, but for less than
/// the word alone.
pub(super) fn rank(field: Field, name: &str) -> Option<usize> {
    let words = words_of(name);
    let whole = words.join(" ");
    let position = |text: &str| field.names().iter().position(|known| *known == text);
    if let Some(rank) = position(&whole) {
        return Some(rank);
    }
    // An id of something else, such as "owner_id", is not that of the entry.
    if field == Field::Id
        && words.iter().any(|word| position(word).is_none() && !OF_ENTRY.contains(&&**word))
    {
        return None;
    }
    let words = words.iter().filter(|word| word.chars().count() > 1);
    let best = words.filter_map(|word| position(word)).min()?;
    Some(best + field.names().len())
}

/// The index of the name in `names` that says best that its field is `field`.
pub(super) fn find<'a>(field: Field, names: impl Iterator<Item = &'a str>) -> Option<usize> {
    let ranked = names.enumerate().filter_map(|(idx, name)| Some((rank(field, name)?, idx)));
    ranked.min().map(|(_, idx)| idx)
}

/// Whether `text` is a usual name of the field, without other words.
pub(super) fn is_usual(field: Field, text: &str) -> bool {
    rank(field, text).is_some_and(|rank| rank < field.names().len())
}

/// Whether `text` is a usual name of questions that titles of groups do not have.
pub(super) fn is_of_questions(text: &str) -> bool {
    let n_certain = QUESTION.iter().position(|name| *name == "title");
    rank(Field::Question, text).is_some_and(|rank| n_certain.is_some_and(|n| rank < n))
}

/// Whether a name of a column says that it holds questions or answers, and not texts of any kind.
pub(super) fn names_pair(name: &str) -> bool {
    let words = words_of(name);
    let is_certain = |word: &str| {
        word.chars().count() > 1
            && (is_label(Field::Question, word) || is_label(Field::Answer, word))
    };
    is_certain(&words.join(" ")) || words.iter().any(|word| is_certain(word))
}

/// Whether `text` is exactly a usual name of the field, as the label of a question in running text is.
pub(super) fn is_label(field: Field, text: &str) -> bool {
    let whole = words_of(text).join(" ");
    let n_certain = match field {
        Field::Question => QUESTION.iter().position(|name| *name == "prompt"),
        Field::Answer => ANSWER.iter().position(|name| *name == "acceptedanswer"),
        _ => None,
    };
    let names = field.names();
    names.iter().take(n_certain.unwrap_or(names.len())).any(|name| *name == whole)
        || LETTERS.iter().any(|(known, letters)| *known == field && letters.contains(&&*whole))
}

/// Single letters that label questions and answers: "F: ... A: ..." in German, "P: ... R: ..." in Spanish.
const LETTERS: [(Field, &[&str]); 2] = [
    (Field::Question, &["q", "f", "p", "d", "v", "в", "с", "ε", "ש", "س"]),
    (Field::Answer, &["a", "r", "s", "o", "о", "α", "ת", "ج"]),
];

/// The words of a name in lower case, without punctuation and what stands in parentheses.
fn words_of(name: &str) -> Vec<String> {
    let without_remark = name.split(['(', '（']).next().unwrap_or_default();
    // A name that is nothing but a remark is kept.
    let name = if without_remark.trim().is_empty() { name } else { without_remark };
    let name = split_camel_case(name);
    name.split(|c: char| !c.is_alphanumeric() && c != '-' && !is_mark(c))
        .map(|word| word.trim_matches('-').to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether `c` is a vowel sign or another mark of a letter, as in Hindi; it is no punctuation.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// `faqQuestion` as `faq Question`; `acceptedAnswer`, a term of schema.org, stays.
fn split_camel_case(name: &str) -> String {
    if name.eq_ignore_ascii_case("acceptedanswer") {
        return name.to_owned();
    }
    let mut split = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for c in name.chars() {
        if was_lower && c.is_uppercase() {
            split.push(' ');
        }
        was_lower = c.is_lowercase();
        split.push(c);
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_is_found_by_its_usual_names() {
        let cases: [(Field, &[&str], Option<usize>); 15] = [
            (Field::Question, &["Title", "QUESTION"], Some(1)),
            (Field::Question, &["title", "content"], Some(0)),
            (Field::Question, &["Question (EN)", "Answer (EN)"], Some(0)),
            (Field::Question, &["nr", "faq_question"], Some(1)),
            (Field::Question, &["faqQuestion"], Some(0)),
            (Field::Answer, &["question", "Antwort:"], Some(1)),
            (Field::Answer, &["text", "réponse"], Some(1)),
            (Field::Answer, &["acceptedAnswer"], Some(0)),
            (Field::Question, &["प्रश्न"], Some(0)),
            (Field::Keywords, &["id", "mots-clés"], Some(1)),
            (Field::Tags, &["Category"], Some(0)),
            (Field::Id, &["paid"], None),
            (Field::Id, &["owner_id", "guildId", "User ID"], None),
            (Field::Id, &["owner_id", "faq_id"], Some(1)),
            (Field::Id, &["questionId"], Some(0)),
        ];
        for (field, names, want) in cases {
            assert_eq!(find(field, names.iter().copied()), want, "{field:?} in {names:?}");
        }
    }

    #[test]
    fn labels_are_certain_names_only() {
        for label in ["Q", "Question", "Frage", "F", "質問", "вопрос"] {
            assert!(is_label(Field::Question, label), "{label}");
        }
        for label in ["Note", "title", "summary", "", "To do"] {
            assert!(!is_label(Field::Question, label), "{label}");
        }
        assert!(is_label(Field::Answer, "A") && is_label(Field::Answer, "Antwort"));
        assert!(!is_label(Field::Answer, "text"));
    }
}

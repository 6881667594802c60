//! The index of a pack's phrasings in one language. A pack has one for each of its languages, since
//! each divides and compares words by rules of its own.

use std::sync::Arc;

use super::PackIndex;
use super::decision::Outcome;
use super::excluded::Excluded;
use crate::knowledge::{Entry, Pack};
use crate::text::Language;

/// The index of the phrasings in one language, and what its entries are in the whole index.
#[derive(Debug)]
pub(crate) struct LanguagePart {
    pub(crate) index: Arc<PackIndex>,
    /// By the entry's number in `index`, ascending.
    entries: Arc<[PartOfEntry]>,
    /// The index of the first entry of the pack.
    start: usize,
}

/// What an entry of a [`LanguagePart`] is in the whole index.
#[derive(Debug, Clone, Copy)]
struct PartOfEntry {
    /// The index of the entry in its pack.
    idx: usize,
    /// How many phrasings of other languages precede those of this one.
    n_before: usize,
}

impl LanguagePart {
    /// The parts of `pack`, the index of whose first entry is `start`.
    pub(super) fn all_of(pack: &Arc<Pack>, start: usize) -> Vec<Self> {
        let languages = pack.languages();
        if languages == [&pack.language] {
            let index = Arc::new(PackIndex::new(Arc::clone(pack)));
            let entries = (0..pack.entries.len()).map(|idx| PartOfEntry { idx, n_before: 0 });
            return vec![Self { entries: entries.collect(), index, start }];
        }
        languages.into_iter().map(|language| Self::of_language(pack, language, start)).collect()
    }

    fn of_language(pack: &Pack, language: &Language, start: usize) -> Self {
        let (mut part, mut entries) = (Vec::new(), Vec::new());
        for (idx, entry) in pack.entries.iter().enumerate() {
            let mut languages = entry.languages(&pack.language);
            let Some((_, numbers)) = languages.find(|(found, _)| *found == language) else {
                continue;
            };
            let n_before = numbers.start;
            let mut phrasings =
                entry.phrasings().skip(n_before).take(numbers.len()).map(str::to_owned);
            let Some(question) = phrasings.next() else { continue };
            part.push(Entry {
                question,
                variants: phrasings.collect(),
                language: None,
                translations: Vec::new(),
                ..Entry::clone(entry)
            });
            entries.push(PartOfEntry { idx, n_before });
        }
        let pack = Pack {
            name: pack.name.clone(),
            title: pack.title.clone(),
            description: None,
            language: language.clone(),
            sources: pack.sources.clone(),
            entries: part,
            lexicon: pack.lexicon.clone(),
        };
        Self { index: Arc::new(PackIndex::new(Arc::new(pack))), entries: entries.into(), start }
    }

    /// The same part, where the first entry of its pack has the index `start`.
    pub(super) fn starting_at(&self, start: usize) -> Self {
        Self { index: Arc::clone(&self.index), entries: Arc::clone(&self.entries), start }
    }

    /// The number that the entry at `idx` has here.
    pub(crate) fn number_of(&self, idx: usize) -> Option<usize> {
        let idx = idx.checked_sub(self.start)?;
        self.entries.binary_search_by_key(&idx, |entry| entry.idx).ok()
    }

    /// The index of the entry with this number.
    pub(crate) fn idx_of(&self, number: usize) -> usize {
        self.entries.get(number).map_or(0, |entry| self.start + entry.idx)
    }

    /// The number that a phrasing of an entry has here; both are given by their numbers, the phrasing's in all languages.
    pub(super) fn phrasing_here(&self, number: usize, phrasing: usize) -> Option<usize> {
        phrasing.checked_sub(self.entries.get(number)?.n_before)
    }

    /// What of `excluded` is in this part, in its numbers.
    pub(super) fn exclude(&self, excluded: Excluded) -> Excluded {
        let mut inside = Excluded {
            entry: excluded.entry.and_then(|idx| self.number_of(idx)),
            keeps_classifier: excluded.keeps_classifier,
            ..Excluded::default()
        };
        let Some((idx, phrasing)) = excluded.phrasing else { return inside };
        let Some(number) = self.number_of(idx) else { return inside };
        let n_before = self.entries.get(number).map_or(0, |entry| entry.n_before);
        let n_phrasings = self.index.entry(number).map_or(0, Entry::n_phrasings);
        let here = |phrasing: usize| phrasing.checked_sub(n_before).filter(|it| *it < n_phrasings);
        let mut here =
            [Some(phrasing), excluded.another_phrasing].into_iter().flatten().filter_map(here);
        inside.phrasing = here.next().map(|phrasing| (number, phrasing));
        inside.another_phrasing = here.next();
        if inside.n_phrasings_of(number) == n_phrasings {
            // Nothing is left of the entry in this language.
            inside.entry = Some(number);
        }
        inside
    }

    /// `outcome` with the indices of the whole index.
    pub(super) fn outside(&self, mut outcome: Outcome) -> Outcome {
        let lists = [&mut outcome.ranked, &mut outcome.nearest, &mut outcome.suggestions];
        for number in lists.into_iter().flatten().chain(&mut outcome.gap) {
            *number = self.idx_of(*number);
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::knowledge::fixtures::pack_of;
    use crate::matching::Index;
    use crate::matching::decision::{Decision, DecisionRule};
    use crate::matching::excluded::Excluded;

    /// The id and the phrasings of an entry.
    type Phrasings = (&'static str, [&'static str; 2]);

    const GERMAN: [Phrasings; 3] = [
        ("hours", ["Wann öffnet die Bücherei?", "Öffnungszeiten am Sonntag"]),
        ("card", ["Was kostet ein Leseausweis?", "Gebühr für den Ausweis"]),
        ("dogs", ["Dürfen Hunde in die Bücherei?", "Kann ich meinen Hund mitbringen?"]),
    ];

    const ENGLISH: [Phrasings; 3] = [
        ("hours", ["When does the library open?", "opening hours on Sundays"]),
        ("card", ["What does a library card cost?", "fee for a card"]),
        ("dogs", ["Are dogs allowed in the library?", "Can I bring my dog?"]),
    ];

    fn index(language: &str, entries: impl Iterator<Item = String>) -> Index {
        let quote = "[[entry.quote]]\ntext = \"See the board.\"\n";
        let faq: String = entries.map(|entry| format!("[[entry]]\n{entry}{quote}")).collect();
        let header = format!("title = \"Library\"\nlanguage = {language:?}\n");
        let source = "+++\ntitle = \"A\"\n+++\nSee the board.\n";
        let files = [("faq.toml", faq.as_str()), ("pack.toml", &header), ("sources/a.md", source)];
        Index::new(vec![pack_of("library", &files)])
    }

    /// A pack in one language.
    fn single(language: &str, entries: &[Phrasings]) -> Index {
        let entry = |(id, [question, variant]): &Phrasings| {
            format!("id = {id:?}\nquestion = {question:?}\nvariants = [{variant:?}]\n")
        };
        index(language, entries.iter().map(entry))
    }

    /// The English pack with the German phrasings as translations.
    fn translated() -> Index {
        let entry = |((id, [question, variant]), (_, german)): (&Phrasings, &Phrasings)| {
            format!(
                "id = {id:?}\nquestion = {question:?}\nvariants = [{variant:?}]\n\
                 translations = {{ de = {german:?} }}\n"
            )
        };
        index("en", ENGLISH.iter().zip(&GERMAN).map(entry))
    }

    fn first_id(index: &Index, text: &str) -> (Decision, Option<String>) {
        let outcome = index.ask(text, &DecisionRule::default());
        (outcome.decision, outcome.ranked.first().map(|idx| index.entry_id(*idx)))
    }

    #[test]
    fn translations_are_found_as_in_a_pack_of_their_language() {
        let (german, english, both) = (single("de", &GERMAN), single("en", &ENGLISH), translated());
        for text in [
            "Wann hat die Bücherei geöffnet?",
            "wieviel kostet der ausweis",
            "ist mein hund erlaubt",
            "Wann öffnet die Bücherei?",
        ] {
            assert_eq!(first_id(&both, text), first_id(&german, text), "{text}");
        }
        for text in ["when is the library open", "cost of the card", "Can I bring my dog?"] {
            assert_eq!(first_id(&both, text), first_id(&english, text), "{text}");
        }
        assert_eq!(both.n_entries(), 3);
        assert_eq!(both.n_phrasings(), 12);
    }

    #[test]
    fn parts_of_other_indexes_give_the_same_outcomes() {
        let [english, german, both] = [single("en", &ENGLISH), single("de", &GERMAN), translated()]
            .map(|it| it.packs().to_vec());
        let packs = [both, german, english].concat();
        let fresh = Index::new(packs.clone());
        let alone: Vec<Index> = packs.iter().map(|it| Index::new(vec![Arc::clone(it)])).collect();
        let shared = Index::with_parts_of(packs.clone(), alone.iter().skip(1));
        let again =
            Index::with_parts_of(packs.iter().rev().cloned().collect(), [&shared].into_iter());
        assert!(std::ptr::eq(
            shared.indexes().last().unwrap(),
            alone.last().unwrap().indexes().last().unwrap()
        ));
        assert!(std::ptr::eq(shared.indexes().next().unwrap(), again.indexes().nth(2).unwrap()));
        let rule = DecisionRule::default();
        for text in ENGLISH.iter().chain(&GERMAN).flat_map(|(_, phrasings)| phrasings) {
            let [want, got, reversed] =
                [&fresh, &shared, &again].map(|index| index.ask(text, &rule));
            assert_eq!(format!("{want:?}"), format!("{got:?}"), "{text}");
            assert_eq!(got.decision, reversed.decision, "{text}");
        }
    }

    #[test]
    fn entries_may_have_a_language_of_their_own() {
        let entry = |(id, [question, variant]): &Phrasings, language| {
            format!(
                "id = \"{id}-{language}\"\nquestion = {question:?}\nvariants = [{variant:?}]\n\
                 language = {language:?}\n"
            )
        };
        let entries = (ENGLISH.iter().map(|it| entry(it, "en")))
            .chain(GERMAN.iter().map(|it| entry(it, "de")));
        let index = index("en", entries);
        for (text, id) in [
            ("Wann öffnet die Bücherei?", "hours-de"),
            ("Darf mein Hund in die Bücherei?", "dogs-de"),
            ("When does the library open?", "hours-en"),
        ] {
            assert_eq!(first_id(&index, text).1.as_deref(), Some(id), "{text}");
        }
    }

    #[test]
    fn phrasings_are_excluded_in_their_language() {
        let index = translated();
        let rule = DecisionRule::default();
        let text = GERMAN[0].1[1];
        assert_eq!(index.entry(0).unwrap().phrasings().nth(3), Some(text));
        assert_eq!(index.ask(text, &rule).decision, Decision::Answer);
        let phrasing = |number| Excluded { phrasing: Some((0, number)), ..Excluded::default() };
        assert_ne!(index.ask_excluding(text, &rule, phrasing(3)).decision, Decision::Answer);
        assert_eq!(index.ask_excluding(text, &rule, phrasing(1)).decision, Decision::Answer);
        let both = Excluded { another_phrasing: Some(2), ..phrasing(3) };
        let outcome = index.ask_excluding(text, &rule, both);
        assert!(!outcome.ranked.contains(&0), "nothing is left in German: {outcome:?}");
    }

    #[test]
    fn questions_are_shown_in_the_language_of_the_asker() {
        let index = translated();
        let shown = |text: &str| {
            let outcome = index.ask(text, &DecisionRule::default());
            let first = *outcome.ranked.first().unwrap();
            index.question(first, outcome.language.as_ref()).map(str::to_owned)
        };
        assert_eq!(shown("Gebühr für den Ausweis").as_deref(), Some(GERMAN[1].1[0]));
        assert_eq!(shown("fee for a card").as_deref(), Some(ENGLISH[1].1[0]));
        assert_eq!(index.question(1, None), Some(ENGLISH[1].1[0]));
    }

    #[test]
    fn explanation_shows_the_words_of_the_deciding_language() {
        let index = translated();
        let text = "kostet der Ausweis etwas?";
        let explanation =
            crate::matching::explanation::explain(&index, text, &DecisionRule::default());
        assert_eq!(explanation.entries[0].id, "card");
        assert_eq!(explanation.entries[0].question, ENGLISH[1].1[0]);
        let stop_words = explanation.words.iter().filter(|word| !word.is_content_word);
        assert_eq!(stop_words.map(|it| it.word.as_str()).collect::<Vec<_>>(), ["der", "etwas"]);
    }
}

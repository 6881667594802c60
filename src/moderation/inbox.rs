//! The inbox: questions that were not answered, in groups of those that ask for the same.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::conversation::layout::one_line;
use crate::conversation::{Timestamp, UnansweredQuestion};
use crate::knowledge::{EntryDraft, EntryId, Pack};
use crate::matching::question_groups;

/// Most questions that are put into groups at once, the latest ones.
pub const MAX_QUESTIONS: u32 = 10_000;

/// A question of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxQuestion {
    /// The question.
    pub question: UnansweredQuestion,
    /// Whether it was dismissed. What asks for the same is not shown then.
    pub is_dismissed: bool,
}

/// What a moderator has done with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It is a phrasing of an entry or a gap now.
    Assigned,
    /// It is nothing for the FAQ.
    Dismissed,
}

/// Questions that ask for the same. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionGroup {
    /// An id, of 8 hexadecimal digits, that stays as long as its earliest question is in the inbox.
    pub id: String,
    /// The questions, the latest first.
    pub questions: Vec<UnansweredQuestion>,
}

impl QuestionGroup {
    /// How many people have asked.
    pub fn n_people(&self) -> usize {
        self.questions.iter().map(|question| &question.asker).collect::<HashSet<_>>().len()
    }

    /// When it was asked last.
    pub fn last_asked(&self) -> Timestamp {
        self.questions.iter().map(|question| question.asked_at).max().unwrap_or_default()
    }

    /// The different wordings, the latest first, each in one line.
    pub fn wordings(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let all = self.questions.iter().map(|question| one_line(&question.text));
        all.filter(|text| !text.is_empty() && seen.insert(text.to_lowercase())).collect()
    }

    /// Whether a question has `text`, whatever the case of its letters.
    pub fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.questions.iter().any(|question| question.text.to_lowercase().contains(&text))
    }

    /// The questions with one of these wordings; `None` if there are none.
    pub fn only(&self, wordings: &[String]) -> Option<Self> {
        let mut questions = self.questions.clone();
        questions.retain(|question| wordings.contains(&one_line(&question.text)));
        (!questions.is_empty()).then(|| Self { id: self.id.clone(), questions })
    }

    /// The wordings that the entry `id` of `pack` does not have.
    pub fn new_phrasings(&self, pack: &Pack, id: &EntryId) -> Vec<String> {
        let entry = pack.entries.iter().find(|entry| entry.id == *id);
        let mut wordings = self.wordings();
        wordings.retain(|text| entry.is_none_or(|entry| entry.phrasings().all(|it| it != text)));
        wordings
    }

    /// A gap of `pack` for the questions, with this question or else the latest.
    pub fn gap(&self, pack: &Pack, question: Option<&str>) -> EntryDraft {
        let mut wordings = self.wordings();
        let latest = wordings.first().cloned().unwrap_or_default();
        let question = question.map_or(latest, str::to_owned);
        wordings.retain(|wording| *wording != question);
        let is_taken = |id: &str| pack.entries.iter().any(|entry| entry.id.as_str() == id);
        let id = EntryId::from_question(&question, is_taken);
        EntryDraft { variants: wordings, ..EntryDraft::new(id, &question) }
    }

    /// Id of the gap that replied to the latest question to which one did.
    pub fn replied_gap(&self) -> Option<&str> {
        self.questions.iter().find_map(|question| question.gap.as_deref())
    }

    /// Ids of the entries that are nearest to the latest question that has any, best first.
    pub fn nearest(&self) -> &[String] {
        let nearest = self.questions.iter().map(|question| question.nearest.as_slice());
        nearest.into_iter().find(|ids| !ids.is_empty()).unwrap_or_default()
    }
}

/// The groups of the questions, given from the latest to the earliest, as they are similar by the language and the
/// lexicon of `pack`: those of the most people first, then the latest. Groups of which a question was dismissed are
/// left out.
pub fn groups(questions: &[InboxQuestion], pack: &Pack) -> Vec<QuestionGroup> {
    let texts: Vec<&str> = questions.iter().map(|it| it.question.text.as_str()).collect();
    let grouped = question_groups::group(&texts, &pack.language, &pack.lexicon);
    let group = |numbers: Vec<usize>| {
        let members: Vec<&InboxQuestion> =
            numbers.into_iter().filter_map(|number| questions.get(number)).collect();
        if members.iter().any(|member| member.is_dismissed) {
            return None;
        }
        let earliest = members.last()?;
        Some(QuestionGroup {
            id: id(&earliest.question),
            questions: members.iter().map(|member| member.question.clone()).collect(),
        })
    };
    let mut groups: Vec<QuestionGroup> = grouped.into_iter().filter_map(group).collect();
    // The sort is stable, and the latest come first.
    groups.sort_by_key(|group| std::cmp::Reverse(group.n_people()));
    groups
}

/// The group with this id; else the one that the question of this id is in now. Where others of a group were settled,
/// what is left may be similar to an earlier question, and the group has its id then.
pub fn find<'g>(groups: &'g [QuestionGroup], wanted: &str) -> Option<&'g QuestionGroup> {
    let has_question =
        |group: &&QuestionGroup| group.questions.iter().any(|question| id(question) == wanted);
    groups.iter().find(|group| group.id == wanted).or_else(|| groups.iter().find(has_question))
}

/// The groups with these ids, as [`find`] finds them, as one with the id of the first: groups that ask for the same in
/// other words.
///
/// # Errors
/// The first id that no group has.
pub fn find_all(groups: &[QuestionGroup], wanted: &[String]) -> Result<QuestionGroup, String> {
    let found: Vec<&QuestionGroup> = wanted
        .iter()
        .map(|id| find(groups, id).ok_or_else(|| id.clone()))
        .collect::<Result<_, _>>()?;
    let first = found.first().ok_or_else(String::new)?;
    let mut seen = HashSet::new();
    let mut questions: Vec<UnansweredQuestion> = found
        .iter()
        .filter(|group| seen.insert(&group.id))
        .flat_map(|group| group.questions.iter().cloned())
        .collect();
    questions.sort_by_key(|question| std::cmp::Reverse(question.asked_at));
    Ok(QuestionGroup { id: first.id.clone(), questions })
}

fn id(question: &UnansweredQuestion) -> String {
    let hash = Sha256::digest(question.message.as_str());
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::fixtures::pack;

    const FAQ: &str = "[[entry]]\nid = \"a\"\nquestion = \"Where is the pool?\"\ngap = true\n";

    fn asked(number: i64, asker: &str, text: &str) -> InboxQuestion {
        let question = UnansweredQuestion {
            message: format!("t:{number}").as_str().into(),
            space: "default".to_owned(),
            place: "t:room".into(),
            asker: asker.into(),
            text: text.to_owned(),
            nearest: Vec::new(),
            gap: None,
            passages: Vec::new(),
            asked_at: Timestamp::from_millis(number),
        };
        InboxQuestion { question, is_dismissed: false }
    }

    fn inbox() -> Vec<InboxQuestion> {
        vec![
            asked(6, "ann", "can I bring my dog"),
            asked(5, "bob", "How much is a locker?"),
            asked(4, "cem", "is it possible to bring a dog?"),
            asked(3, "bob", "what does a locker cost"),
            asked(2, "bob", "what does a  LOCKER cost"),
            asked(1, "dee", "May I bring\nmy dog"),
        ]
    }

    #[test]
    fn questions_that_ask_for_the_same_are_one_group_and_most_people_come_first() {
        let groups = groups(&inbox(), &pack(FAQ, "Text."));
        let told: Vec<_> = groups.iter().map(|it| (it.n_people(), it.wordings())).collect();
        let dogs = ["can I bring my dog", "is it possible to bring a dog?", "May I bring my dog"];
        let lockers = ["How much is a locker?", "what does a locker cost"];
        let want =
            [(3, dogs.map(str::to_owned).to_vec()), (1, lockers.map(str::to_owned).to_vec())];
        assert_eq!(told, want);
        assert_eq!(groups[0].last_asked(), Timestamp::from_millis(6));
    }

    #[test]
    fn id_of_a_group_stays_when_it_is_asked_again() {
        let before = groups(&inbox()[2..], &pack(FAQ, "Text."));
        let after = groups(&inbox(), &pack(FAQ, "Text."));
        let ids = |groups: &[QuestionGroup]| {
            let mut ids: Vec<_> = groups.iter().map(|group| group.id.clone()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&before), ids(&after));
    }

    #[test]
    fn group_is_found_by_the_id_of_each_of_its_questions() {
        let inbox = inbox();
        let earlier = inbox[5].question.clone();
        let groups = groups(&inbox, &pack(FAQ, "Text."));
        let dogs = find(&groups, &id(&earlier)).unwrap();
        assert_eq!(dogs.id, id(&earlier));
        assert_eq!(find(&groups, &id(&inbox[0].question)), Some(dogs));
        assert_eq!(find(&groups, "00000000"), None);
    }

    #[test]
    fn groups_are_joined_and_the_latest_question_stays_first() {
        let inbox = inbox();
        let groups = groups(&inbox, &pack(FAQ, "Text."));
        let [dogs, lockers] = [0, 1].map(|at| groups[at].id.clone());
        // The same group may be named twice, by the ids of two of its questions.
        let wanted = [lockers.clone(), dogs, id(&inbox[0].question)];
        let joined = find_all(&groups, &wanted).unwrap();
        assert_eq!(joined.id, lockers);
        let texts: Vec<&str> = joined.questions.iter().map(|it| it.text.as_str()).collect();
        let want: Vec<&str> = inbox.iter().map(|it| it.question.text.as_str()).collect();
        assert_eq!(texts, want);
        let wanted = [lockers, "00000000".to_owned()];
        assert_eq!(find_all(&groups, &wanted), Err("00000000".to_owned()));
    }

    #[test]
    fn dismissed_group_that_is_asked_again_stays_hidden() {
        let mut inbox = inbox();
        inbox[5].is_dismissed = true;
        let groups = groups(&inbox, &pack(FAQ, "Text."));
        assert_eq!(groups.len(), 1);
        assert!(groups[0].wordings()[0].contains("locker"));
    }

    #[test]
    fn group_becomes_new_phrasings_or_a_gap_with_an_id_of_its_own() {
        let pack = pack(
            "[[entry]]\nid = \"can-i-bring-my-dog\"\nquestion = \"can I bring my dog\"\ngap = true\n",
            "Text.",
        );
        let group = groups(&inbox(), &pack).remove(0);
        let id = pack.entries[0].id.clone();
        let others = ["is it possible to bring a dog?", "May I bring my dog"].map(str::to_owned);
        assert_eq!(group.new_phrasings(&pack, &id), others);
        let gap = group.gap(&pack, None);
        assert_eq!(
            (gap.id.as_str(), &*gap.question),
            ("can-i-bring-my-dog-2", "can I bring my dog")
        );
        assert_eq!(gap.variants, others);
        assert_eq!(group.gap(&pack, Some("Dogs?")).variants.len(), 3);
        let only = group.only(&others[..1]).unwrap();
        assert_eq!(only.wordings(), others[..1]);
        assert_eq!(group.only(&["never asked".to_owned()]), None);
    }
}

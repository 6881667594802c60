use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::*;
use crate::conversation::moderator_command::{Field, Verb};
use crate::conversation::pause::PauseScope;

const FILES: [(&str, [&str; 2]); 2] = [("en", ENGLISH_FILES), ("de", GERMAN_FILES)];

/// Ids of the sentences of a file, with the variables of each.
fn sentences(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some((id, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
            id.clone_into(&mut current);
            found.entry(current.clone()).or_default();
        }
        for part in line.split("$").skip(1) {
            let variable = part.split(|c: char| !c.is_ascii_lowercase()).next().unwrap();
            found.get_mut(&current).unwrap().insert(variable.to_owned());
        }
    }
    found
}

#[test]
fn languages_have_the_same_sentences_and_variables_without_syntax_errors() {
    let english = FILES[0].1.map(sentences);
    assert!(english.iter().all(|file| file.len() > 20), "{english:?}");
    for (language, files) in FILES {
        assert!(
            files.iter().all(|it| FluentResource::try_new((*it).to_owned()).is_ok()),
            "{language}"
        );
        assert_eq!(files.map(sentences), english, "{language}");
    }
}

#[test]
fn words_of_commands_are_those_of_the_language_or_english_and_each_means_one_thing() {
    for wording in OTHERS.iter().chain([Wording::english()]) {
        for verb in Verb::ALL {
            assert_eq!(wording.verb(verb.name()), Some(verb), "{wording:?}");
            assert_eq!(wording.verb(&wording.verb_word(verb).to_uppercase()), Some(verb));
            let (usage, about) = wording.usage(verb);
            assert!(!usage.contains("usage-") && !about.contains("about-"), "{usage} {about}");
        }
        for field in Field::ALL {
            assert_eq!(wording.field(field.name()), Some(field), "{wording:?}");
            let word = wording.sentence(&format!("field-{}", field.name()), []);
            assert_eq!(wording.field(&word), Some(field), "{wording:?}: {word}");
        }
        assert_eq!(wording.verb("weather"), None);
        assert!(wording.counted("n-people", 1200).contains("1200"));
        assert_ne!(wording.counted("n-people", 1), wording.counted("n-people", 2));
    }
}

#[test]
fn wording_is_found_by_language_tag_and_falls_back_to_english() {
    for (locale, want) in
        [("en", "en"), ("de", "de"), ("de-AT", "de"), ("fr", "en"), ("", "en"), ("no tag!", "en")]
    {
        assert_eq!(Wording::for_locale(locale).language.to_string(), want, "{locale:?}");
    }
}

fn pause(is_paused: bool, scope: PauseScope) -> Notice {
    Notice::PauseChanged(Pause { is_paused, scope })
}

fn notices() -> Vec<Notice> {
    vec![
        Notice::RateLimited { retry_after: Duration::from_secs(1200) },
        Notice::PlaceRateLimited { retry_after: Duration::from_secs(30) },
        Notice::AlreadyReplied,
        Notice::AlreadyShared,
        Notice::Paused,
        pause(true, PauseScope::Place),
        pause(true, PauseScope::Space),
        pause(false, PauseScope::Place),
        pause(false, PauseScope::Space),
        Notice::ModeratorsOnly,
        Notice::AskerOnly,
        Notice::OwnersOnly,
        Notice::AuthorOnly,
        Notice::FeedbackRecorded,
        Notice::FeedbackWithdrawn,
        Notice::WillNotify,
        Notice::AskerForgotten,
        Notice::MessagesNotQuoted,
        Notice::AnswerFound,
        Notice::NotAQuestion,
        Notice::NoLongerAvailable,
        Notice::Greeting { titles: vec!["A".to_owned(), "B".to_owned()] },
        Notice::Greeting { titles: Vec::new() },
        Notice::SetupIncomplete {
            place: "t:room".into(),
            steps: vec![SetupStep::Entries, SetupStep::Moderators, SetupStep::Reports],
        },
        Notice::PackRejected { pack: "p".to_owned(), message: "{ $x }".to_owned() },
        Notice::EntriesDisabled { pack: "p".to_owned(), entries: vec!["e".to_owned(); 21] },
        Notice::Replied,
        Notice::ContentUnavailable,
        Notice::CommandsDisabled,
        Notice::TooLate,
        Notice::InternalError { reference: "c0ffee".to_owned() },
        Notice::UndecryptableAt { place: "t:room".into() },
        Notice::MissingPermissions {
            place: "t:room".into(),
            missing: vec!["Send Messages".to_owned()],
            is_timed_out: true,
        },
    ]
}

#[test]
fn notices_and_replies_are_whole_sentences_in_every_language() {
    let notices = notices();
    assert_eq!(FILES.len(), 1 + OTHERS.len());
    for wording in OTHERS.iter().chain([Wording::english()]) {
        let mut sentences: Vec<String> =
            notices.iter().map(|notice| wording.notice(notice)).collect();
        sentences.extend([
            wording.nothing_found(),
            wording.not_in_source(),
            wording.did_you_mean(1),
            wording.did_you_mean(2),
            wording.no_such_number(3),
            wording.help(),
        ]);
        for sentence in &sentences {
            let is_whole = sentence.contains(' ') || sentence.ends_with('.');
            assert!(is_whole && !sentence.contains("{$"), "{wording:?}: {sentence}");
        }
        assert!(sentences[0].contains("1200"), "no thousands separator: {}", sentences[0]);
        let has_value = sentences.iter().any(|sentence| sentence.contains("{ $x }"));
        assert!(has_value, "values are not patterns: {sentences:?}");
        assert_ne!(wording.did_you_mean(1), wording.did_you_mean(2));
        for label in [wording.lead_label(), wording.quote_label(), wording.source_label()] {
            assert!(!label.contains("label"), "{label}");
        }
    }
}

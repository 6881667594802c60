//! Revisions of packs: their order, and whose they are.

use super::*;
use crate::moderation::{Revision, RevisionAuthor, Subject};

fn revision(by: RevisionAuthor) -> Revision {
    Revision {
        subject: Subject::Pack("p".to_owned()),
        entry: "e".to_owned(),
        at: at(1),
        by,
        reason: Some("because".to_owned()),
        before: None,
        after: Some("text".to_owned()),
        hunk: None,
    }
}

#[tokio::test]
async fn revisions_are_listed_latest_first() {
    let records = in_memory().await;
    let (first, second) =
        (revision(RevisionAuthor::File), revision(RevisionAuthor::User("t:mod".into())));
    for revision in [&first, &second] {
        records.add_revisions(vec![revision.clone()]).await.unwrap();
    }
    let latest = async |limit| {
        let found = records.revisions("p".to_owned(), "e".to_owned(), limit).await.unwrap();
        found.into_iter().map(|recorded| recorded.revision).collect::<Vec<_>>()
    };
    assert_eq!(latest(9).await, [second.clone(), first]);
    assert_eq!(latest(1).await, [second]);
    assert_eq!(records.revisions("p".to_owned(), "x".to_owned(), 1).await.unwrap(), []);
}

#[test]
fn author_is_named_as_in_a_history_and_is_nobody_of_another_platform() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = PackHistory::open(folder.path()).unwrap();
    let users = ["discord:user:56", "bridge:ann", "matrix:@ann:example.org"];
    let users = users.map(|id| RevisionAuthor::User(id.into()));
    let others = [RevisionAuthor::File, RevisionAuthor::Terminal("ann".to_owned())];
    let revisions: Vec<Revision> = users.into_iter().chain(others).map(revision).collect();
    let transaction = history.begin().unwrap();
    transaction.record_changes(&revisions).unwrap();
    transaction.commit().unwrap();
    let by = |name: &str| {
        let by = Some(AuthorFilter::named(name));
        let pack = "p".to_owned();
        let found = history.list(&RevisionFilter { pack, by, limit: 99, ..Default::default() });
        let found: Vec<_> = found.unwrap().into_iter().map(|it| it.revision.by).collect();
        found
    };
    let user = |id: &str| RevisionAuthor::User(id.into());
    assert_eq!(by("file"), [RevisionAuthor::File]);
    assert_eq!(by("discord:user:56"), [user("discord:user:56")]);
    for named in ["matrix:@ann:example.org", "@ann:example.org"] {
        assert_eq!(by(named), [user("matrix:@ann:example.org")], "{named}");
    }
    assert_eq!(by("bridge:ann"), [user("bridge:ann")]);
    assert_eq!(by("ann"), [RevisionAuthor::Terminal("ann".to_owned())]);
    assert_eq!(by("56"), []);
}

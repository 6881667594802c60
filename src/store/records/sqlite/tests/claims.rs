//! Claims on messages, and lookups that claim.

use super::*;

#[tokio::test]
async fn message_has_one_holder_at_a_time_and_is_handled_once() {
    let records = in_memory().await;
    let claim_a = |seconds| claim("t:1", "a", seconds);
    let claim_b = |seconds| claim("t:1", "b", seconds);
    assert_eq!(records.claim(claim_a(0)).await.unwrap(), ClaimStatus::New);
    assert_eq!(
        records.claim(claim_a(1)).await.unwrap(),
        ClaimStatus::HeldElsewhere,
        "the same event received twice"
    );
    assert_eq!(records.claim(claim_b(59)).await.unwrap(), ClaimStatus::HeldElsewhere);
    assert_eq!(
        records.claim(claim_b(60)).await.unwrap(),
        ClaimStatus::New,
        "the lease has expired"
    );
    assert!(!records.begin_send(claim_a(61)).await.unwrap(), "b has it now");
    assert!(records.begin_send(claim_b(61)).await.unwrap());
    records.complete(completion("t:1", "b", 62)).await.unwrap();
    assert_eq!(records.claim(claim_a(1000)).await.unwrap(), ClaimStatus::Done);
    assert!(!records.begin_send(claim_b(1000)).await.unwrap(), "it is done");
}

#[tokio::test]
async fn claim_after_an_interrupted_send_is_possibly_sent() {
    let records = in_memory().await;
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    assert!(records.begin_send(claim("t:1", "a", 50)).await.unwrap());
    let claim_b = |seconds| records.claim(claim("t:1", "b", seconds));
    assert_eq!(claim_b(109).await.unwrap(), ClaimStatus::HeldElsewhere, "sending renews the lease");
    let possibly_sent = ClaimStatus::PossiblySent { began_at: at(50) };
    assert_eq!(claim_b(110).await.unwrap(), possibly_sent);
    assert_eq!(claim_b(170).await.unwrap(), possibly_sent, "also after the next lease");
}

#[tokio::test]
async fn released_message_can_be_claimed_again_and_a_done_one_cannot_be_released() {
    let records = in_memory().await;
    for (message, is_done, want) in
        [("t:1", false, ClaimStatus::New), ("t:2", true, ClaimStatus::Done)]
    {
        records.claim(claim(message, "a", 0)).await.unwrap();
        if is_done {
            records.complete(completion(message, "a", 0)).await.unwrap();
        }
        records.release(message.into(), Holder::new("a")).await.unwrap();
        assert_eq!(records.claim(claim(message, "a", 0)).await.unwrap(), want, "{message}");
    }
}

#[tokio::test]
async fn new_reply_ends_the_withdrawal_of_its_question() {
    let records = in_memory().await;
    for (holder, cause) in [("a", "t:1"), ("b", "t:2")] {
        records.claim(claim(cause, holder, 0)).await.unwrap();
        let answer = Some(reply("t:1", "ada", 0));
        records.complete(Completion { answer, ..completion(cause, holder, 0) }).await.unwrap();
        assert!(!records.is_withdrawn("t:1".into()).await.unwrap(), "{cause}");
        records.set_withdrawn("t:1".into(), true).await.unwrap();
        assert!(records.is_withdrawn("t:1".into()).await.unwrap(), "{cause}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_claims_have_one_winner() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let mut claims = tokio::task::JoinSet::new();
    for number in 0..500 {
        let records = records.clone();
        let claim = claim("t:1", &format!("holder {number}"), 0);
        claims.spawn(async move { records.claim(claim).await.unwrap() });
    }
    let results = claims.join_all().await;
    assert_eq!(results.iter().filter(|it| **it == ClaimStatus::New).count(), 1);
    assert_eq!(results.iter().filter(|it| **it == ClaimStatus::HeldElsewhere).count(), 499);
}

#[tokio::test]
async fn lookup_claims_a_message_unless_it_is_older_than_the_membership() {
    let records = in_memory().await;
    records.record_join("t:new".into(), at(7), false).await.unwrap();
    records.claim(claim("t:0", "a", 8)).await.unwrap();
    records.complete(completion("t:0", "a", 8)).await.unwrap();
    let rows = [
        ("t:1", 6, None, false),
        ("t:1", 7, Some(ClaimStatus::New), true),
        ("t:1", 7, Some(ClaimStatus::HeldElsewhere), true),
        ("t:0", 9, Some(ClaimStatus::Done), true),
    ];
    for (message, sent_at, want, is_related) in rows {
        let lookup = Lookup {
            places: vec!["t:new".into()],
            target: Some(ReplyKey::Message("t:0-reply".into())),
            related: if is_related { vec!["t:9".into(), "t:0".into()] } else { Vec::new() },
            claim: Some(claim(message, "a", 9)),
            sent_at: Some(at(sent_at)),
            ..Lookup::default()
        };
        let found = records.look_up(lookup).await.unwrap();
        assert_eq!(found.claim, want, "{message} of {sent_at}");
        assert_eq!(found.has_reply, is_related);
        assert_eq!(found.target, Some(reply("t:0", "ada", 8)));
    }
    assert!(records.begin_send(claim("t:1", "a", 9)).await.unwrap(), "it is claimed");
}

//! The status of places: pauses, and times of joins.

use super::*;

#[tokio::test]
async fn innermost_place_with_a_pause_of_its_own_decides_until_the_space_is_set() {
    let records = in_memory().await;
    let set = |space: &str, place: Option<&str>, is_paused| {
        records.set_paused(space.to_owned(), place.map(PlaceId::from), is_paused)
    };
    let paused_at = |places: &'static [&'static str]| {
        let places = places.iter().copied().map(PlaceId::from).collect();
        let status = place_status(&records, "s", places);
        async { status.await.is_paused }
    };
    const THREAD: &[&str] = &["t:thread", "t:channel", "t:guild"];
    const CHANNEL: &[&str] = &["t:channel", "t:guild"];
    const OTHER: &[&str] = &["t:other", "t:guild"];
    set("s", Some("t:channel"), true).await.unwrap();
    set("another", Some("t:other"), true).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(CHANNEL).await], [true, true]);
    assert!(!paused_at(OTHER).await);
    set("s", Some("t:thread"), false).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(CHANNEL).await], [false, true]);
    set("s", None, true).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(OTHER).await], [true, true]);
    set("s", Some("t:other"), false).await.unwrap();
    assert_eq!([paused_at(CHANNEL).await, paused_at(OTHER).await], [true, false]);
    set("s", None, false).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(CHANNEL).await], [false, false]);
}

#[tokio::test]
async fn member_since_is_the_join_or_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(folder.path(), at(5)).await.unwrap();
    assert_eq!(records.record_join("t:new".into(), at(7), false).await.unwrap(), Join::First);
    assert_eq!(records.record_join("t:new".into(), at(9), true).await.unwrap(), Join::Known);
    records.close().await;
    let records = SqliteRecords::open(folder.path(), at(100)).await.unwrap();
    records.record_join("t:newest".into(), at(8), false).await.unwrap();
    records.record_join("t:oldest".into(), at(2), false).await.unwrap();
    let rows: [(&[&str], i64); 5] = [
        (&["t:oldest"], 5),
        (&["t:new"], 7),
        (&["t:older"], 5),
        (&["t:thread", "t:new"], 7),
        (&["t:new", "t:newest"], 8),
    ];
    for (places, want) in rows {
        let places: Vec<PlaceId> = places.iter().map(|place| PlaceId::from(*place)).collect();
        let status = place_status(&records, "s", places.clone()).await;
        assert_eq!(status.member_since, at(want), "{places:?}");
    }
}

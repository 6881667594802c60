//! The data folder and its files: locked, damaged, full, and by whom they can be read.

use super::*;

#[tokio::test]
async fn folder_in_use_is_rejected_until_the_first_records_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    let error = open(folder.path()).await.unwrap_err();
    assert!(matches!(error, RecordsError::InUse { .. }), "{error}");
    first.close().await;
    open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn unusable_folder_is_an_error_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    // Not even root can create folders in /proc.
    for path in [file.clone(), file.join("below"), "/proc/quoth-data".into()] {
        let error = open(&path).await.unwrap_err();
        assert!(matches!(error, RecordsError::Folder { .. }), "{}: {error}", path.display());
        assert!(error.to_string().contains("writable for the user that runs quoth"), "{error}");
    }
}

#[tokio::test]
async fn damaged_file_is_an_error_and_stays_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    open(folder.path()).await.unwrap().close().await;
    let intact = std::fs::read(&path).unwrap();
    let mut damaged = intact.clone();
    damaged[100..4096].fill(0xAA);
    for bytes in [vec![b'x'; 5000], damaged] {
        std::fs::write(&path, &bytes).unwrap();
        let error = open(folder.path()).await.unwrap_err();
        assert!(matches!(error, RecordsError::Corrupt { .. }), "{error:?}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    std::fs::write(&path, intact).unwrap();
    open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn applied_migrations_are_recorded_as_by_the_versions_that_used_sqlx() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.unwrap().close().await;
    let mut rows: Vec<String> = Vec::new();
    other_program(folder.path())
        .prepare("SELECT version, description, success, hex(checksum) FROM _sqlx_migrations")
        .unwrap()
        .query_map([], |row| <(i64, String, bool, String)>::try_from(row))
        .unwrap()
        .for_each(|row| rows.push(format!("{:?}", row.unwrap())));
    // The migrations of those versions, as they wrote them: they refuse records with other checksums.
    let want = [
        "(1, \"first\", true, \"6432DCF5C930C389FD62BE5EF0EADB74AC59F88B5C0CD895F0EA35101CF4F2DD0B106DFDC1094F55DAD651806BF81EAA\")",
        "(2, \"packs\", true, \"BC4C068F76369DBBEADDA6547CA876FF8AFBF71B5D1F3D518EBB6E86C88C59C1A1E349FC9C4A52CE51319E86F7D71D4D\")",
    ];
    assert_eq!(rows.get(..want.len()), Some(want.map(str::to_owned).as_slice()));
}

#[tokio::test]
async fn records_of_a_newer_version_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    records
        .run(|connection| {
            connection.execute_batch(
                "INSERT INTO _sqlx_migrations
                 (version, description, success, checksum, execution_time)
                 VALUES (99, 'later', TRUE, x'00', 0)",
            )
        })
        .await
        .unwrap();
    records.close().await;
    let error = open(folder.path()).await.unwrap_err();
    assert!(matches!(error, RecordsError::Newer { found: 99, known: 13, .. }), "{error:?}");
}

#[tokio::test]
async fn full_disk_loses_no_data_and_writes_resume_after_space_is_freed() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let n_pages =
        |n: &'static str| records.run(move |connection| connection.query_row(n, [], |_| Ok(())));
    n_pages("PRAGMA max_page_count = 1").await.unwrap(); // Not below the current size.
    let mut n_stored = 0;
    let error = loop {
        let message = format!("t:{n_stored}");
        match records.claim(claim(&message, "a", 0)).await {
            Ok(status) => assert_eq!(status, ClaimStatus::New),
            Err(error) => break error,
        }
        n_stored += 1;
        assert!(n_stored < 10_000, "the disk never fills up");
    };
    assert!(matches!(error, RecordsError::Full { .. }), "{error:?}");
    n_pages("PRAGMA max_page_count = 100000").await.unwrap();
    for number in 0..n_stored {
        let status = records.claim(claim(&format!("t:{number}"), "a", 0)).await.unwrap();
        assert_eq!(status, ClaimStatus::HeldElsewhere, "{number}");
    }
    let status = records.claim(claim(&format!("t:{n_stored}"), "a", 0)).await.unwrap();
    assert_eq!(status, ClaimStatus::New, "the failed claim has changed nothing");
}

#[tokio::test]
async fn lock_of_another_program_is_reported_and_writes_resume_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let other = other_program(folder.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = records.claim(claim("t:1", "a", 0)).await.unwrap_err();
    assert!(matches!(error, RecordsError::Locked { .. }), "{error:?}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(records.claim(claim("t:1", "a", 0)).await.unwrap(), ClaimStatus::New);
}

#[cfg(unix)]
#[tokio::test]
async fn data_folder_and_files_are_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let records = open(&data).await.unwrap();
    records.ping().await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in std::fs::read_dir(&data).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

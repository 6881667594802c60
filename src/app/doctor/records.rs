//! Checks of the records and of the key of the hashes of user ids.

use std::time::Duration;

use super::setup::{NO_RECORDS, Setup, UNREADABLE_RECORDS, unreadable};
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};
use crate::store::asker_key::AskerKey;
use crate::store::records::{RecordsError, RecordsInspection, Schema, was_used};

/// How long the records are searched for damage. A gigabyte takes a few seconds.
const INTEGRITY_LIMIT: Duration = Duration::from_secs(30);

pub(super) const CHECKS: [Check<Setup>; 5] = [
    Check {
        name: "records",
        looks_at: "the records can be opened and are a database",
        run: Run::Blocking(can_open),
    },
    Check {
        name: "records-version",
        looks_at: "the records are not of a newer version of quoth",
        run: Run::Blocking(is_not_newer),
    },
    Check {
        name: "records-migrated",
        looks_at: "the records are of this version of quoth",
        run: Run::Blocking(is_migrated),
    },
    Check {
        name: "records-integrity",
        looks_at: "the records are not damaged",
        run: Run::Blocking(is_whole),
    },
    Check {
        name: "asker-key",
        looks_at: "the key of the hashes of user ids is there and whole",
        run: Run::Blocking(has_key),
    },
];

fn can_open(setup: &Setup) -> CheckOutcome {
    let records = match RecordsInspection::open(setup.existing_data()?) {
        Ok(None) if was_used(setup.data()) => {
            let message = format!(
                "there are no records in {}, which has been used before",
                setup.data().display()
            );
            return Ok(CheckResult::wrong(
                message,
                "stop quoth, and restore a backup (`quoth restore`); without one, start quoth: it makes new records",
            ));
        }
        Ok(None) => return Err(NO_RECORDS.to_owned()),
        Ok(Some(records)) => records.schema().map(drop),
        Err(error) => Err(error),
    };
    Ok(match records {
        Ok(()) => CheckResult::ok("they can be read"),
        Err(error) => {
            let (message, advice) = unreadable(&error);
            CheckResult::wrong(message, advice)
        }
    })
}

fn schema(setup: &Setup) -> Result<Schema, String> {
    setup.records()?.schema().map_err(|_| UNREADABLE_RECORDS.to_owned())
}

fn is_not_newer(setup: &Setup) -> CheckOutcome {
    let Schema { found, known } = schema(setup)?;
    if found <= known {
        return Ok(CheckResult::ok(format!("schema {found}; this version knows {known}")));
    }
    let path = setup.data().join(crate::store::records::sqlite::FILE);
    Ok(CheckResult::wrong(
        format!("the records have schema {found}, but this version of quoth knows only {known}"),
        RecordsError::Newer { path, found, known }.to_string(),
    ))
}

fn is_migrated(setup: &Setup) -> CheckOutcome {
    let Schema { found, known } = schema(setup)?;
    if found > known {
        return Err("the records are newer (see records-version)".to_owned());
    }
    if found == known {
        return Ok(CheckResult::ok(format!("schema {found}")));
    }
    let advice = if setup.is_running() {
        "a process of an earlier version uses them: make a backup (`quoth backup`), then restart the service with this \
         version"
    } else {
        "make a backup (`quoth backup`), then start this version: it migrates them"
    };
    let message = format!("the records have schema {found}, this version makes {known} of it");
    Ok(CheckResult::wrong(message, advice))
}

fn is_whole(setup: &Setup) -> CheckOutcome {
    let records = setup.records()?;
    records.schema().map_err(|_| UNREADABLE_RECORDS.to_owned())?;
    let advice = || {
        "stop quoth, and restore a backup (`quoth restore DIR --force` keeps the damaged files), or move them away to \
         start with empty records"
    };
    match records.find_damage(INTEGRITY_LIMIT) {
        Ok(None) => Ok(CheckResult::ok("SQLite finds no damage")),
        Ok(Some(_)) | Err(RecordsError::Corrupt { .. }) => {
            Ok(CheckResult::wrong("the records are damaged", advice()))
        }
        Err(RecordsError::Locked { .. }) => {
            Err("another program holds a lock on the records".to_owned())
        }
        Err(_) => Err(format!("they could not be read within {} s", INTEGRITY_LIMIT.as_secs())),
    }
}

fn has_key(setup: &Setup) -> CheckOutcome {
    let advice = "stop quoth, and restore asker.key (or `hash_key` in [records]) from the backup that the records are of; without \
                  it, known askers get new hashes, and what is recorded of them cannot be found any more";
    let (key, at) = match &setup.config().records.hash_key {
        Some(secret) => (AskerKey::new(secret.expose()), "it is in the configuration"),
        None => {
            let data = setup.existing_data()?;
            match AskerKey::load(data) {
                Ok(Some(key)) => (key, "it is in the data folder"),
                Ok(None) if has_records(setup) => {
                    let message = format!("there are records, but no key in {}", data.display());
                    return Ok(CheckResult::wrong(message, advice));
                }
                Ok(None) => return Err("the first `quoth run` makes it".to_owned()),
                Err(error) => {
                    return Ok(CheckResult::wrong("the key cannot be used", error.to_string()));
                }
            }
        }
    };
    // Records that cannot be read are another check's.
    let recorded = setup.records().ok().and_then(|records| records.recorded_key().ok()).flatten();
    if recorded.is_some_and(|recorded| recorded != key.check_number()) {
        return Ok(CheckResult::wrong("the records were made with another key", advice));
    }
    Ok(CheckResult::ok(at))
}

fn has_records(setup: &Setup) -> bool {
    setup.data().join(crate::store::records::sqlite::FILE).exists()
}

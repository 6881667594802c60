//! Checks of the data folder: whether quoth can use it, and nobody else can.

use std::path::Path;

use super::setup::Setup;
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};
use crate::store::asker_key;
use crate::store::free_space::{FreeSpace, free_space};
use crate::store::records::sqlite::FILE;
use crate::store::records::{LOCK_FILE, LockState};
use crate::store::restore::MATRIX_FOLDER;

/// Least free space, in bytes. The records of a busy server are some tens of megabytes, and SQLite needs as much again
/// to copy them.
const MIN_FREE_BYTES: u64 = 200 * 1024 * 1024;

/// Least number of files that can still be created.
const MIN_FREE_FILES: u64 = 100;

pub(super) const CHECKS: [Check<Setup>; 6] = [
    Check {
        name: "data-folder",
        looks_at: "the data folder exists, or can be made",
        run: Run::Blocking(exists),
    },
    Check {
        name: "data-owner",
        looks_at: "the data folder and its files belong to the user that runs this command",
        run: Run::Blocking(is_own),
    },
    Check {
        name: "data-writable",
        looks_at: "files can be written to the data folder",
        run: Run::Blocking(is_writable),
    },
    Check {
        name: "data-permissions",
        looks_at: "other users of this machine cannot open the data folder",
        run: Run::Blocking(is_private),
    },
    Check {
        name: "data-lock",
        looks_at: "the data folder can be locked, and which process has locked it",
        run: Run::Blocking(is_lockable),
    },
    Check {
        name: "disk-space",
        looks_at: "the disk of the data folder has free space",
        run: Run::Blocking(has_space),
    },
];

/// What to do about a folder that cannot be used.
const NAME_ANOTHER: &str = "make it writable for the user that runs quoth, or name another folder (`data` in the \
                            configuration, QUOTH_DATA)";

fn exists(setup: &Setup) -> CheckOutcome {
    let data = setup.data();
    let shown = data.display();
    match std::fs::metadata(data) {
        Ok(metadata) if metadata.is_dir() => Ok(CheckResult::ok(shown.to_string())),
        Ok(_) => Ok(CheckResult::wrong(format!("{shown} is not a folder"), NAME_ANOTHER)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && can_make(data) => Ok(
            CheckResult::ok(format!("{shown} does not exist yet: the first `quoth run` makes it")),
        ),
        Err(error) => {
            let message = format!("{shown} does not exist and cannot be made: {error}");
            Ok(CheckResult::wrong(message, NAME_ANOTHER))
        }
    }
}

/// Whether the folder can be made in the nearest folder around it that exists.
fn can_make(data: &Path) -> bool {
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let around = data.ancestors().find(|folder| folder.exists());
    around.is_some_and(|folder| folder.is_dir() && is_writable_for_this_user(folder))
}

/// Whether the permissions and the file system let this process write to `path`.
#[cfg(unix)]
pub(super) fn is_writable_for_this_user(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
pub(super) fn is_writable_for_this_user(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.permissions().readonly())
}

fn is_own(setup: &Setup) -> CheckOutcome {
    let data = setup.existing_data()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let owner = std::fs::metadata(data).map_err(|error| error.to_string())?.uid();
        // A disk of its own has other files, such as `lost+found`.
        let records = ["", "-wal", "-shm"].map(|suffix| format!("{FILE}{suffix}"));
        let others = [LOCK_FILE, asker_key::FILE, MATRIX_FOLDER].map(str::to_owned);
        let files = records.into_iter().chain(others).map(|name| data.join(name));
        let owners = files.filter_map(|path| {
            let owner = std::fs::metadata(&path).ok()?.uid();
            Some((path, owner))
        });
        let user = rustix::process::geteuid().as_raw();
        Ok(files_owned_by(owner, owners, data).unwrap_or_else(|| owned_by(owner, user)))
    }
    #[cfg(not(unix))]
    {
        let _ = data;
        Err("owners are checked on Unix only".to_owned())
    }
}

/// What is wrong with the owners of files in the data folder `data`, which belongs to `owner`; `None` if nothing is.
#[cfg(unix)]
fn files_owned_by(
    owner: u32,
    mut owners: impl Iterator<Item = (std::path::PathBuf, u32)>,
    data: &Path,
) -> Option<CheckResult> {
    let (path, _) = owners.find(|(_, of_file)| *of_file != owner)?;
    let shown = data.display();
    Some(CheckResult::wrong(
        format!("{} belongs to another user than the folder {shown}", path.display()),
        format!(
            "a command of quoth ran as another user, such as root: stop quoth, and give all of the folder to the user that runs it (as root, `chown -R USER: {shown}`)"
        ),
    ))
}

/// Judges the owner of the data folder and the user of this process, by their numbers.
#[cfg(unix)]
fn owned_by(owner: u32, user: u32) -> CheckResult {
    if owner == user {
        return CheckResult::ok(format!("it belongs to the user of this command ({user})"));
    }
    CheckResult::wrong(
        format!("the data folder belongs to user {owner}, but this command runs as user {user}"),
        "run doctor as the user of the service, whose permissions count (sudo -u, docker exec -u); if the service runs \
         as another user than before, chown the folder to it",
    )
}

fn is_writable(setup: &Setup) -> CheckOutcome {
    let data = setup.existing_data()?;
    match tempfile::tempfile_in(data) {
        Ok(_) => Ok(CheckResult::ok("a file could be made")),
        Err(error) => {
            let message = format!("no file can be made in {}: {error}", data.display());
            Ok(CheckResult::wrong(message, NAME_ANOTHER))
        }
    }
}

fn is_private(setup: &Setup) -> CheckOutcome {
    let data = setup.existing_data()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data).map_err(|error| error.to_string())?.permissions().mode();
        if mode & 0o7 == 0 {
            return Ok(CheckResult::ok(format!("mode {:o}", mode & 0o777)));
        }
        let message = format!(
            "every user of this machine can open {} (mode {:o}), which has questions of your users",
            data.display(),
            mode & 0o777
        );
        Ok(CheckResult::wrong(message, format!("chmod 700 {}", data.display())))
    }
    #[cfg(not(unix))]
    {
        let _ = data;
        Err("permissions are checked on Unix only".to_owned())
    }
}

fn is_lockable(setup: &Setup) -> CheckOutcome {
    let file = setup.existing_data()?.join(LOCK_FILE);
    let is_unusable = match std::fs::metadata(&file) {
        Ok(metadata) => !metadata.is_file() || !is_writable_for_this_user(&file),
        Err(_) => false,
    };
    if is_unusable {
        let message = format!("{} cannot be opened for writing", file.display());
        let advice = "quoth makes this file and locks it: remove what is there while no quoth runs, or give it to the \
                      user that runs quoth";
        return Ok(CheckResult::wrong(message, advice));
    }
    match setup.lock {
        LockState::Free => Ok(CheckResult::ok("no process uses the data folder")),
        LockState::Held(Some(process)) => {
            Ok(CheckResult::ok(format!("process {process} uses the data folder")))
        }
        LockState::Held(None) => Ok(CheckResult::ok("a process uses the data folder")),
        LockState::Unknown => Err(format!("{} cannot be tried", file.display())),
    }
}

fn has_space(setup: &Setup) -> CheckOutcome {
    let data = setup.data();
    let existing = data.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    match free_space(existing) {
        Ok(Some(free)) => Ok(space_of(free)),
        Ok(None) => Err("this file system does not say".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Judges the free space of a disk.
fn space_of(free: FreeSpace) -> CheckResult {
    let megabytes = free.bytes / 1_000_000;
    let advice = "free some space on the disk of the data folder: without it, no question can be recorded, and none is \
                  answered";
    if free.bytes < MIN_FREE_BYTES {
        return CheckResult::wrong(format!("only {megabytes} MB are free"), advice);
    }
    match free.files.filter(|files| *files < MIN_FREE_FILES) {
        Some(files) => {
            CheckResult::wrong(format!("only {files} more files can be made (inodes)"), advice)
        }
        None => CheckResult::ok(format!("{megabytes} MB are free")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn is_wrong(result: &CheckResult, part: &str) -> bool {
        matches!(result, CheckResult::Wrong { message, .. } if message.contains(part))
    }

    #[test]
    fn little_space_and_few_files_are_wrong() {
        let space = |bytes, files| FreeSpace { bytes, files };
        assert!(is_wrong(&space_of(space(MIN_FREE_BYTES - 1, None)), "209 MB"));
        assert!(is_wrong(&space_of(space(u64::MAX, Some(MIN_FREE_FILES - 1))), "99 more files"));
        for files in [None, Some(MIN_FREE_FILES)] {
            assert!(
                matches!(space_of(space(MIN_FREE_BYTES, files)), CheckResult::Ok(_)),
                "{files:?}"
            );
        }
    }

    #[test]
    fn file_of_another_user_in_the_data_folder_is_wrong() {
        let owners = |of_second| [("quoth.db", 1000), ("quoth.db-shm", of_second)];
        let judged = |of_second| {
            let owners = owners(of_second).into_iter().map(|(name, user)| (name.into(), user));
            files_owned_by(1000, owners, Path::new("data"))
        };
        assert!(is_wrong(&judged(0).unwrap(), "quoth.db-shm belongs to another user"));
        assert!(judged(1000).is_none());
    }

    #[test]
    fn data_folder_of_another_user_is_wrong() {
        assert!(is_wrong(&owned_by(10_001, 0), "belongs to user 10001"));
        assert!(matches!(owned_by(1000, 1000), CheckResult::Ok(_)));
    }
}

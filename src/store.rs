//! Persistence: pack folders, calibrations, the key of asker hashes, the records, and backups of all of them.

pub mod asker_key;
pub mod atomic;
pub mod backup;
pub mod calibration_file;
pub(crate) mod file_permissions;
pub(crate) mod free_space;
pub mod import_files;
pub mod pack_files;
pub mod records;
mod replacement;
pub mod restore;
pub(crate) mod system_error;

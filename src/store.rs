//! What is kept on disk.

pub mod asker_key;
pub mod atomic;
pub mod calibration_file;
pub mod pack_files;
pub(crate) mod private;
pub mod records;

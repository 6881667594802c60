//! What is kept on disk.

pub mod atomic;
pub mod calibration_file;
pub mod pack_files;
pub mod records;

//! Where packs are kept: reading them from folders and writing them back without loss.

pub mod atomic;
pub mod calibration_file;
pub mod pack_files;

//! The program that is tested or measured.

use std::ffi::OsString;

/// That of a package if `QUOTH_TESTED_PROGRAM` names one (scripts/check_packages.py does), else the one that cargo has built.
pub(crate) fn program() -> OsString {
    let built = || env!("CARGO_BIN_EXE_quoth").into();
    std::env::var_os("QUOTH_TESTED_PROGRAM").unwrap_or_else(built)
}

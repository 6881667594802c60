//! Libraries for LD_PRELOAD, which are compiled by the tests that use them.

use std::process::Command;

use crate::folder::Folder;

/// Compiles `support/<name>.c` in `folder`. Returns the path of the library.
pub(crate) fn compiled(folder: &Folder, name: &str) -> String {
    let library = folder.arg(&format!("{name}.so"));
    let source = format!("{}/tests/it/support/{name}.c", env!("CARGO_MANIFEST_DIR"));
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let compiled = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O1", "-o", &library, &source, "-ldl"])
        .status();
    assert!(compiled.expect("a C compiler").success());
    library
}

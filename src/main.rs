//! The `quoth` command.

use std::process::ExitCode;

/// Packs are read into millions of small pieces, many of which are soon given back; the system's
/// allocator then takes longer for that than quoth for its work (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    quoth::cli::main()
}

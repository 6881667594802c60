//! The `quoth` command.

use std::process::ExitCode;

/// Reading packs makes millions of small allocations, many of them short-lived. With the system's
/// allocator they would take longer than the work itself (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    quoth::cli::main()
}

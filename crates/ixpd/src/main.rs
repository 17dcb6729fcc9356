//! The program `ixpd`.

use std::process::ExitCode;

use clap::Parser as _;
use ixpd::cli::Cli;
use mimalloc::MiMalloc;

/// Gives memory back to the system after a burst, and is quick where one thread frees what another one allocated, as
/// with rows and the chunks of large answers. glibc's allocator is neither.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    Cli::parse().run()
}

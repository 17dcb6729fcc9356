//! The program `ixpd`.

use std::process::ExitCode;

use clap::Parser as _;
use ixpd::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}

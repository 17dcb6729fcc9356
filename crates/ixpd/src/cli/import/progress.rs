//! How far an import is: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};
use ixpd_db::import::{ImportProgress, Phase};

use crate::cli::output;

/// Share of a file, in percent, after which a line is written.
const STEP: u64 = 10;
/// Bytes after which a line is written where the size isn't known.
const UNKNOWN_STEP: u64 = 100 * 1024 * 1024;

/// Shows the steps of an import on standard error.
pub(super) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log: how many steps have been written.
    Lines(u64),
}

impl Progress {
    /// What standard error can show.
    pub(super) fn new() -> Self {
        if io::stderr().is_terminal() { Self::Bar(ProgressBar::new_spinner()) } else { Self::Lines(0) }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn describe(phase: Phase) -> &'static str {
    match phase {
        Phase::Clearing => "Clearing the tables",
        Phase::Loading => "Loading rows",
        Phase::Indexing => "Making indexes",
        Phase::Checking => "Counting rows and following references",
        Phase::Committing => "Making it final",
    }
}

impl ImportProgress for Progress {
    fn phase(&mut self, phase: Phase) {
        match self {
            Self::Bar(bar) => {
                bar.set_message(describe(phase));
                bar.enable_steady_tick(std::time::Duration::from_millis(100));
            }
            Self::Lines(_) => output::message(describe(phase)),
        }
    }

    fn advanced(&mut self, read: u64, total: Option<u64>, table: &str, rows: u64) {
        match self {
            Self::Bar(bar) => {
                if let Some(total) = total.filter(|total| bar.length() != Some(*total)) {
                    bar.set_length(total);
                    bar.set_style(style());
                }
                bar.set_position(read);
                bar.set_message(format!("{table} ({rows} rows)"));
            }
            Self::Lines(written) => {
                let steps = match total {
                    Some(total) => read.saturating_mul(100) / total.max(1) / STEP,
                    None => read / UNKNOWN_STEP,
                };
                if steps > *written {
                    *written = steps;
                    let share = match total {
                        Some(_) => format!("{} %", steps * STEP),
                        None => format!("{} MiB", steps * UNKNOWN_STEP / 1024 / 1024),
                    };
                    output::message(format_args!("{share}: {table}, {rows} rows so far"));
                }
            }
        }
    }
}

fn style() -> ProgressStyle {
    // The template is a constant that is known to be good; the plain bar is as good an answer.
    ProgressStyle::with_template("{bar:30} {percent:>3} % {bytes}/{total_bytes} {eta} left  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

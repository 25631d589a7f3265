//! The progress bar, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far an import is. Shows nothing when standard error is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn start(bytes: u64) -> Self {
        let bar = ProgressBar::new(bytes);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}  {elapsed_precise}")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }

    pub(super) fn advance(&self, bytes: u64, accepted: u64, refused: u64) {
        self.0.inc(bytes);
        self.0
            .set_message(format!("{accepted} accepted, {refused} refused"));
    }

    pub(super) fn say(&self, text: &'static str) {
        self.0.set_message(text);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

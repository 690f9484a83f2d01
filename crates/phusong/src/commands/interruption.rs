//! Ctrl-C: the work under way is asked to stop, and what it has is still told.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How the shell tells that a program was interrupted.
const INTERRUPTED: i32 = 130;

/// Whether the user has interrupted the program.
#[derive(Debug, Clone, Default)]
pub struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Listens from now on. The first Ctrl-C asks the work to stop; a second one ends the program at once.
    pub fn listen() -> Self {
        let interruption = Self::default();
        let heard = interruption.clone();
        std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else {
                return;
            };
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_ok() {
                    heard.0.store(true, Ordering::Relaxed);
                    // A closed standard error is no reason not to stop.
                    drop(writeln!(
                        std::io::stderr(),
                        "phusong: đang dừng; nhấn Ctrl-C lần nữa để thoát ngay\nphusong: stopping; Ctrl-C again ends at once"
                    ));
                }
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(INTERRUPTED);
                }
            });
        });
        interruption
    }

    /// Whether to stop.
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

//! Ctrl-C and SIGTERM: the first asks the run to stop where nothing is lost, the second ends it at once.

use crate::failure::Failure;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Which signal has come, if any.
pub struct Signals {
    /// 0 for none.
    received: Arc<AtomicUsize>,
    announced: AtomicBool,
}

impl Signals {
    /// From now on, the first signal only sets a flag.
    pub fn catch() -> Result<Self, Failure> {
        let received = Arc::new(AtomicUsize::new(0));
        let second = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag that the first has set.
            flag::register_conditional_shutdown(
                signal,
                exit_code(signal as usize).into(),
                Arc::clone(&second),
            )
            .and_then(|_| flag::register(signal, Arc::clone(&second)))
            .and_then(|_| flag::register_usize(signal, Arc::clone(&received), signal as usize))
            .map_err(|e| Failure::Other(format!("signals cannot be caught: {e}")))?;
        }
        Ok(Self { received, announced: AtomicBool::new(false) })
    }

    /// Whether one has come. Tells so by `announce`, the first time that it is asked afterwards.
    pub fn ask_to_stop(&self, announce: impl FnOnce(&str)) -> bool {
        let stop = self.received.load(Ordering::Relaxed) != 0;
        if stop && !self.announced.swap(true, Ordering::Relaxed) {
            announce("Finishing the part in hand. Once more stops at once, and loses it.");
        }
        stop
    }

    /// The exit code of a run that a signal ended: 128 and the signal's number.
    pub fn exit_code(&self) -> u8 {
        exit_code(self.received.load(Ordering::Relaxed))
    }
}

const fn exit_code(signal: usize) -> u8 {
    128 + signal as u8
}

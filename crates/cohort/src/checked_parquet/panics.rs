//! The panics of the `parquet` crate on damaged files (version 60.1).

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static IS_SILENT: Cell<bool> = const { Cell::new(false) };
}

/// What `read` returns; nothing if it panicked, which is not told on standard error. What it was reading with is not to be
/// used again.
///
/// This is the boundary at which the panics of the `parquet` crate become errors, in a program that unwinds.
pub fn without_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IS_SILENT.get() {
                hook(info);
            }
        }));
    });
    let was_silent = IS_SILENT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    IS_SILENT.set(was_silent);
    result.ok()
}

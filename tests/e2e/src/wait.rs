//! Waiting for something that is to happen.

use std::time::{Duration, Instant};

/// How long anything may take before a story gives up. Far more than it takes: a machine that is
/// busy must not fail a test.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Looks until `look` finds something, and returns that.
///
/// # Panics
/// If there is nothing after [`PATIENCE`]. The message says what was waited for, and what `look`
/// saw last.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) if start.elapsed() > PATIENCE => {
                panic!("waited in vain for {what}; last seen: {seen}")
            }
            Err(_) => tokio::time::sleep(BETWEEN_LOOKS).await,
        }
    }
}

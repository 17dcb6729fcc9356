//! The loop that starts jobs when they are due.

use tokio::sync::watch;

use crate::app::AppState;

/// Starts jobs until it is told to stop.
pub async fn run(_state: AppState, mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

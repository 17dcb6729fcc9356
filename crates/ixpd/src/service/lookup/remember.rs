//! Keeping the answers of outside services: for a while, and longer where the service fails.

use std::{
    future::Future,
    hash::Hash,
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, future::Cache};

/// How long a failure stands before the service is asked again.
const FAILED_FOR: Duration = Duration::from_secs(30);
/// How long the last good answer serves in place of a failing service.
const OLD_AT_MOST: Duration = Duration::from_hours(24);

/// Answers by question. Several that ask the same at once wait for one answer.
pub(super) struct Remembered<K, V, E> {
    recent: Cache<K, Result<V, Arc<E>>>,
    good: Cache<K, V>,
}

/// Failures stand for less time than answers.
struct ByOutcome {
    kept_for: Duration,
}

impl<K, V, E> Expiry<K, Result<V, Arc<E>>> for ByOutcome {
    fn expire_after_create(&self, _: &K, outcome: &Result<V, Arc<E>>, _: Instant) -> Option<Duration> {
        Some(if outcome.is_ok() { self.kept_for } else { FAILED_FOR.min(self.kept_for) })
    }
}

impl<K, V, E> Remembered<K, V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    /// Keeps answers for a while, as many as weigh no more than `most` together.
    pub(super) fn new(kept_for: Duration, most: u64, weigh: fn(&V) -> u32) -> Self {
        let recent = Cache::builder()
            .max_capacity(most)
            .weigher(move |_, outcome: &Result<V, Arc<E>>| outcome.as_ref().map_or(1, weigh))
            .expire_after(ByOutcome { kept_for })
            .build();
        let good = Cache::builder()
            .max_capacity(most)
            .weigher(move |_, value| weigh(value))
            .time_to_live(OLD_AT_MOST.max(kept_for))
            .build();
        Self { recent, good }
    }

    /// The answer to a question: a recent one, a new one, or, where asking fails, the last good one.
    pub(super) async fn get(
        &self,
        key: K,
        ask: impl Future<Output = Result<V, E>> + Send,
    ) -> Result<V, Arc<E>> {
        let outcome = self
            .recent
            .get_with(key.clone(), async {
                match ask.await {
                    Ok(value) => {
                        self.good.insert(key.clone(), value.clone()).await;
                        Ok(value)
                    }
                    Err(error) => {
                        tracing::warn!(%error, "an outside service failed");
                        Err(Arc::new(error))
                    }
                }
            })
            .await;
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => self.good.get(&key).await.ok_or(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
    #[error("no")]
    struct No;

    fn kept_for(time: Duration) -> Remembered<&'static str, u32, No> {
        Remembered::new(time, 100, |_| 1)
    }

    #[tokio::test]
    async fn many_who_ask_at_once_cost_one_question() {
        let asked = AtomicUsize::new(0);
        let remembered = kept_for(Duration::from_mins(1));
        let ask = || async {
            asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(7)
        };
        let all = futures::future::join_all((0..20).map(|_| remembered.get("a", ask()))).await;
        assert!(all.iter().all(|answer| *answer == Ok(7)));
        assert_eq!((remembered.get("b", ask()).await, asked.load(Ordering::Relaxed)), (Ok(7), 2));
    }

    #[tokio::test]
    async fn last_good_answer_stands_in_for_a_failing_service() {
        let remembered = kept_for(Duration::from_millis(20));
        assert_eq!(remembered.get("a", async { Ok(1) }).await, Ok(1));
        assert_eq!(remembered.get("a", async { Ok(2) }).await, Ok(1), "it is recent");
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(remembered.get("a", async { Err(No) }).await, Ok(1), "it is old but good");
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(remembered.get("a", async { Ok(3) }).await, Ok(3));
        assert_eq!(remembered.get("b", async { Err(No) }).await, Err(Arc::new(No)), "there never was one");
    }

    #[tokio::test]
    async fn failing_service_is_left_alone_for_a_while() {
        let remembered = kept_for(Duration::from_hours(1));
        assert_eq!(remembered.get("a", async { Err(No) }).await, Err(Arc::new(No)));
        let again = async { panic!("it was asked again") };
        assert_eq!(remembered.get("a", again).await, Err(Arc::new(No)));
    }
}

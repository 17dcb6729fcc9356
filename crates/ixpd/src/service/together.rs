//! One piece of work for all that ask for the same thing at the same time.
//!
//! Monitoring systems and route servers fetch the same text in bursts. Whoever asks while it is being made waits for the
//! next making, which begins after the question: no answer is older than its request.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use tokio::sync::Mutex as AsyncMutex;

/// Makes values by key, once for all that wait for it.
pub struct Together<K, V>(Mutex<HashMap<K, Arc<Queue<V>>>>);

/// Those who ask for one key.
struct Queue<V> {
    /// Held while the value is made.
    turn: AsyncMutex<()>,
    /// The batch that the next making is for.
    next: Mutex<Batch<V>>,
}

/// The requests that get the same value.
type Batch<V> = Arc<OnceLock<V>>;

impl<K, V> Default for Together<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K, V> fmt::Debug for Together<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Together")
    }
}

impl<V> Default for Queue<V> {
    fn default() -> Self {
        Self { turn: AsyncMutex::default(), next: Mutex::default() }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Together<K, V> {
    /// The value that was made after this call, by `make` or by another caller's.
    ///
    /// # Errors
    /// Those of `make`. They are the caller's own: others make the value themselves.
    pub async fn get<E>(&self, key: K, make: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let queue = Arc::clone(lock(&self.0).entry(key.clone()).or_default());
        let place = Place { queues: &self.0, key, queue };
        let queue = &place.queue;
        let batch = Arc::clone(&lock(&queue.next));
        let _turn = queue.turn.lock().await;
        if let Some(value) = batch.get() {
            return Ok(value.clone());
        }
        // Who comes from now on may know of changes that this making doesn't see.
        *lock(&queue.next) = Batch::default();
        make.await.inspect(|value| drop(batch.set(value.clone())))
    }
}

/// A caller's place in a queue, which is forgotten when the last one leaves, by whatever way.
struct Place<'a, K: Eq + Hash, V> {
    queues: &'a Mutex<HashMap<K, Arc<Queue<V>>>>,
    key: K,
    queue: Arc<Queue<V>>,
}

impl<K: Eq + Hash, V> Drop for Place<'_, K, V> {
    fn drop(&mut self) {
        let mut queues = lock(self.queues);
        // The map's and this one.
        if Arc::strong_count(&self.queue) == 2 {
            queues.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use futures::future::{join, join_all};
    use tokio::{sync::Notify, task::yield_now};

    use super::*;

    #[tokio::test]
    async fn those_who_wait_get_one_value_and_nobody_one_from_before_the_question() {
        let (together, version) = (Together::<_, usize>::default(), AtomicUsize::new(0));
        let (made, begun, go) = (AtomicUsize::new(0), Notify::new(), Notify::new());
        let make = async || {
            made.fetch_add(1, Ordering::Relaxed);
            let read = version.load(Ordering::Relaxed);
            begun.notify_one();
            go.notified().await;
            Ok::<_, Infallible>(read)
        };
        let first = together.get("key", make());
        let later = async {
            begun.notified().await;
            // The first one has read; what is changed now must show in every later answer.
            version.store(1, Ordering::Relaxed);
            let waiting = join_all((0..20).map(|_| together.get("key", make())));
            let letting_go = async {
                for _ in 0..50 {
                    yield_now().await;
                }
                go.notify_one();
                begun.notified().await;
                go.notify_one();
            };
            join(waiting, letting_go).await.0
        };
        let (first, later) = join(first, later).await;
        assert_eq!(first, Ok(0));
        assert_eq!(later, vec![Ok(1); 20]);
        assert_eq!(made.load(Ordering::Relaxed), 2);
        assert!(lock(&together.0).is_empty(), "a queue is left");
    }

    #[tokio::test]
    async fn failure_is_the_caller_s_own() {
        let together = Together::<_, usize>::default();
        let results = join_all([Err("no database"), Ok(1), Ok(2)].map(|outcome| {
            together.get("key", async move {
                yield_now().await;
                outcome
            })
        }));
        assert_eq!(results.await, [Err("no database"), Ok(1), Ok(1)]);
    }

    #[tokio::test]
    async fn caller_that_goes_away_leaves_the_others_their_turn() {
        let together = Arc::new(Together::<_, usize>::default());
        let (one, begun) = (Arc::clone(&together), Arc::new(Notify::new()));
        let told = Arc::clone(&begun);
        let stuck = tokio::spawn(async move {
            one.get("key", async move {
                told.notify_one();
                std::future::pending::<Result<usize, Infallible>>().await
            })
            .await
        });
        begun.notified().await;
        let other = together.get("key", async { Ok::<_, Infallible>(2) });
        let ((), other) = join(async { stuck.abort() }, other).await;
        assert_eq!(other, Ok(2));
        assert!(lock(&together.0).is_empty(), "a queue is left");
    }
}

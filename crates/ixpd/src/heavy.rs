//! Work that takes a processor for long, such as the configuration of a router or a text made to be slow.
//!
//! It is done by threads of its own, so that it doesn't hold up the other requests of a thread, and by few of them at the
//! same time, so that the operating system has time left for the threads that answer requests. Clients share them in turn.

use std::{future::Future, net::IpAddr, num::NonZeroUsize, sync::Arc};

use ixpd_db::sql_counter;
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    task::{JoinError, spawn_blocking},
};

use crate::{
    auth::client_address::ClientAddress,
    error::AppError,
    fair_queue::{FairQueue, Limits, Permit, QueueFull},
};

/// What may wait for a thread: as many requests as the largest exchanges send at the same minute, from one machine too.
const WAITING: Limits = Limits { slots: 2, slots_of_one: 2, waiting_of_one: 256, waiting: 512 };
/// Answers that are made while they are sent. Each holds a thread and the text that isn't sent yet, and a client that
/// reads slowly holds both for long.
const SENDING: Limits = Limits { slots: 64, slots_of_one: 48, waiting_of_one: 256, waiting: 512 };
/// Seconds after which whoever was turned away may ask again.
const RETRY_AFTER: u64 = 10;

/// The limits on such work. One for each process.
#[derive(Debug)]
pub struct Heavy {
    working: FairQueue<IpAddr>,
    texts: FairQueue<IpAddr>,
    sending: FairQueue<IpAddr>,
    processors: Arc<Semaphore>,
}

/// A place among the answers that are made while they are sent.
pub type Sending = Permit<IpAddr>;

impl Heavy {
    /// Limits for the processors that there are.
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2);
        let working = Limits { slots: processors, slots_of_one: processors, ..WAITING };
        // At least two processors are counted, so that neither kind is without a thread.
        let texts = Limits { slots: processors - 1, slots_of_one: processors - 1, ..WAITING };
        Self {
            working: FairQueue::new(working),
            texts: FairQueue::new(texts),
            sending: FairQueue::new(SENDING),
            processors: Arc::new(Semaphore::new(processors)),
        }
    }

    /// Does `work` on a thread of its own when it is the client's turn. Once begun it goes on even if nobody waits for it
    /// any more.
    ///
    /// # Errors
    /// 503 when too many wait already.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let permit = self.working.acquire(client()).await.map_err(busy)?;
        spawn_blocking(holding(permit, work)).await.map_err(|error| broke_off(&error))
    }

    /// As [`Heavy::run`], for a text of a user's. All of these together leave a thread to other work, such as the
    /// configurations that routers wait for.
    ///
    /// # Errors
    /// 503 when too many wait already.
    pub async fn run_text<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let permit = self.texts.acquire(client()).await.map_err(busy)?;
        self.run(holding(permit, work)).await
    }

    /// As [`Heavy::run`], for work that waits for the database at times.
    ///
    /// # Errors
    /// 503 when too many wait already.
    pub async fn run_async<F>(&self, work: F) -> Result<F::Output, AppError>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let (runtime, work) = (Handle::current(), sql_counter::carried(work));
        self.run(move || runtime.block_on(work)).await
    }

    /// A place for an answer that is made while it is sent.
    ///
    /// # Errors
    /// 503 when too many wait for one already.
    pub async fn sending(&self) -> Result<Sending, AppError> {
        self.sending.acquire(client()).await.map_err(busy)
    }

    /// Held by threads that make such answers, while they don't wait for the client.
    pub fn processors(&self) -> Arc<Semaphore> {
        Arc::clone(&self.processors)
    }
}

impl Default for Heavy {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns `work` with a permit that is given back when it is done, whoever waits for it by then.
fn holding<T>(permit: Permit<IpAddr>, work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    move || {
        let _permit = permit;
        work()
    }
}

fn client() -> IpAddr {
    ClientAddress::current().throttle_unit()
}

fn busy(_: QueueFull) -> AppError {
    AppError::Busy { retry_after: RETRY_AFTER }
}

fn broke_off(error: &JoinError) -> AppError {
    AppError::internal(format!("work beside the requests broke off: {error}"))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_is_done_at_once_than_there_are_processors_and_what_is_too_much_is_refused() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let heavy = Arc::new(Heavy::new());
        let processors = heavy.processors().available_permits();
        let mut requests = JoinSet::new();
        for _ in 0..400 {
            let heavy = Arc::clone(&heavy);
            requests.spawn(async move {
                let work = || {
                    MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(10));
                    RUNNING.fetch_sub(1, Ordering::SeqCst);
                };
                heavy.run(work).await
            });
        }
        let outcomes = requests.join_all().await;
        assert_eq!(MOST.load(Ordering::SeqCst), processors);
        let refused = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        assert!(refused > 0 && refused < 400 - WAITING.waiting_of_one, "{refused}");
        assert!(
            outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| error.status() == 503)
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn texts_leave_a_thread_to_other_work() {
        let heavy = Arc::new(Heavy::new());
        let threads = heavy.processors().available_permits();
        let (release, gates): (Vec<_>, Vec<_>) =
            (0..threads + 2).map(|_| std::sync::mpsc::channel::<()>()).unzip();
        let mut texts = JoinSet::new();
        for gate in gates {
            let heavy = Arc::clone(&heavy);
            texts.spawn(async move { heavy.run_text(move || gate.recv().is_err()).await });
        }
        while heavy.texts.waiting() < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let other = tokio::time::timeout(Duration::from_secs(20), heavy.run(|| ())).await;
        other.expect("a thread is free").unwrap();
        drop(release);
        assert!(texts.join_all().await.into_iter().all(|ended| ended.unwrap()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn another_client_is_served_before_what_the_first_one_has_waiting() {
        let heavy = Arc::new(Heavy::new());
        let mut requests = JoinSet::new();
        for _ in 0..200 {
            let heavy = Arc::clone(&heavy);
            requests.spawn(async move {
                heavy.run(|| std::thread::sleep(Duration::from_millis(20))).await.is_ok()
            });
        }
        while heavy.working.waiting() < 190 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let other = ClientAddress(Some("192.0.2.1".parse().unwrap()));
        other.scope(heavy.run(|| ())).await.unwrap();
        assert!(heavy.working.waiting() > 150, "{} wait", heavy.working.waiting());
    }
}

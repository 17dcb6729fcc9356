//! A limit on how much is done at the same time, shared fairly among those who ask for it.
//!
//! A semaphore serves in the order of arrival, so that whoever asks for fifty things keeps everybody else waiting for
//! all of them. Here those who wait are served in turn: one of each key, then the next of each.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// How much is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What is done at the same time.
    pub slots: usize,
    /// Of these, what is done for one key.
    pub slots_of_one: usize,
    /// How many of one key may wait.
    pub waiting_of_one: usize,
    /// How many may wait in all.
    pub waiting: usize,
}

/// Too many wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueFull {
    /// Of the same key.
    #[error("too many requests of this client wait already")]
    OfOne,
    /// In all.
    #[error("too many requests wait already")]
    InAll,
}

/// The queue. Cheap to clone; clones share it.
#[derive(Debug)]
pub struct FairQueue<K: Eq + Hash + Clone> {
    limits: Limits,
    lines: Arc<Mutex<Lines<K>>>,
}

impl<K: Eq + Hash + Clone> Clone for FairQueue<K> {
    fn clone(&self) -> Self {
        Self { limits: self.limits, lines: Arc::clone(&self.lines) }
    }
}

#[derive(Debug)]
struct Lines<K: Eq + Hash + Clone> {
    running: usize,
    of_key: HashMap<K, Line<K>>,
    /// The keys somebody waits for, the next to be served first. Each is in here once.
    turns: VecDeque<K>,
}

#[derive(Debug)]
struct Line<K: Eq + Hash + Clone> {
    running: usize,
    waiting: VecDeque<oneshot::Sender<Permit<K>>>,
}

impl<K: Eq + Hash + Clone> FairQueue<K> {
    /// An empty queue.
    pub fn new(limits: Limits) -> Self {
        let lines = Lines { running: 0, of_key: HashMap::new(), turns: VecDeque::new() };
        Self { limits, lines: Arc::new(Mutex::new(lines)) }
    }

    /// Waits for a slot. Whoever drops the future no longer waits.
    ///
    /// # Errors
    /// At once, when too many wait already.
    pub async fn acquire(&self, key: K) -> Result<Permit<K>, QueueFull> {
        let turn = match self.take_or_wait(key)? {
            Ok(permit) => return Ok(permit),
            Err(turn) => turn,
        };
        // The sender is dropped only by whoever finds that nobody waits for it any more.
        turn.await.map_err(|_| QueueFull::InAll)
    }

    /// A permit, or what it will arrive by.
    fn take_or_wait(&self, key: K) -> Result<Result<Permit<K>, oneshot::Receiver<Permit<K>>>, QueueFull> {
        let mut lines = self.lines();
        lines.forget_gone(&key);
        let (of_one, is_next) = match lines.of_key.get(&key) {
            Some(line) => (line.running, line.waiting.is_empty()),
            None => (0, true),
        };
        if lines.running < self.limits.slots && of_one < self.limits.slots_of_one && is_next {
            lines.start(&key);
            return Ok(Ok(self.permit(key)));
        }
        if lines.waiting_of(&key) >= self.limits.waiting_of_one {
            return Err(QueueFull::OfOne);
        }
        if lines.waiting() >= self.limits.waiting {
            lines.forget_all_gone();
            if lines.waiting() >= self.limits.waiting {
                return Err(QueueFull::InAll);
            }
        }
        let (sender, receiver) = oneshot::channel();
        lines.enqueue(key, sender);
        Ok(Err(receiver))
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.lines().waiting()
    }

    fn permit(&self, key: K) -> Permit<K> {
        Permit { queue: self.clone(), key: Some(key) }
    }

    fn lines(&self) -> MutexGuard<'_, Lines<K>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a slot back, and hands free ones to those whose turn it is.
    fn release(&self, key: &K) {
        self.lines().stop(key);
        loop {
            let next = self.lines().next(self.limits);
            let Some((key, sender)) = next else { return };
            // Outside of the lock: a permit that can't be delivered is given back in here.
            if let Err(mut permit) = sender.send(self.permit(key))
                && let Some(key) = permit.key.take()
            {
                self.lines().stop(&key);
            }
        }
    }
}

impl<K: Eq + Hash + Clone> Lines<K> {
    fn waiting_of(&self, key: &K) -> usize {
        self.of_key.get(key).map_or(0, |line| line.waiting.len())
    }

    fn waiting(&self) -> usize {
        self.turns.iter().map(|key| self.waiting_of(key)).sum()
    }

    fn start(&mut self, key: &K) {
        self.running += 1;
        self.line(key.clone()).running += 1;
    }

    fn stop(&mut self, key: &K) {
        self.running -= 1;
        if let Some(line) = self.of_key.get_mut(key) {
            line.running -= 1;
        }
        self.forget_if_idle(key);
    }

    fn line(&mut self, key: K) -> &mut Line<K> {
        self.of_key.entry(key).or_insert_with(|| Line { running: 0, waiting: VecDeque::new() })
    }

    fn enqueue(&mut self, key: K, sender: oneshot::Sender<Permit<K>>) {
        let line = self.line(key.clone());
        line.waiting.push_back(sender);
        if line.waiting.len() == 1 {
            self.turns.push_back(key);
        }
    }

    /// Takes the next one out that may have a slot, and counts it as running.
    fn next(&mut self, limits: Limits) -> Option<(K, oneshot::Sender<Permit<K>>)> {
        if self.running >= limits.slots {
            return None;
        }
        for _ in 0..self.turns.len() {
            let key = self.turns.pop_front()?;
            let line = self.line(key.clone());
            if line.running >= limits.slots_of_one {
                self.turns.push_back(key);
                continue;
            }
            let next = line.waiting.pop_front();
            if !line.waiting.is_empty() {
                self.turns.push_back(key.clone());
            }
            if let Some(sender) = next {
                self.start(&key);
                return Some((key, sender));
            }
        }
        None
    }

    /// Forgets those of a key who no longer wait.
    fn forget_gone(&mut self, key: &K) {
        let Some(line) = self.of_key.get_mut(key) else { return };
        line.waiting.retain(|sender| !sender.is_closed());
        if line.waiting.is_empty() {
            self.turns.retain(|other| other != key);
        }
        self.forget_if_idle(key);
    }

    fn forget_all_gone(&mut self) {
        let keys: Vec<K> = self.turns.iter().cloned().collect();
        for key in &keys {
            self.forget_gone(key);
        }
    }

    fn forget_if_idle(&mut self, key: &K) {
        if self.of_key.get(key).is_some_and(|line| line.running == 0 && line.waiting.is_empty()) {
            self.of_key.remove(key);
        }
    }
}

/// A slot, given back when this is dropped. Belongs into the task that does the work: the request that wants it may be
/// dropped while that goes on.
#[derive(Debug)]
pub struct Permit<K: Eq + Hash + Clone> {
    queue: FairQueue<K>,
    /// None once it was given back by other means.
    key: Option<K>,
}

impl<K: Eq + Hash + Clone> Drop for Permit<K> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.queue.release(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex as StdMutex, time::Duration};

    use tokio::{task::JoinSet, time::timeout};

    use super::*;

    const LIMITS: Limits = Limits { slots: 2, slots_of_one: 2, waiting_of_one: 50, waiting: 60 };

    fn queue(limits: Limits) -> FairQueue<&'static str> {
        FairQueue::new(limits)
    }

    /// Lets every task that can go on do so.
    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_wait_are_served_in_turn() {
        let queue = queue(Limits { slots: 1, ..LIMITS });
        let busy = queue.acquire("busy").await.unwrap();
        let order = Arc::new(StdMutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        for key in ["many"; 10].into_iter().chain(["one", "other", "other"]) {
            let (queue, order) = (queue.clone(), Arc::clone(&order));
            tasks.spawn(async move {
                let _permit = queue.acquire(key).await.unwrap();
                order.lock().unwrap().push(key);
            });
            settle().await;
        }
        drop(busy);
        tasks.join_all().await;
        assert_eq!(order.lock().unwrap()[..5], ["many", "one", "other", "many", "other"]);
        assert_eq!(order.lock().unwrap().len(), 13);
        assert!(queue.lines().of_key.is_empty() && queue.lines().turns.is_empty());
    }

    #[tokio::test]
    async fn one_key_has_no_more_slots_and_places_than_are_its() {
        let queue = queue(Limits { slots: 3, slots_of_one: 1, waiting_of_one: 2, waiting: 3 });
        let running = queue.acquire("a").await.unwrap();
        let mut waiting = JoinSet::new();
        for key in ["a", "a"] {
            let queue = queue.clone();
            waiting.spawn(async move { queue.acquire(key).await.map(drop) });
        }
        settle().await;
        assert_eq!(queue.acquire("a").await.unwrap_err(), QueueFull::OfOne);
        // The other slots aren't its.
        let others = [queue.acquire("b").await.unwrap(), queue.acquire("c").await.unwrap()];
        let fourth = queue.clone();
        waiting.spawn(async move { fourth.acquire("d").await.map(drop) });
        settle().await;
        assert_eq!(queue.acquire("e").await.unwrap_err(), QueueFull::InAll);
        drop(running);
        drop(others);
        assert!(waiting.join_all().await.iter().all(Result::is_ok));
        assert_eq!(queue.lines().running, 0);
    }

    #[tokio::test]
    async fn who_no_longer_waits_takes_neither_slot_nor_place() {
        let queue = queue(Limits { slots: 1, waiting_of_one: 2, ..LIMITS });
        let running = queue.acquire("a").await.unwrap();
        for _ in 0..20 {
            let gone = timeout(Duration::from_millis(1), queue.acquire("a")).await;
            assert!(gone.is_err(), "it doesn't wait");
        }
        drop(running);
        // A permit that was on its way to somebody who has gone comes back too.
        let running = queue.acquire("a").await.unwrap();
        let mut waiting = Box::pin(queue.acquire("b"));
        assert!(timeout(Duration::from_millis(1), &mut waiting).await.is_err());
        drop(running);
        drop(waiting);
        timeout(Duration::from_secs(5), queue.acquire("c")).await.expect("a slot").unwrap();
        assert_eq!(queue.lines().running, 0);
    }
}

//! Lets one call have the world to itself for a while, though it locks and unlocks it several times.
//!
//! A composite call that may be rolled back must not take back what others wrote meanwhile, so nobody else gets at the world
//! until it is done. It runs on one thread from beginning to end, and that thread is the one that is let in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Whose turn it is.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Read and written under the lock of the world only.
    is_taken: AtomicBool,
    holder: Mutex<Option<ThreadId>>,
    ended: Condvar,
}

impl Turn {
    /// Gives a lock of the world to whoever's turn it is; others wait.
    pub(crate) fn wait<'w, T>(&self, mut world: MutexGuard<'w, T>) -> MutexGuard<'w, T> {
        while self.is_taken.load(Ordering::Acquire)
            && *self.holder() != Some(thread::current().id())
        {
            world = self
                .ended
                .wait(world)
                .unwrap_or_else(PoisonError::into_inner);
        }
        world
    }

    /// Takes the turn, under the lock of the world.
    pub(crate) fn take(&self) {
        *self.holder() = Some(thread::current().id());
        self.is_taken.store(true, Ordering::Release);
    }

    /// Ends it, under the lock of the world.
    pub(crate) fn end(&self) {
        *self.holder() = None;
        self.is_taken.store(false, Ordering::Release);
        self.ended.notify_all();
    }

    fn holder(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn nobody_comes_between_the_locks_of_one_turn() {
        let shared = Arc::new((Mutex::new(Vec::new()), Turn::default()));
        let world = |shared: &Arc<(Mutex<Vec<u32>>, Turn)>, number: u32| {
            let mut list = shared.1.wait(shared.0.lock().unwrap());
            list.push(number);
            drop(list);
        };
        {
            let _list = shared.0.lock().unwrap();
            shared.1.take();
        }
        let others: Vec<_> = (0..4)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || world(&shared, 9))
            })
            .collect();
        for number in 0..100 {
            world(&shared, number);
            thread::yield_now();
        }
        {
            let _list = shared.0.lock().unwrap();
            shared.1.end();
        }
        for other in others {
            other.join().unwrap();
        }
        let list = shared.0.lock().unwrap();
        assert_eq!(list[..100], (0..100).collect::<Vec<u32>>());
        assert_eq!(list[100..], [9; 4]);
    }
}

//! Calls in flight, counted for each client: all of them, and the heavy ones.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts calls in flight.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    lanes: HashMap<String, Arc<Lane>>,
}

#[derive(Debug, Default)]
struct Lane {
    calls: AtomicU32,
    heavy_calls: AtomicU32,
}

/// A place among the calls in flight; given back when dropped, also when the caller goes away in the middle.
#[derive(Debug)]
pub(crate) struct Permit {
    lane: Arc<Lane>,
    places: u32,
    is_heavy: bool,
}

impl Gate {
    /// Takes as many places, or none of them when not all are free.
    pub(crate) fn enter(
        &mut self,
        client: &str,
        places: u32,
        is_heavy: bool,
        calls_max: Option<u32>,
        heavy_calls_max: Option<u32>,
    ) -> Option<Permit> {
        if !self.lanes.contains_key(client) {
            self.lanes.insert(client.to_owned(), Arc::default());
        }
        let lane = self.lanes.get(client)?;
        // The meter is locked while a place is taken; places are given back without the lock, which only makes room.
        let is_full = |count: &AtomicU32, more: u32, maximum: Option<u32>| {
            maximum.is_some_and(|maximum| count.load(Ordering::Relaxed) + more > maximum)
        };
        if is_full(&lane.calls, places, calls_max)
            || (is_heavy && is_full(&lane.heavy_calls, 1, heavy_calls_max))
        {
            return None;
        }
        lane.calls.fetch_add(places, Ordering::Relaxed);
        if is_heavy {
            lane.heavy_calls.fetch_add(1, Ordering::Relaxed);
        }
        Some(Permit {
            lane: Arc::clone(lane),
            places,
            is_heavy,
        })
    }

    /// Calls in flight over all clients, and the heavy ones among them.
    pub(crate) fn in_flight(&self) -> (u32, u32) {
        let sum = |count: fn(&Lane) -> &AtomicU32| {
            self.lanes
                .values()
                .map(|lane| count(lane).load(Ordering::Relaxed))
                .sum()
        };
        (sum(|lane| &lane.calls), sum(|lane| &lane.heavy_calls))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.lane.calls.fetch_sub(self.places, Ordering::Relaxed);
        if self.is_heavy {
            self.lane.heavy_calls.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_for_each_client_and_given_back() {
        let mut gate = Gate::default();
        let first = gate.enter("a", 1, true, Some(2), Some(1)).unwrap();
        assert!(
            gate.enter("a", 1, true, Some(2), Some(1)).is_none(),
            "one heavy call is the most"
        );
        let second = gate.enter("a", 1, false, Some(2), Some(1)).unwrap();
        assert!(
            gate.enter("a", 1, false, Some(2), Some(1)).is_none(),
            "two calls are the most"
        );
        assert!(
            gate.enter("b", 1, true, Some(2), Some(1)).is_some(),
            "another client has its own places"
        );
        assert_eq!(gate.in_flight(), (2, 1));
        drop((first, second));
        assert!(
            gate.enter("a", 3, false, Some(2), Some(1)).is_none(),
            "a call that takes three places has no room"
        );
        assert_eq!(gate.in_flight(), (0, 0));
    }
}

//! Sends the callbacks that wait in the outbox.
//!
//! Each sender's callbacks go out one after the other, in the order in which they were caused; different senders do not wait
//! for each other. unknown: how often Zoho tries again; here each callback is sent once, whatever the receiver answers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::sent::{Entry, Outcome};
use crate::clock::{self, Stopwatch};
use crate::faults::MetLetter;
use crate::state::Shared;
use crate::world::outbox::Letter;

/// How long a receiver may take. unknown: Zoho's own patience.
const ANSWER_SECONDS_MAX: u64 = 10;

/// How long a callback that is to be overtaken waits for the next one.
const OVERTAKEN_MS_MAX: u64 = 1_000;

/// Callbacks that wait for a slow receiver, and bytes of their bodies for all receivers; the oldest are lost.
/// unknown: how many Zoho keeps.
const WAITING_MAX: usize = 1_000;
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Callbacks that a fault makes late, for all receivers, and bytes of their bodies; more are lost.
const LATE_MAX: usize = 1_000;
const LATE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A callback with what goes wrong with it.
type Planned = (Letter, MetLetter);

/// Sends until the simulator is gone. Receivers on this machine may have certificates that they signed themselves.
pub(crate) async fn post(shared: Arc<Shared>) {
    let client = |is_lenient: bool| {
        reqwest::Client::builder()
            .timeout(Duration::from_secs(ANSWER_SECONDS_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .danger_accept_invalid_certs(is_lenient)
            .build()
    };
    let (strict, lenient) = match (client(false), client(true)) {
        (Ok(strict), Ok(lenient)) => (strict, lenient),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "callbacks cannot be sent");
            return;
        }
    };
    let postman = Postman {
        shared,
        strict,
        lenient,
        late: Late::default(),
    };
    postman.run().await;
}

#[derive(Debug, Clone)]
struct Postman {
    shared: Arc<Shared>,
    strict: reqwest::Client,
    lenient: reqwest::Client,
    late: Late,
}

/// Room for callbacks that come late.
#[derive(Debug, Clone)]
struct Late {
    letters: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
}

impl Default for Late {
    fn default() -> Self {
        Self {
            letters: Arc::new(Semaphore::new(LATE_MAX)),
            bytes: Arc::new(Semaphore::new(LATE_BYTES_MAX)),
        }
    }
}

impl Late {
    /// A place for a callback as long as it waits; `None` when there is no room.
    fn place(&self, letter: &Letter) -> Option<[OwnedSemaphorePermit; 2]> {
        let bytes = u32::try_from(letter.bytes()).ok()?;
        let place = Arc::clone(&self.letters).try_acquire_owned().ok()?;
        let bytes = Arc::clone(&self.bytes).try_acquire_many_owned(bytes).ok()?;
        Some([place, bytes])
    }
}

/// Callbacks of one sender.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Planned>,
    /// The one that the next one is to overtake, with a number for its timer.
    held: Option<(u64, Planned)>,
    is_busy: bool,
}

impl Queue {
    /// The held callback is the next one.
    fn release(&mut self) {
        if let Some((_, (letter, met))) = self.held.take() {
            let met = MetLetter {
                is_overtaken: false,
                ..met
            };
            self.waiting.push_front((letter, met));
        }
    }

    /// Bytes of what waits.
    fn bytes(&self) -> usize {
        let waiting = self.waiting.iter();
        waiting.map(|(letter, _)| letter.bytes()).sum()
    }

    fn is_done(&self) -> bool {
        !self.is_busy && self.waiting.is_empty() && self.held.is_none()
    }
}

/// What the tasks of the postman tell him.
#[derive(Debug, Clone, Copy)]
enum News {
    /// A callback of this sender is done.
    Sent { sender: u64 },
    /// Nothing has overtaken the held callback with this number.
    Patience { sender: u64, number: u64 },
}

impl Postman {
    async fn run(self) {
        let (tell, mut news) = mpsc::unbounded_channel();
        let mut queues: HashMap<u64, Queue> = HashMap::new();
        let mut held = 0;
        loop {
            let senders: Vec<u64> = tokio::select! {
                () = self.shared.has_letters() => self.accept(&mut queues),
                Some(told) = news.recv() => vec![hear(told, &mut queues)],
            };
            for sender in senders {
                if let Some(queue) = queues.get_mut(&sender) {
                    self.work(sender, queue, &mut held, &tell);
                    if queue.is_done() {
                        queues.remove(&sender);
                    }
                }
            }
        }
    }

    /// Takes all that waits in the outbox.
    fn accept(&self, queues: &mut HashMap<u64, Queue>) -> Vec<u64> {
        let letters = self.shared.world().outbox.take();
        let mut senders = Vec::with_capacity(letters.len());
        let mut bytes: usize = queues.values().map(Queue::bytes).sum();
        for letter in letters {
            let met = self.shared.faults().meet_letter(&letter);
            senders.push(letter.sender);
            let queue = queues.entry(letter.sender).or_default();
            bytes += letter.bytes();
            queue.waiting.push_back((letter, met));
            while queue.waiting.len() > WAITING_MAX || bytes > BYTES_MAX {
                let Some((letter, met)) = queue.waiting.pop_front() else {
                    break;
                };
                bytes -= letter.bytes();
                self.note(letter, Outcome::Overtaxed, 0, met.kinds);
            }
        }
        senders
    }

    /// Sends the next callback of a queue, unless one is on its way.
    fn work(&self, sender: u64, queue: &mut Queue, held: &mut u64, tell: &UnboundedSender<News>) {
        while !queue.is_busy
            && let Some((letter, met)) = queue.waiting.pop_front()
        {
            let (postman, tell) = (self.clone(), tell.clone());
            if met.is_overtaken && queue.held.is_none() {
                *held += 1;
                let number = *held;
                queue.held = Some((number, (letter, met)));
                tokio::spawn(async move {
                    clock::pause(OVERTAKEN_MS_MAX).await;
                    let _ = tell.send(News::Patience { sender, number });
                });
            } else if met.wait_ms > 0 {
                let Some(place) = self.late.place(&letter) else {
                    self.note(letter, Outcome::Overtaxed, 0, met.kinds);
                    continue;
                };
                // It does not hold up those behind it.
                tokio::spawn(async move {
                    let _place = place;
                    clock::pause(met.wait_ms).await;
                    postman.send(letter, met).await;
                });
            } else {
                queue.is_busy = true;
                tokio::spawn(async move {
                    postman.send(letter, met).await;
                    let _ = tell.send(News::Sent { sender });
                });
            }
        }
    }

    async fn send(&self, letter: Letter, met: MetLetter) {
        if met.is_lost {
            self.note(letter, Outcome::Lost, 0, met.kinds);
            return;
        }
        for _ in 0..=met.copies {
            let stopwatch = Stopwatch::start();
            let outcome = self.deliver(&letter).await;
            let duration_us = stopwatch.elapsed_us();
            self.note(letter.clone(), outcome, duration_us, met.kinds.clone());
        }
    }

    async fn deliver(&self, letter: &Letter) -> Outcome {
        let client = if is_here(&letter.url) {
            &self.lenient
        } else {
            &self.strict
        };
        let request = client
            .post(&letter.url)
            .header(CONTENT_TYPE, "application/json")
            .body(letter.body.clone());
        match request.send().await {
            Ok(response) => Outcome::Answered(response.status().as_u16()),
            Err(error) => Outcome::Failed(error.without_url().to_string()),
        }
    }

    fn note(&self, letter: Letter, outcome: Outcome, duration_us: u64, faults: Vec<&'static str>) {
        self.shared.sent().add(Entry {
            sequence: 0,
            at: self.shared.clock.now(),
            letter,
            outcome,
            duration_us,
            faults,
        });
    }
}

/// Takes note of the news and tells whose they are.
fn hear(told: News, queues: &mut HashMap<u64, Queue>) -> u64 {
    let (sender, number) = match told {
        News::Sent { sender } => (sender, None),
        News::Patience { sender, number } => (sender, Some(number)),
    };
    if let Some(queue) = queues.get_mut(&sender) {
        match number {
            None => {
                queue.is_busy = false;
                queue.release();
            }
            Some(number) if queue.held.as_ref().is_some_and(|(held, _)| *held == number) => {
                queue.release();
            }
            Some(_) => {}
        }
    }
    sender
}

/// Whether the receiver is on this machine.
fn is_here(url: &str) -> bool {
    let url = url::Url::parse(url);
    match url.as_ref().map(url::Url::host) {
        Ok(Some(url::Host::Ipv4(address))) => address.is_loopback(),
        Ok(Some(url::Host::Ipv6(address))) => address.is_loopback(),
        Ok(Some(url::Host::Domain(name))) => name == "localhost" || name.ends_with(".localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::outbox::LetterKind;

    #[test]
    fn late_callbacks_have_room_for_some_and_for_so_many_bytes() {
        let letter = |bytes: usize| Letter {
            kind: LetterKind::Notification,
            url: String::new(),
            body: " ".repeat(bytes),
            sender: 1,
            module: String::new(),
            operation: String::new(),
        };
        let late = Late::default();
        let places: Vec<_> = (0..LATE_MAX).map(|_| late.place(&letter(1))).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(late.place(&letter(1)).is_none());
        drop(places);
        let long = late.place(&letter(LATE_BYTES_MAX - 1));
        assert!(long.is_some() && late.place(&letter(2)).is_none());
        assert!(late.place(&letter(1)).is_some());
    }
}

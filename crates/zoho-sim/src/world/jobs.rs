//! Work that Zoho does later: bulk reads and writes, mass actions. Jobs wait, run and end by the simulated clock.
//!
//! [`World::settle`] runs what is due, in the order of the due times. It is called before each request, when the clock is
//! moved and by a slow ticker; a job is run as of the second when it was due, so its outcome does not depend on who asks
//! first. What a job does is a variant of [`Work`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::World;
use super::blob::Blob;
use super::bulk::{BulkRead, BulkWrite};
use crate::actions::mass::Mass;
use crate::crm::bulk;

/// Bytes of results that are kept; the oldest go first. unknown: how long Zoho keeps them.
const RESULT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Jobs that are kept; the oldest ended ones go first.
const JOBS_MAX: usize = 2_000;

/// Jobs that may wait or run at once. unknown: Zoho's own number, and what it says to one too many.
const OPEN_MAX: usize = 500;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum JobState {
    Added,
    Running,
    Completed,
    Failed,
}

impl JobState {
    pub(crate) fn is_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// What a job does when its time has come, with what it found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Work {
    BulkRead(Box<BulkRead>),
    /// An action on many records.
    Mass(Box<Mass>),
    BulkWrite(Box<BulkWrite>),
    /// Ends well and remembers when it ran.
    #[cfg(test)]
    Look(Option<i64>),
}

impl Work {
    /// Does the work; false when it failed. `head` tells whose it is and when it is done.
    fn run(&mut self, world: &mut World, head: JobHead) -> bool {
        match self {
            Self::BulkRead(read) => bulk::read::run(world, head, read),
            Self::Mass(mass) => {
                mass.run(world, head);
                true
            }
            Self::BulkWrite(write) => bulk::write::run(world, head, write),
            #[cfg(test)]
            Self::Look(ran_at) => {
                *ran_at = Some(head.ends_at);
                true
            }
        }
    }

    pub(crate) fn bulk_read(&self) -> Option<&BulkRead> {
        match self {
            Self::BulkRead(read) => Some(read),
            _ => None,
        }
    }

    pub(crate) fn bulk_read_mut(&mut self) -> Option<&mut BulkRead> {
        match self {
            Self::BulkRead(read) => Some(read),
            _ => None,
        }
    }

    /// The file that the work made.
    fn file(&mut self) -> Option<&mut Option<Blob>> {
        match self {
            Self::BulkRead(read) => read.result.as_mut().map(|result| &mut result.file),
            Self::Mass(_) => None,
            Self::BulkWrite(write) => Some(&mut write.result),
            #[cfg(test)]
            Self::Look(_) => None,
        }
    }
}

/// Whose job it is and when it does what. Times are seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobHead {
    pub(crate) id: u64,
    pub(crate) user: u64,
    pub(crate) created_at: i64,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
}

/// One job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) head: JobHead,
    pub(crate) state: JobState,
    pub(crate) work: Work,
}

/// How long a job waits and runs, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) waits: u32,
    pub(crate) runs: u32,
}

impl Pace {
    /// Of a job over this many records. unknown: Zoho promises no times; thousands of records take seconds.
    pub(crate) fn of_records(records: usize) -> Self {
        Self {
            waits: 1,
            runs: u32::try_from(1 + records / 5_000).unwrap_or(u32::MAX),
        }
    }
}

/// The jobs of the organisation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Jobs {
    all: BTreeMap<u64, Job>,
    /// When which job has its next step.
    due: BTreeSet<(i64, u64)>,
}

impl Jobs {
    pub(crate) fn get(&self, id: u64) -> Option<&Job> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Job> {
        self.all.get_mut(&id)
    }

    /// All kept jobs, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.all.values()
    }

    /// Those that have not ended.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Job> {
        self.due.iter().filter_map(|(_, id)| self.all.get(id))
    }

    /// Whether no further job may be added now.
    pub(crate) fn is_full(&self) -> bool {
        self.due.len() >= OPEN_MAX
    }

    fn take_due(&mut self, now: i64) -> Option<Job> {
        let (at, id) = self.due.first().copied().filter(|(at, _)| *at <= now)?;
        self.due.remove(&(at, id));
        self.all.remove(&id)
    }

    fn forget_old(&mut self) {
        while self.all.len() > JOBS_MAX {
            let oldest = self.all.values().find(|job| job.state.is_ended());
            let Some(id) = oldest.map(|job| job.head.id) else {
                return;
            };
            self.all.remove(&id);
        }
    }

    /// Drops the oldest files of results when they take too much room.
    fn forget_results(&mut self) {
        let mut left = RESULT_BYTES_MAX;
        for job in self.all.values_mut().rev() {
            let Some(file) = job.work.file() else {
                continue;
            };
            let bytes = file.as_ref().map_or(0, |file| file.0.len());
            match left.checked_sub(bytes) {
                Some(rest) => left = rest,
                None => *file = None,
            }
        }
    }
}

impl World {
    /// Puts a job into the queue and gives its id.
    pub(crate) fn add_job(&mut self, user: u64, now: i64, pace: Pace, work: Work) -> u64 {
        let id = self.ids.next();
        let starts_at = now.saturating_add(i64::from(pace.waits));
        let head = JobHead {
            id,
            user,
            created_at: now,
            starts_at,
            ends_at: starts_at.saturating_add(i64::from(pace.runs)),
        };
        let state = JobState::Added;
        self.jobs.all.insert(id, Job { head, state, work });
        self.jobs.due.insert((starts_at, id));
        self.jobs.forget_old();
        id
    }

    /// Does all that is due by now. Cheap when nothing is.
    pub(crate) fn settle(&mut self, now: i64) {
        while let Some(mut job) = self.jobs.take_due(now) {
            if job.state == JobState::Added {
                job.state = JobState::Running;
                self.jobs.due.insert((job.head.ends_at, job.head.id));
            } else if job.work.run(self, job.head) {
                job.state = JobState::Completed;
            } else {
                job.state = JobState::Failed;
            }
            let is_ended = job.state.is_ended();
            self.jobs.all.insert(job.head.id, job);
            if is_ended {
                self.jobs.forget_results();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Edition;
    use crate::seed::Seed;

    const NOW: i64 = 1_768_035_600;

    fn world() -> World {
        World::build(&Seed::empty(), Edition::default(), NOW).unwrap()
    }

    fn state(world: &World, id: u64) -> JobState {
        world.jobs.get(id).unwrap().state
    }

    #[test]
    fn a_job_waits_runs_and_ends_when_it_was_due() {
        let mut world = world();
        let pace = Pace { waits: 2, runs: 3 };
        let id = world.add_job(1, NOW, pace, Work::Look(None));
        world.settle(NOW + 1);
        assert_eq!(state(&world, id), JobState::Added);
        world.settle(NOW + 2);
        assert_eq!(state(&world, id), JobState::Running);
        assert_eq!(world.jobs.open().count(), 1);
        world.settle(NOW + 4);
        assert_eq!(state(&world, id), JobState::Running);
        world.settle(NOW + 1_000);
        let job = world.jobs.get(id).unwrap();
        assert_eq!(job.state, JobState::Completed);
        assert!(matches!(job.work, Work::Look(Some(at)) if at == NOW + 5));
        assert_eq!(world.jobs.open().count(), 0);
    }

    #[test]
    fn jobs_that_have_not_ended_are_bounded() {
        let mut world = world();
        let pace = Pace { waits: 0, runs: 1 };
        for _ in 0..OPEN_MAX {
            assert!(!world.jobs.is_full());
            world.add_job(1, NOW, pace, Work::Look(None));
        }
        assert!(world.jobs.is_full());
        world.settle(NOW + 1);
        assert!(!world.jobs.is_full());
    }

    #[test]
    fn old_jobs_are_forgotten_but_not_open_ones() {
        let mut world = world();
        let pace = Pace { waits: 0, runs: 0 };
        let first = world.add_job(1, NOW, pace, Work::Look(None));
        world.settle(NOW);
        for _ in 0..JOBS_MAX {
            world.add_job(1, NOW, pace, Work::Look(None));
        }
        assert!(world.jobs.get(first).is_none());
        world.add_job(1, NOW, pace, Work::Look(None));
        assert_eq!(world.jobs.iter().count(), JOBS_MAX + 1);
    }
}

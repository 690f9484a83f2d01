//! Limits on time and work, and the caller's wish to stop.

use super::solution::{Bound, Limits, Progress, Report, Stage, Stop};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Elementary steps in one unit of [`Limits::work`].
const STEPS_PER_UNIT: f64 = 1e9;

/// Time and work, shared by all threads.
#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    deadline: Option<Instant>,
    seconds: Option<f64>,
    cancelled: AtomicBool,
    steps: AtomicU64,
    most_steps: Option<u64>,
}

impl Clock {
    pub fn start(limits: &Limits) -> Self {
        let started = Instant::now();
        let seconds = limits.seconds.filter(|seconds| seconds.is_finite());
        Self {
            started,
            deadline: seconds.and_then(|seconds| started.checked_add(Duration::from_secs_f64(seconds.clamp(0.0, 1e9)))),
            seconds,
            cancelled: AtomicBool::new(false),
            steps: AtomicU64::new(0),
            most_steps: limits
                .work
                .filter(|work| work.is_finite())
                .map(|work| (work * STEPS_PER_UNIT) as u64),
        }
    }

    pub fn spend(&self, steps: u64) {
        self.steps.fetch_add(steps, Ordering::Relaxed);
    }

    pub fn work(&self) -> f64 {
        self.steps.load(Ordering::Relaxed) as f64 / STEPS_PER_UNIT
    }

    /// Whether to stop at once, wherever the search is: time is up or the caller has had enough.
    pub fn interrupted(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed) || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether to stop, asked at points that every run with the same seed passes with the same work done.
    pub fn over(&self) -> bool {
        self.most_steps
            .is_some_and(|most| self.steps.load(Ordering::Relaxed) >= most)
            || self.interrupted()
    }

    /// Seconds until the deadline, where there is one.
    #[cfg(feature = "highs")]
    pub fn seconds_left(&self) -> Option<f64> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()).as_secs_f64())
    }

    /// Share of the scarcer limit that is used.
    pub fn fraction(&self) -> f64 {
        let time = self
            .seconds
            .map_or(0.0, |seconds| self.started.elapsed().as_secs_f64() / seconds.max(1e-9));
        let work = self.most_steps.map_or(0.0, |most| {
            self.steps.load(Ordering::Relaxed) as f64 / most.max(1) as f64
        });
        time.max(work).min(1.0)
    }

    /// Why the search stopped.
    pub fn stop(&self) -> Stop {
        if self.cancelled.load(Ordering::Relaxed) {
            Stop::Cancelled
        } else if self
            .most_steps
            .is_some_and(|most| self.steps.load(Ordering::Relaxed) >= most)
        {
            Stop::WorkLimit
        } else if self.interrupted() {
            Stop::TimeLimit
        } else {
            Stop::Finished
        }
    }

    /// Tells the caller how far the search is, and notes a wish to stop.
    pub fn tell(&self, report: &mut Report<'_>, stage: Stage, objective: Option<f64>, bound: f64) {
        let progress = Progress {
            stage,
            objective,
            bound: Bound::proved(bound),
            fraction: self.fraction(),
        };
        if report(progress).is_break() {
            self.cancelled.store(true, Ordering::Relaxed);
        }
    }
}

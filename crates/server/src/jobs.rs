//! Long work in the background: rows in the store, one at a time on the processors, progress to whoever listens.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use coverage_model::CoverageParameters;
use serde_json::{Value, json};
use store::{Job, JobProgress, JobStatus, NewAuditEntry, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use crate::Problem;
use crate::work::demo::DemoMaker;
use crate::work::export::ExportRequest;
use crate::work::file_job::{self, ReportRequest};
use crate::work::import_job::{self, UploadedFiles};
use crate::work::plan::PlanParameters;
use crate::work::plan::sharing::SharingParameters;
use crate::work::{self, Progress, Stage, Standing};

/// What a job is to do.
#[derive(Debug, Clone)]
pub enum JobRequest {
    /// Compute the coverage of a project.
    Coverage(CoverageParameters),
    /// Make a plan.
    Plan(Box<PlanParameters>),
    /// Look for towers that could be shared.
    Sharing(SharingParameters),
    /// Check uploaded files.
    Import(UploadedFiles),
    /// Write a layer as a file.
    Export(ExportRequest),
    /// Write a programme's report.
    Report(ReportRequest),
    /// Make and load the demo project.
    Demo,
}

/// The background work of a service. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    // The name under which this process takes work from a shared store.
    worker: String,
    demo: Option<DemoMaker>,
    events: broadcast::Sender<Job>,
    cancel_flags: Mutex<HashMap<String, Arc<AtomicBool>>>,
    // A run uses every processor by itself: two at once would only be slower.
    turns: Semaphore,
    // Reading a list or writing a file takes one processor for some seconds and does not wait for a run to end.
    readings: Arc<Semaphore>,
    closing: AtomicBool,
}

/// A job that a crash ended this often is not begun again.
const MOST_ATTEMPTS: i64 = 3;
/// How often listeners hear of progress.
const TICK: Duration = Duration::from_millis(250);
/// How often progress is written down.
const WRITE_EVERY: Duration = Duration::from_secs(2);
const EVENT_BUFFER: usize = 256;
/// The kind of the jobs that check uploaded files.
const IMPORT: &str = "import";
/// The kind of the jobs that write layers.
const EXPORT: &str = "export";
/// The kind of the jobs that write reports.
const REPORT: &str = "report";

impl Jobs {
    /// The runner on a store. `demo` makes the demo's files.
    pub fn new(store: Store, demo: Option<DemoMaker>) -> Self {
        let (events, _) = broadcast::channel(EVENT_BUFFER);
        let inner = Inner {
            store,
            worker: uuid::Uuid::now_v7().simple().to_string(),
            demo,
            events,
            cancel_flags: Mutex::default(),
            turns: Semaphore::new(1),
            readings: Arc::new(Semaphore::new(1)),
            closing: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Takes up what an earlier process left: queued work, and running work that was interrupted.
    pub async fn recover(&self) -> Result<(), Problem> {
        if self.inner.store.is_shared() {
            tokio::spawn(self.clone().say_that_it_lives());
        }
        for job in self
            .inner
            .store
            .recover_jobs(MOST_ATTEMPTS, &interrupted().to_value())
            .await?
        {
            self.spawn(job);
        }
        Ok(())
    }

    /// Takes work from a shared store until [`Jobs::close`]: jobs that wait, jobs whose worker fell silent, and blocks of runs that others lead.
    pub async fn work_for_others(&self) -> Result<(), Problem> {
        const LOOK_AGAIN: Duration = Duration::from_millis(500);
        tokio::spawn(self.clone().say_that_it_lives());
        let store = &self.inner.store;
        while !self.is_closing() {
            if let Some(job) = store.take_job(&self.inner.worker).await? {
                let flag = Arc::new(AtomicBool::new(false));
                self.flags().insert(job.id.clone(), Arc::clone(&flag));
                let id = job.id.clone();
                self.carry_on(job, flag).await?;
                self.flags().remove(&id);
                continue;
            }
            for job in store.jobs_to_help().await? {
                // Whoever leads that run tells what is wrong with it.
                if let Err(problem) = work::blocks::help(store, &job, &self.inner.worker).await {
                    tracing::warn!(job = %job.id, %problem, "could not help");
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    async fn say_that_it_lives(self) {
        while !self.is_closing() {
            if let Err(error) = self.inner.store.beat(&self.inner.worker).await {
                tracing::warn!(%error, "the sign of life could not be written");
            }
            tokio::time::sleep(store::Heartbeat::EVERY).await;
        }
    }

    /// Puts work into the queue, in the name of `who` asked for it.
    pub async fn submit(&self, project: Option<&str>, request: &JobRequest, who: &str) -> Result<Job, Problem> {
        let (kind, parameters) = match request {
            JobRequest::Coverage(parameters) => ("coverage", serde_json::to_value(parameters)?),
            JobRequest::Plan(parameters) => ("plan", serde_json::to_value(parameters)?),
            JobRequest::Sharing(parameters) => ("sharing", serde_json::to_value(parameters)?),
            JobRequest::Import(files) => (IMPORT, serde_json::to_value(files)?),
            JobRequest::Export(request) => (EXPORT, serde_json::to_value(request)?),
            JobRequest::Report(request) => (REPORT, serde_json::to_value(request)?),
            JobRequest::Demo => ("demo", json!({})),
        };
        let job = self.inner.store.create_job(project, kind, &parameters, who).await?;
        self.spawn(job.clone());
        Ok(job)
    }

    /// Asks a job to stop. A queued one ends at once, a running one at its next opportunity; one that ended stays as it is.
    pub async fn cancel(&self, id: &str) -> Result<Job, Problem> {
        let job = self.inner.store.job(id).await?;
        let flag = self.flags().get(id).cloned();
        if let Some(flag) = flag {
            flag.store(true, Ordering::Relaxed);
        }
        let elsewhere = self.inner.store.is_shared() && !self.flags().contains_key(id);
        if job.status == JobStatus::Queued || (elsewhere && !job.status.is_final()) {
            let problem = Problem::cancelled().to_value();
            let job = self
                .inner
                .store
                .finish_job(id, JobStatus::Cancelled, None, Some(&problem))
                .await?;
            self.tell(&job);
            return Ok(job);
        }
        Ok(job)
    }

    /// Lets no check of uploaded files begin until the answer is dropped; waits for the one that is under way.
    pub async fn hold_checks(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.inner.readings).acquire_owned().await.ok()
    }

    /// Every change of every job from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Job> {
        self.inner.events.subscribe()
    }

    /// Stops running work without ending its rows: the next start takes it up again.
    pub fn close(&self) {
        self.inner.closing.store(true, Ordering::Relaxed);
        for flag in self.flags().values() {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the service is shutting down.
    pub fn is_closing(&self) -> bool {
        self.inner.closing.load(Ordering::Relaxed)
    }

    fn flags(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<AtomicBool>>> {
        self.inner.cancel_flags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, job: &Job) {
        // Nobody listening is fine.
        drop(self.inner.events.send(job.clone()));
    }

    fn spawn(&self, job: Job) {
        let jobs = self.clone();
        let flag = Arc::new(AtomicBool::new(false));
        self.flags().insert(job.id.clone(), Arc::clone(&flag));
        tokio::spawn(async move {
            let id = job.id.clone();
            if let Err(problem) = jobs.carry_out(job, flag).await {
                tracing::error!(job = %id, %problem, "a job's row could not be written");
            }
            jobs.flags().remove(&id);
        });
    }

    async fn carry_out(&self, job: Job, flag: Arc<AtomicBool>) -> Result<(), Problem> {
        let turns = if [IMPORT, EXPORT, REPORT].contains(&job.kind.as_str()) {
            &*self.inner.readings
        } else {
            &self.inner.turns
        };
        let Ok(_turn) = turns.acquire().await else {
            return Ok(());
        };
        if self.is_closing() || !self.inner.store.start_job(&job.id, &self.inner.worker).await? {
            return Ok(());
        }
        let job = self.inner.store.job(&job.id).await?;
        self.carry_on(job, flag).await
    }

    /// Does the work of a job that was begun in this process's name.
    async fn carry_on(&self, job: Job, flag: Arc<AtomicBool>) -> Result<(), Problem> {
        if job.attempts > MOST_ATTEMPTS {
            return self.finish(&job, Err(interrupted())).await;
        }
        self.tell(&job);
        let listener = Arc::new(Listener::new(flag));
        let telling = tokio::spawn(self.clone().tell_progress(job.clone(), Arc::clone(&listener)));
        let outcome = self.work(&job, Arc::clone(&listener) as Arc<dyn Progress>).await;
        telling.abort();
        self.finish(&job, outcome).await
    }

    async fn work(&self, job: &Job, progress: Arc<dyn Progress>) -> Result<Value, Problem> {
        let store = &self.inner.store;
        let project = || {
            job.project
                .as_deref()
                .ok_or_else(|| Problem::internal(&"a run without a project"))
        };
        match job.kind.as_str() {
            "coverage" => {
                let run = if store.is_shared() {
                    work::blocks::lead(store, job, &self.inner.worker, progress).await?
                } else {
                    let parameters = serde_json::from_value(job.parameters.clone())?;
                    work::coverage::run(store, project()?, parameters, progress).await?
                };
                Ok(json!({ "run": run.id, "project": run.project }))
            }
            "plan" => {
                let parameters = serde_json::from_value(job.parameters.clone())?;
                let run = work::plan::run(store, project()?, parameters, progress).await?;
                if self.is_closing() && run.summary["solution"]["stop"] == "cancelled" {
                    // The service stopped it, not the planner: the next start makes the whole plan.
                    return Err(Problem::cancelled());
                }
                Ok(json!({ "run": run.id, "project": run.project }))
            }
            "sharing" => {
                let parameters = serde_json::from_value(job.parameters.clone())?;
                let run = work::plan::sharing::run(store, project()?, parameters, progress).await?;
                Ok(json!({ "run": run.id, "project": run.project }))
            }
            IMPORT => {
                let files: UploadedFiles = serde_json::from_value(job.parameters.clone())?;
                let staged = import_job::check_uploaded(store, project()?, files, progress).await?;
                Ok(json!({ "import": staged.id, "project": staged.project }))
            }
            EXPORT => {
                let request = serde_json::from_value(job.parameters.clone())?;
                file_job::export(store, project()?, &request, progress).await
            }
            REPORT => {
                let request = serde_json::from_value(job.parameters.clone())?;
                file_job::report(store, project()?, &request, progress).await
            }
            "demo" => {
                let maker = self.inner.demo.clone().ok_or_else(no_demo)?;
                let (project, run) = work::demo::make(store, maker, progress).await?;
                Ok(json!({ "project": project.id, "run": run.id }))
            }
            other => Err(Problem::internal(&format!("a job of unknown kind {other:?}"))),
        }
    }

    async fn finish(&self, job: &Job, outcome: Result<Value, Problem>) -> Result<(), Problem> {
        let store = &self.inner.store;
        let ended = match outcome {
            Ok(result) => {
                self.note(job, &result).await?;
                store
                    .finish_job(&job.id, JobStatus::Succeeded, Some(&result), None)
                    .await?
            }
            Err(problem) if problem.is_cancelled() && self.is_closing() => return Ok(()),
            Err(problem) => {
                let status = if problem.is_cancelled() {
                    JobStatus::Cancelled
                } else {
                    JobStatus::Failed
                };
                store
                    .finish_job(&job.id, status, None, Some(&problem.to_value()))
                    .await?
            }
        };
        self.tell(&ended);
        Ok(())
    }

    async fn note(&self, job: &Job, result: &Value) -> Result<(), Problem> {
        let action = match job.kind.as_str() {
            IMPORT => "import.upload".to_owned(),
            EXPORT => "export".to_owned(),
            REPORT => "programme.report_file".to_owned(),
            kind => format!("run.{kind}"),
        };
        let of_parameters = |name: &str| job.parameters[name].as_str();
        let subject = result["run"].as_str().or_else(|| result["import"].as_str());
        let subject = subject.or_else(|| of_parameters("layer").or_else(|| of_parameters("programme")));
        let mut details = json!({ "job": job.id });
        if let Some(hash) = result["written"]["file"]["hash"].as_str() {
            details["hash"] = json!(hash);
        }
        let entry = NewAuditEntry {
            who: job.created_by.as_deref().unwrap_or("local"),
            action: &action,
            project: job.project.as_deref().or_else(|| result["project"].as_str()),
            subject: subject.unwrap_or(""),
            details,
        };
        self.inner.store.append_audit(entry).await?;
        Ok(())
    }

    async fn tell_progress(self, mut job: Job, listener: Arc<Listener>) {
        let mut written = Instant::now();
        loop {
            tokio::time::sleep(TICK).await;
            let progress = listener.progress();
            if progress == job.progress {
                continue;
            }
            job.progress = progress;
            self.tell(&job);
            if written.elapsed() >= WRITE_EVERY {
                written = Instant::now();
                if let Err(error) = self.inner.store.note_progress(&job.id, &job.progress).await {
                    tracing::warn!(job = %job.id, %error, "progress could not be written");
                }
            }
        }
    }
}

/// Hears a job's work: keeps the last word, computes what is left.
struct Listener {
    cancel: Arc<AtomicBool>,
    last: Mutex<(f64, Option<Stage>, Option<Standing>)>,
    started: Instant,
}

impl Listener {
    fn new(cancel: Arc<AtomicBool>) -> Self {
        Self {
            cancel,
            last: Mutex::new((0.0, None, None)),
            started: Instant::now(),
        }
    }

    fn progress(&self) -> JobProgress {
        let (fraction, stage, standing) = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let stage = stage.unwrap_or(Stage {
            vi: "Bắt đầu",
            en: "Starting",
        });
        let with = |stage: &str, standing: Option<String>| {
            standing.map_or_else(|| stage.to_owned(), |standing| format!("{stage}: {standing}"))
        };
        JobProgress {
            fraction,
            stage_vi: with(stage.vi, standing.map(|standing| standing.text_vi())),
            stage_en: with(stage.en, standing.map(|standing| standing.text_en())),
            eta_seconds: seconds_left(fraction, self.started.elapsed().as_secs_f64()),
            objective: standing.map(|standing| standing.objective),
            bound: standing.and_then(|standing| standing.bound),
        }
    }
}

/// Seconds that the rest takes at the pace so far; unknown until enough is done to tell.
fn seconds_left(fraction: f64, elapsed_seconds: f64) -> Option<f64> {
    let known = fraction > 0.05 && fraction < 1.0 && elapsed_seconds > 2.0;
    known.then(|| (elapsed_seconds * (1.0 - fraction) / fraction).ceil())
}

impl Progress for Listener {
    fn report(&self, fraction: f64, stage: Stage) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Never backwards: parts of the work report from several threads.
        let standing = last.2.filter(|_| last.1 == Some(stage));
        *last = (last.0.max(fraction.clamp(0.0, 1.0)), Some(stage), standing);
    }

    fn standing(&self, standing: Standing) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).2 = Some(standing);
    }

    fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

fn interrupted() -> Problem {
    Problem::new(
        500,
        "interrupted",
        format!("công việc bị ngắt {MOST_ATTEMPTS} lần và không được chạy lại"),
        format!("the work was interrupted {MOST_ATTEMPTS} times and is not begun again"),
    )
    .advise(
        "Kiểm tra bộ nhớ máy, giảm mức thu phóng rồi chạy lại.",
        "Check the machine's memory, lower the zoom, then run again.",
    )
}

fn no_demo() -> Problem {
    Problem::new(
        501,
        "no_demo",
        "bản này không kèm dự án mô phỏng",
        "this build brings no demo project",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_only_when_it_can_be_known() {
        assert_eq!(seconds_left(0.01, 100.0), None);
        assert_eq!(seconds_left(0.5, 1.0), None);
        assert_eq!(seconds_left(0.25, 10.0), Some(30.0));
        assert_eq!(seconds_left(1.0, 10.0), None);
    }

    #[test]
    fn progress_never_goes_back() {
        let listener = Listener::new(Arc::new(AtomicBool::new(false)));
        let stage = Stage { vi: "a", en: "b" };
        listener.report(0.5, stage);
        listener.report(0.2, stage);
        assert!((listener.progress().fraction - 0.5).abs() < f64::EPSILON);
        listener.standing(Standing {
            objective: 900.0,
            bound: Some(909.0),
        });
        assert_eq!(listener.progress().stage_en, "b: value 900, bound 909, gap 1.00 %");
        listener.report(0.6, Stage { vi: "c", en: "d" });
        assert_eq!(listener.progress().stage_en, "d");
    }
}

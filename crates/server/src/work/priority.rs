//! Requests before runs: threads that compute give way to those that answer.

use tokio::sync::oneshot;

use crate::Problem;

/// Lets the threads of runs (the pool that they share) give way to those that answer requests. Call before the first run.
pub(crate) fn let_requests_go_first() {
    let pool = rayon::ThreadPoolBuilder::new().start_handler(|_| give_way());
    if pool.build_global().is_err() {
        tracing::debug!("the pool of threads was there already and keeps its priority");
    }
}

/// Runs a job's work on a thread of its own that gives way to requests.
pub(crate) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (tell, hear) = oneshot::channel();
    std::thread::Builder::new().name("run".to_owned()).spawn(move || {
        give_way();
        // Nobody waits for it when the service has ended.
        drop(tell.send(work()));
    })?;
    hear.await
        .map_err(|_| Problem::internal(&"the work ended without an answer"))?
}

/// Lowers the calling thread's priority; threads that it starts inherit it.
#[cfg(target_os = "linux")]
fn give_way() {
    /// A tenth of the share of a usual thread when both want the processor, and no wait for that one when it wakes.
    const NICENESS: i32 = 10;
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS) {
        tracing::debug!(%error, "the thread keeps its priority");
    }
}

/// Elsewhere the system shares the processors out by itself.
#[cfg(not(target_os = "linux"))]
fn give_way() {}

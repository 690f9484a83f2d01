//! Two workers share a coverage run over PostgreSQL and a common folder or an S3-compatible bucket; the one that leads is killed half-way. The
//! bytes are those of one process.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Helpers of tests may fail the test.

#[path = "../../server/tests/country/mod.rs"]
mod country;
#[path = "../../store/tests/private_postgres/mod.rs"]
mod private_postgres;
mod private_s3;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use country::{Country, SOUTH, WEST, sites};
use coverage_model::CoverageParameters;
use store::{Job, JobStatus, Objects, Run, Store};

/// Masts of the run: several blocks.
const MASTS: u32 = 90;

/// A list of masts all over the country.
fn list() -> String {
    let rows: Vec<(f64, f64, &str)> = (0..MASTS)
        .map(|index| {
            let (column, row) = (f64::from(index % 10), f64::from(index / 10));
            (WEST + 0.01 + 0.019 * column, SOUTH + 0.01 + 0.02 * row, "4G")
        })
        .collect();
    sites("VNPT", &rows)
}

fn parameters() -> CoverageParameters {
    CoverageParameters {
        technologies: vec![geodata::Technology::G4],
        zoom: 11,
        ..CoverageParameters::default()
    }
}

async fn settled(country: &Country) -> String {
    let project = country.settle("Nhiều máy").await;
    country.import(&project, "sites", "vnpt.csv", list().as_bytes()).await;
    project
}

/// A worker with its own data folder, at an address that the machines share.
fn worker(data: &Path, artefacts: &str, settings: &[(String, String)], url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_phusong"))
        .arg("--data")
        .arg(data)
        .args(["worker", "--artefacts", artefacts])
        .env("PHUSONG_DATABASE_URL", url)
        .envs(settings.iter().cloned())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Waits until something is so; fails the test when it never is.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    const MOST_LOOKS: u32 = 60_000;
    for _ in 0..MOST_LOOKS {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never {what}");
}

/// A PostgreSQL server; `None`, said aloud, where there can be none.
fn postgres() -> Option<private_postgres::PrivatePostgres> {
    private_postgres::PrivatePostgres::start()
        .inspect_err(|reason| println!("skipped: workers on PostgreSQL: {reason}"))
        .ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_costs_a_block_and_no_byte() {
    let Some(server) = postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let shared = folder.path().join("shared");
    let store = Store::open_postgres(&shared, &server.url()).await.unwrap();
    let start = |_: &str| {
        worker(
            &folder.path().join("unused"),
            &shared.to_string_lossy(),
            &[],
            &server.url(),
        )
    };
    one_of_two_is_killed(store, start).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_costs_a_block_and_no_byte_over_s3() {
    let Some(server) = postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let bucket = private_s3::PrivateS3::start(&folder.path().join("s3")).await;
    let objects = Objects::open_with(private_s3::ADDRESS, bucket.settings()).unwrap();
    let store = Store::open_with_bucket(&folder.path().join("service"), &server.url(), objects.clone())
        .await
        .unwrap();
    // No two machines have a folder in common.
    let start = |name: &str| {
        let data = folder.path().join(name);
        worker(&data, private_s3::ADDRESS, &bucket.settings(), &server.url())
    };
    let found = one_of_two_is_killed(store, start).await;
    let losses = bucket.objects().into_iter().filter(|name| name.contains("/path-loss/"));
    assert!(losses.count() > 0, "blocks went through the bucket");
    // Who has nothing but the bucket reads every result.
    let other = Store::open_with_bucket(&folder.path().join("other"), &server.url(), objects)
        .await
        .unwrap();
    for file in found.files.values() {
        other.artefacts().read(file).unwrap();
    }
}

/// Begins a run in a store with nobody at work, starts two workers, kills the one that leads; the run's files are those of a store alone.
async fn one_of_two_is_killed(store: Store, start: impl Fn(&str) -> Child) -> Run {
    let alone = Country::open().await;
    let project = settled(&alone).await;
    let wish = serde_json::to_value(parameters()).unwrap();
    let run = alone.run(&project, "coverage-runs", wish.clone()).await;
    let expected = alone.service.store.run(&project, &run).await.unwrap();

    let together = Country::on(store.clone(), tempfile::tempdir().unwrap());
    let project = settled(&together).await;
    let job: Job = store
        .create_job(Some(&project), "coverage", &wish, "test")
        .await
        .unwrap();

    let mut first = start("first");
    until("begun", async || {
        store.job(&job.id).await.unwrap().status == JobStatus::Running
    })
    .await;
    let mut second = start("second");
    until("a block done", async || {
        store.block_counts(&job.id).await.unwrap().0 > 0
    })
    .await;
    first.kill().unwrap();
    first.wait().unwrap();
    let (done, all) = store.block_counts(&job.id).await.unwrap();
    until("ended", async || store.job(&job.id).await.unwrap().status.is_final()).await;

    let job = store.job(&job.id).await.unwrap();
    assert_eq!(job.status, JobStatus::Succeeded, "{:?}", job.problem);
    let attempts: i64 = store.block_attempts(&job.id).await.unwrap().iter().sum();
    println!(
        "killed after {done} of {all} blocks; {} begun twice, job begun {} times",
        attempts - all,
        job.attempts
    );
    assert!(attempts - all <= 1, "a lost worker costs one block");
    let found = store.run(&project, &run).await.unwrap();
    assert_eq!(found.files, expected.files, "the same bytes");
    assert_eq!(found.summary, expected.summary);

    let told = Command::new("kill")
        .args(["-TERM", &second.id().to_string()])
        .status()
        .unwrap();
    assert!(
        told.success() && second.wait().unwrap().success(),
        "a worker that is told to stop stops well"
    );
    found
}

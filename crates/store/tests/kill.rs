//! The store against `kill -9`: whatever was answered is there afterwards, and nothing half-done can be seen.
//!
//! The test starts itself again as a writer, kills it at a random moment, opens the folder and looks; one hundred times on one folder.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Helpers of tests may fail the test.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use store::{
    FeatureQuery, ImportStatus, JobStatus, NewAuditEntry, NewDataset, NewFeature, NewImport, NewRun, RunKind, Store,
    Viewer,
};

const ROUNDS: u64 = 100;
const FOLDER: &str = "PHUSONG_KILL_TEST_FOLDER";
const ROWS: i64 = 700;

/// The writer: imports, commits, runs and jobs without end, saying each after it was answered.
async fn write_without_end(folder: &Path) {
    let store = Store::open(folder).await.unwrap();
    let project = match store.project("Dự án").await {
        Ok(project) => project,
        Err(_) => store.create_project("Dự án", false).await.unwrap(),
    };
    let mut out = std::io::stdout();
    for round in 0u64.. {
        let unique = uuid::Uuid::now_v7().to_string();
        let report = store.artefacts().put("report.json", unique.as_bytes()).unwrap();
        let new = NewImport {
            kind: "sites".into(),
            files: vec![],
            content: vec![],
            report,
            operator: None,
        };
        let import = store.stage_import(&project.id, new).await.unwrap();
        let file = store
            .artefacts()
            .put("records.json", format!("{round} {unique}").repeat(500).as_bytes())
            .unwrap();
        let dataset = NewDataset {
            kind: "sites".into(),
            name: unique,
            rows: ROWS,
            content_hash: file.hash.clone(),
            files: vec![file.clone()],
            bounds: None,
        };
        let rows = (0..ROWS).map(row);
        let dataset = store
            .commit_dataset(&project.id, dataset, rows, Some(&import.id))
            .await
            .unwrap();
        writeln!(out, "dataset {} {}", dataset.version, import.id).unwrap();
        let run = NewRun {
            kind: RunKind::Coverage,
            inputs: json!({ "dataset": dataset.id }),
            parameters: json!({}),
            summary: json!({}),
            files: [("areas".to_owned(), file)].into(),
        };
        let run = store.commit_run(&project.id, run).await.unwrap();
        writeln!(out, "run {}", run.id).unwrap();
        let job = store
            .create_job(Some(&project.id), "coverage", &json!({}), "test")
            .await
            .unwrap();
        store.start_job(&job.id, "test").await.unwrap();
        store
            .finish_job(&job.id, JobStatus::Succeeded, Some(&json!({ "run": run.id })), None)
            .await
            .unwrap();
        writeln!(out, "job {}", job.id).unwrap();
        let entry = NewAuditEntry {
            who: "test",
            action: "run",
            project: None,
            subject: &run.id,
            details: json!({}),
        };
        let entry = store.append_audit(entry).await.unwrap();
        writeln!(out, "audit {}", entry.sequence).unwrap();
    }
}

fn row(index: i64) -> NewFeature {
    NewFeature {
        layer: "sites",
        code: index.to_string(),
        kind: None,
        operators: None,
        restricted: false,
        bounds: None,
        geometry: None,
        properties: "{}".into(),
    }
}

/// Runs as the writer when the test started itself; does nothing in an ordinary run.
#[tokio::test]
async fn writer() {
    if let Ok(folder) = std::env::var(FOLDER) {
        write_without_end(Path::new(&folder)).await;
    }
}

#[test]
fn a_killed_writer_loses_nothing_and_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut answered = 0;
    for round in 0..ROUNDS {
        let lines = write_and_kill(folder.path(), round);
        answered += lines.len();
        runtime.block_on(check(folder.path(), &lines));
    }
    println!("{ROUNDS} kills, {answered} answers, none lost");
    assert!(answered > 0, "the writer never got far enough to answer anything");
}

/// Lets the writer work for a while that differs from round to round, kills it, and answers what it said.
///
/// Every second round it has said something before the clock begins, so that a slow machine kills it at work too and not only while it opens.
fn write_and_kill(folder: &Path, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if ["dataset ", "run ", "job ", "audit "]
                .iter()
                .any(|word| line.starts_with(word))
            {
                // After the last line that is waited for nobody listens.
                let _ = tell.send(());
                said.push(line);
            }
        }
        said
    });
    if round.is_multiple_of(2) {
        for _ in 0..=round % 5 {
            told.recv().unwrap();
        }
    }
    // The moments are spread over opening, writing and committing by a multiplicative sequence.
    std::thread::sleep(Duration::from_millis(round * 7919 % 140));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

async fn check(folder: &Path, lines: &[String]) {
    let store = Store::open(folder).await.unwrap();
    let Ok(project) = store.project("Dự án").await else {
        assert!(lines.is_empty(), "a project that was answered is lost");
        return;
    };
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["dataset", version, import] => {
                let current = store.dataset(&project.id, "sites").await.unwrap().unwrap();
                assert!(
                    current.version >= version.parse::<i64>().unwrap(),
                    "version {version} is lost"
                );
                assert_eq!(
                    store.import(&project.id, import).await.unwrap().status,
                    ImportStatus::Committed
                );
            }
            ["run", id] => {
                let run = store.run(&project.id, id).await.unwrap();
                store.artefacts().read(&run.files["areas"]).unwrap();
            }
            ["job", id] => assert_eq!(store.job(id).await.unwrap().status, JobStatus::Succeeded),
            ["audit", sequence] => {
                let after = sequence.parse::<i64>().unwrap() - 1;
                assert_eq!(store.audit_entries(after, 1).await.unwrap().len(), 1);
            }
            _ => panic!("{line}"),
        }
    }
    if let Some(dataset) = store.dataset(&project.id, "sites").await.unwrap() {
        let page = store
            .features(&FeatureQuery {
                limit: 1,
                ..FeatureQuery::all(&dataset.id, "sites", Viewer::Department)
            })
            .await
            .unwrap();
        assert_eq!(page.matched, dataset.rows, "a version is seen with part of its rows");
        store.artefacts().read(&dataset.files[0]).unwrap();
    }
    assert!(store.verify_audit().await.unwrap().is_ok());
    store.close().await;
}

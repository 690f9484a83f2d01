//! What every backend of the store must do: run against SQLite, and against a PostgreSQL server that the test starts for itself.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // Helpers of tests may fail the test.

mod accounts;
#[path = "../private_postgres/mod.rs"]
mod private_postgres;

use serde_json::json;
use store::{
    Earlier, FeatureQuery, ImportStatus, JobProgress, JobStatus, KeptAnswer, NewAuditEntry, NewDataset, NewFeature,
    NewImport, NewRun, RunKind, Store, StoreError, Viewer,
};

struct Opened {
    store: Store,
    _folder: tempfile::TempDir,
}

/// Names the PostgreSQL database that all tests here use too.
const POSTGRES: &str = "PHUSONG_TEST_POSTGRES";

/// Runs every other test here once more, with a PostgreSQL server of its own.
#[test]
fn postgresql_does_the_same() {
    if std::env::var(POSTGRES).is_ok() {
        return;
    }
    let server = match private_postgres::PrivatePostgres::start() {
        Ok(server) => server,
        Err(reason) => {
            println!("skipped: the store's conformance on PostgreSQL: {reason}");
            return;
        }
    };
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .env(POSTGRES, server.url())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("test result: ok"), "{text}");
}

/// One store per backend that can be had here.
async fn backends() -> Vec<Opened> {
    let folder = tempfile::tempdir().unwrap();
    let mut opened = vec![Opened {
        store: Store::open(folder.path()).await.unwrap(),
        _folder: folder,
    }];
    if let Ok(url) = std::env::var(POSTGRES) {
        let folder = tempfile::tempdir().unwrap();
        opened.push(Opened {
            store: Store::open_postgres(folder.path(), &url).await.unwrap(),
            _folder: folder,
        });
    }
    opened
}

/// A name that no earlier test on a lasting database used.
fn fresh_name() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn new_dataset(store: &Store, content: &str) -> NewDataset {
    let file = store.artefacts().put("sites.json", content.as_bytes()).unwrap();
    NewDataset {
        kind: "sites".into(),
        name: "danh sách trạm.csv".into(),
        rows: 3,
        content_hash: file.hash.clone(),
        files: vec![file],
        bounds: Some([105.0, 18.0, 106.5, 18.8]),
    }
}

fn site(code: &str, lon: f64, operators: Option<&[&str]>, restricted: bool) -> NewFeature {
    NewFeature {
        layer: "sites",
        code: code.into(),
        kind: Some("mast".into()),
        operators: operators.map(|names| names.iter().map(|n| (*n).to_owned()).collect()),
        restricted,
        bounds: Some([lon, 18.5, lon, 18.5]),
        geometry: Some(json!({"type": "Point", "coordinates": [lon, 18.5]}).to_string()),
        properties: json!({"code": code}).to_string(),
    }
}

#[tokio::test]
async fn projects_are_made_renamed_and_deleted() {
    for Opened { store, .. } in backends().await {
        let name = fresh_name();
        let project = store.create_project(&name, true).await.unwrap();
        assert_eq!(store.project(&project.id).await.unwrap(), project);
        assert_eq!(store.project(&name).await.unwrap(), project);
        assert!(matches!(
            store.create_project(&name, false).await,
            Err(StoreError::Conflict(_))
        ));
        let other = store.create_project(&fresh_name(), false).await.unwrap();
        assert!(matches!(
            store.rename_project(&other.id, &name).await,
            Err(StoreError::Conflict(_))
        ));
        assert!(store.rename_project(&project.id, &name).await.unwrap().synthetic);
        store.delete_project(&project.id).await.unwrap();
        assert!(matches!(
            store.project(&project.id).await,
            Err(StoreError::NotFound { .. })
        ));
        assert!(matches!(
            store.delete_project(&project.id).await,
            Err(StoreError::NotFound { .. })
        ));
    }
}

#[tokio::test]
async fn datasets_have_versions_and_can_be_undone() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let first = store
            .commit_dataset(&project, new_dataset(&store, "1"), std::iter::empty(), None)
            .await
            .unwrap();
        let second = store
            .commit_dataset(
                &project,
                new_dataset(&store, "2"),
                std::iter::once(site("A", 105.5, None, false)),
                None,
            )
            .await
            .unwrap();
        assert_eq!((first.version, second.version), (1, 2));
        assert_eq!(store.datasets(&project).await.unwrap(), vec![second.clone()]);
        assert_eq!(
            store.undo_dataset(&project, "sites").await.unwrap(),
            Some(first.clone())
        );
        assert_eq!(store.undo_dataset(&project, "sites").await.unwrap(), None);
        assert!(matches!(
            store.undo_dataset(&project, "sites").await,
            Err(StoreError::NotFound { .. })
        ));
        let third = store
            .commit_dataset(&project, new_dataset(&store, "3"), std::iter::empty(), None)
            .await
            .unwrap();
        assert_eq!(third.version, 3, "an undone version's number is not used again");
        assert_eq!(store.use_dataset(&project, "sites", 2).await.unwrap(), second);
        let versions = store.dataset_versions(&project, "sites").await.unwrap();
        let known = [(third.clone(), false), (second, true), (first, false)];
        assert_eq!(versions, known);
        assert!(matches!(
            store.use_dataset(&project, "sites", 4).await,
            Err(StoreError::NotFound { .. })
        ));
        assert_eq!(
            store.datasets(&project).await.unwrap().len(),
            1,
            "a refused choice changes nothing"
        );
        assert_eq!(store.artefacts().read(&third.files[0]).unwrap(), b"3");
    }
}

#[tokio::test]
async fn nobody_finds_or_counts_another_operators_rows() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let rows = vec![
            site("V1", 105.1, Some(&["Viettel"]), false),
            site("SHARED", 105.2, Some(&["Viettel", "VNPT"]), false),
            site("N1", 105.3, Some(&["VNPT"]), true),
            site("OPEN", 105.4, None, false),
        ];
        let dataset = store
            .commit_dataset(&project, new_dataset(&store, "rows"), rows.into_iter(), None)
            .await
            .unwrap()
            .id;
        let codes = async |viewer: Viewer, change: fn(&mut FeatureQuery)| {
            let mut query = FeatureQuery::all(&dataset, "sites", viewer);
            change(&mut query);
            let page = store.features(&query).await.unwrap();
            let codes: Vec<String> = page.features.into_iter().map(|f| f.code).collect();
            (page.matched, codes.join(" "))
        };
        let everything = |_: &mut FeatureQuery| {};
        assert_eq!(
            codes(Viewer::Department, everything).await,
            (4, "V1 SHARED N1 OPEN".into())
        );
        assert_eq!(
            codes(Viewer::Operator("Viettel".into()), everything).await,
            (3, "V1 SHARED OPEN".into())
        );
        assert_eq!(
            codes(Viewer::Operator("VNPT".into()), everything).await,
            (2, "SHARED OPEN".into()),
            "a security-restricted row stays with the department"
        );
        assert_eq!(
            codes(Viewer::Operator("%".into()), everything).await,
            (1, "OPEN".into())
        );
        assert_eq!(codes(Viewer::Aggregates, everything).await, (1, "OPEN".into()));
        assert_eq!(
            codes(Viewer::Department, |q| q.without_restricted = true).await,
            (3, "V1 SHARED OPEN".into())
        );
        assert_eq!(
            codes(Viewer::Operator("Viettel".into()), |q| q.code = Some("N1".into())).await,
            (0, String::new())
        );
        assert_eq!(
            codes(Viewer::Department, |q| q.bounds = Some([105.15, 18.0, 105.35, 19.0])).await,
            (2, "SHARED N1".into())
        );
        assert_eq!(
            codes(Viewer::Department, |q| q.bounds = Some([179.0, 18.0, 105.15, 19.0])).await,
            (1, "V1".into())
        );
        assert_eq!(
            codes(Viewer::Department, |q| (q.limit, q.offset) = (2, 1)).await,
            (4, "SHARED N1".into())
        );
        assert_eq!(
            codes(Viewer::Department, |q| q.kinds = vec!["pole".into()]).await,
            (0, String::new())
        );
    }
}

#[tokio::test]
async fn an_import_is_committed_once_and_with_its_dataset_or_not_at_all() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let report = store.artefacts().put("report.json", b"{}").unwrap();
        let new = NewImport {
            kind: "sites".into(),
            files: vec![],
            content: vec![],
            report,
            operator: None,
        };
        let import = store.stage_import(&project, new.clone()).await.unwrap();
        assert_eq!(
            store.imports(&Viewer::Department, &project).await.unwrap(),
            vec![import.clone()]
        );
        let commit = || store.commit_dataset(&project, new_dataset(&store, "1"), std::iter::empty(), Some(&import.id));
        commit().await.unwrap();
        assert_eq!(
            store.import(&project, &import.id).await.unwrap().status,
            ImportStatus::Committed
        );
        assert!(matches!(commit().await, Err(StoreError::Conflict(_))));
        assert_eq!(
            store.dataset(&project, "sites").await.unwrap().unwrap().version,
            1,
            "the refused commit left no version"
        );
        assert!(matches!(
            store.discard_import(&Viewer::Department, &project, &import.id).await,
            Err(StoreError::Conflict(_))
        ));
        let other = store.stage_import(&project, new).await.unwrap();
        store
            .discard_import(&Viewer::Department, &project, &other.id)
            .await
            .unwrap();
        assert_eq!(
            store.import(&project, &other.id).await.unwrap().status,
            ImportStatus::Discarded
        );
    }
}

#[tokio::test]
async fn runs_are_named_by_their_inputs_and_never_change() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let file = store.artefacts().put("areas.json", b"[]").unwrap();
        let new = |summary: i32, zoom: i32| NewRun {
            kind: RunKind::Coverage,
            inputs: json!({"zoom": zoom}),
            parameters: json!({"zoom": zoom}),
            summary: json!({"figure": summary}),
            files: [("areas".to_owned(), file.clone())].into(),
        };
        let first = store.commit_run(&project, new(1, 12)).await.unwrap();
        assert_eq!(first.id, store::run_id(RunKind::Coverage, &json!({"zoom": 12})));
        assert_eq!(store.commit_run(&project, new(2, 12)).await.unwrap(), first);
        let second = store.commit_run(&project, new(3, 13)).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(
            store.latest_run(&project, RunKind::Coverage).await.unwrap().unwrap(),
            second
        );
        assert_eq!(store.runs(&project, None).await.unwrap(), vec![second, first]);
        assert_eq!(store.latest_run(&project, RunKind::Plan).await.unwrap(), None);
    }
}

#[tokio::test]
async fn jobs_pass_through_their_states_and_recover() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let job = store
            .create_job(Some(&project), "coverage", &json!({"zoom": 12}), "test")
            .await
            .unwrap();
        assert_eq!((job.status, job.attempts), (JobStatus::Queued, 0));
        assert!(store.start_job(&job.id, "test").await.unwrap());
        assert!(!store.start_job(&job.id, "test").await.unwrap());
        let progress = JobProgress {
            fraction: 0.5,
            stage_vi: "Đang tính".into(),
            stage_en: "Computing".into(),
            eta_seconds: Some(3.0),
            ..JobProgress::default()
        };
        store.note_progress(&job.id, &progress).await.unwrap();
        assert_eq!(store.job(&job.id).await.unwrap().progress, progress);

        let problem = json!({"code": "interrupted"});
        let queue = store.recover_jobs(2, &problem).await.unwrap();
        if store.is_shared() {
            let running = store.job(&job.id).await.unwrap().status == JobStatus::Running;
            assert!(running, "its worker may be alive elsewhere: only silence gives it away");
            continue;
        }
        assert!(
            queue.iter().any(|j| j.id == job.id && j.attempts == 1),
            "begun once: it gets another try"
        );
        assert!(store.start_job(&job.id, "test").await.unwrap());
        store.recover_jobs(2, &problem).await.unwrap();
        let failed = store.job(&job.id).await.unwrap();
        assert_eq!((failed.status, failed.problem), (JobStatus::Failed, Some(problem)));

        let other = store
            .create_job(Some(&project), "plan", &json!({}), "test")
            .await
            .unwrap();
        store.start_job(&other.id, "test").await.unwrap();
        let done = store
            .finish_job(&other.id, JobStatus::Succeeded, Some(&json!({"run": "x"})), None)
            .await
            .unwrap();
        assert_eq!((done.status, done.progress.fraction), (JobStatus::Succeeded, 1.0));
        let late = store
            .finish_job(&other.id, JobStatus::Cancelled, None, None)
            .await
            .unwrap();
        assert_eq!(late, done, "what ended stays as it ended");
        assert_eq!(store.jobs(Some(&project)).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn the_audit_chain_shows_any_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    for number in 0..5 {
        let entry = NewAuditEntry {
            who: "local",
            action: "import.commit",
            project: None,
            subject: "x",
            details: json!({"number": number}),
        };
        store.append_audit(entry).await.unwrap();
    }
    assert_eq!(store.verify_audit().await.unwrap(), Ok(5));
    store.close().await;

    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", folder.path().join("phusong.db").display()))
        .await
        .unwrap();
    sqlx::query("UPDATE audit SET who = 'nobody' WHERE sequence = 3")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let store = Store::open(folder.path()).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Err(3));
}

#[tokio::test]
async fn everything_is_there_after_reopening_and_one_service_holds_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let project = store.create_project("Hà Tĩnh", false).await.unwrap();
    let dataset = store
        .commit_dataset(&project.id, new_dataset(&store, "1"), std::iter::empty(), None)
        .await
        .unwrap();
    let lock = store.lock_folder().unwrap();
    assert!(matches!(store.lock_folder(), Err(StoreError::InUse(_))));
    drop(lock);
    drop(store.lock_folder().unwrap());
    store.close().await;
    let again = Store::open(folder.path()).await.unwrap();
    assert_eq!(again.projects().await.unwrap(), vec![project.clone()]);
    assert_eq!(again.datasets(&project.id).await.unwrap(), vec![dataset]);
}

#[tokio::test]
async fn a_request_sent_twice_gets_its_first_answer() {
    for Opened { store, .. } in backends().await {
        let (who, key) = (fresh_name(), "k1");
        assert_eq!(store.take_key(&who, key, "a").await.unwrap(), Earlier::Nothing);
        assert_eq!(store.take_key(&who, key, "a").await.unwrap(), Earlier::UnderWay);
        let answer = KeptAnswer {
            status: 202,
            location: Some("/api/jobs/1".into()),
            body: "{}".into(),
        };
        store.keep_answer(&who, key, Some(&answer)).await.unwrap();
        assert_eq!(store.take_key(&who, key, "a").await.unwrap(), Earlier::Answered(answer));
        assert_eq!(store.take_key(&who, key, "b").await.unwrap(), Earlier::OtherRequest);
        store.keep_answer(&who, key, None).await.unwrap();
        assert_eq!(store.take_key(&who, key, "b").await.unwrap(), Earlier::Nothing);
    }
}

#[tokio::test]
async fn a_row_that_leaves_the_department_has_no_personal_data_and_no_other_tenants() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let mut shared = site("A", 105.5, Some(&["Viettel", "VNPT"]), false);
        shared.properties = json!({
            "note": "đất ông Nguyễn Văn An, 0912345678", "operators": ["Viettel", "VNPT"], "technologies": ["4g", "5g"],
            "technologies_by_operator": { "Viettel": ["4g"], "VNPT": ["5g"] },
        })
        .to_string();
        let hidden = site("R", 105.6, Some(&["Viettel"]), true);
        let dataset = store
            .commit_dataset(
                &project,
                new_dataset(&store, &fresh_name()),
                [shared, hidden].into_iter(),
                None,
            )
            .await
            .unwrap();
        let seen = async |viewer| {
            let page = store
                .features(&FeatureQuery::all(&dataset.id, "sites", viewer))
                .await
                .unwrap();
            assert_eq!(page.matched as usize, page.features.len());
            page.features
        };
        assert_eq!(seen(Viewer::Department).await.len(), 2);
        assert!(seen(Viewer::Department).await[0].properties.contains("0912345678"));
        assert_eq!(seen(Viewer::Aggregates).await, []);
        let own = seen(Viewer::Operator("Viettel".into())).await;
        assert_eq!(own.len(), 1, "security-restricted rows stay");
        let properties: serde_json::Value = serde_json::from_str(&own[0].properties).unwrap();
        assert_eq!(properties["note"], "đất ông •••, •••");
        assert_eq!(properties["technologies"], json!(["4g"]));
        assert!(!own[0].properties.contains("VNPT"));
    }
}

#[tokio::test]
async fn programmes_are_kept_with_a_journal_that_only_grows() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let made = store
            .create_programme(&project, "own", Some("ha-tinh-529"), "key = 1")
            .await
            .unwrap();
        assert_eq!(made.based_on.as_deref(), Some("ha-tinh-529"));
        let again = store.create_programme(&project, "own", None, "x").await;
        assert!(matches!(again, Err(StoreError::Conflict(_))));
        let changed = store.change_programme(&project, "own", "key = 2").await.unwrap();
        assert_eq!(changed.text, "key = 2");
        assert!(store.change_programme(&project, "none", "").await.is_err());
        for (number, operator) in [(1, None), (2, Some("Viettel")), (3, Some("VNPT"))] {
            let entry = store::NewProgrammeEntry {
                programme: "own",
                kind: "site_list",
                subject: operator.unwrap_or("all"),
                operator,
                document: json!({ "number": number }),
                who: "tester",
            };
            store.append_programme_entry(&project, entry).await.unwrap();
        }
        let numbers = async |viewer: Viewer| -> Vec<i64> {
            let entries = store
                .programme_entries(&project, "own", "site_list", &viewer)
                .await
                .unwrap();
            entries
                .iter()
                .map(|entry| entry.document["number"].as_i64().unwrap())
                .collect()
        };
        assert_eq!(numbers(Viewer::Department).await, [1, 2, 3]);
        assert_eq!(numbers(Viewer::Operator("VNPT".into())).await, [1, 3]);
        let several = |project: &str| {
            let entries = [4, 5].map(|number| store::NewProgrammeEntry {
                programme: "own",
                kind: "site_list",
                subject: "all",
                operator: Some("Viettel"),
                document: json!({ "number": number }),
                who: "tester",
            });
            let (store, project) = (store.clone(), project.to_owned());
            async move { store.append_programme_entries(&project, entries.into_iter()).await }
        };
        several(&project).await.unwrap();
        assert!(several("none").await.is_err());
        assert_eq!(numbers(Viewer::Department).await, [1, 2, 3, 4, 5]);
        assert_eq!(numbers(Viewer::Aggregates).await, [1]);
        store.delete_programme(&project, "own").await.unwrap();
        assert!(store.programmes(&project).await.unwrap().is_empty());
        assert!(numbers(Viewer::Department).await.is_empty());
        assert!(store.delete_programme(&project, "own").await.is_err());
    }
}

#[tokio::test]
async fn a_backup_taken_while_others_write_is_laid_back_whole() {
    // PostgreSQL has its own way: only the embedded engine is copied here.
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data")).await.unwrap();
    let project = store.create_project("Sao lưu", false).await.unwrap().id;
    let dataset = store
        .commit_dataset(
            &project,
            new_dataset(&store, "rows"),
            (0..500).map(|n| site(&n.to_string(), 105.5, None, false)),
            None,
        )
        .await
        .unwrap();
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 0..200 {
                store.artefacts().put("more", format!("{number}").as_bytes()).unwrap();
                store
                    .create_project(&format!("Đang ghi {number}"), false)
                    .await
                    .unwrap();
            }
        })
    };
    let copy = folder.path().join("copy");
    let backup = store.back_up(&copy).await.unwrap();
    assert!(backup.artefacts >= 1 && backup.bytes > 0);
    assert!(matches!(store.back_up(&copy).await, Err(StoreError::Conflict(_))));
    writer.await.unwrap();

    let restored = folder.path().join("restored");
    assert_eq!(store::restore(&copy, &restored).await.unwrap(), backup);
    let again = Store::open(&restored).await.unwrap();
    let found = again.dataset(&project, "sites").await.unwrap().unwrap();
    assert_eq!(found, dataset);
    again.artefacts().read(&found.files[0]).unwrap();
    let page = again
        .features(&FeatureQuery::all(&found.id, "sites", Viewer::Department))
        .await
        .unwrap();
    assert_eq!(page.matched, 500);
    assert!(again.verify_audit().await.unwrap().is_ok());

    std::fs::write(store_file(&copy), b"other bytes").unwrap();
    let refused = store::restore(&copy, &folder.path().join("refused")).await;
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
    assert!(!folder.path().join("refused").exists(), "nothing is left of it");
}

/// Any artefact of a backup.
fn store_file(copy: &std::path::Path) -> std::path::PathBuf {
    let mut path = copy.join("artefacts");
    while path.is_dir() {
        path = std::fs::read_dir(&path).unwrap().next().unwrap().unwrap().path();
    }
    path
}

#[tokio::test]
async fn blocks_are_taken_once_and_a_silent_workers_block_again() {
    for Opened { store, .. } in backends().await {
        let project = store.create_project(&fresh_name(), false).await.unwrap().id;
        let job = store
            .create_job(Some(&project), "coverage", &json!({}), "test")
            .await
            .unwrap();
        assert!(store.start_job(&job.id, "a").await.unwrap());
        store.divide_job(&job.id, 3).await.unwrap();
        store.divide_job(&job.id, 3).await.unwrap();
        let take = async |worker| {
            store
                .take_block(&job.id, worker)
                .await
                .unwrap()
                .map(|block| block.number)
        };
        assert_eq!(
            [take("a").await, take("b").await, take("a").await, take("b").await],
            [Some(0), Some(1), Some(2), None]
        );
        store.finish_block(&job.id, 1).await.unwrap();
        assert_eq!(store.block_counts(&job.id).await.unwrap(), (1, 3));
        assert!(
            store
                .jobs_to_help()
                .await
                .unwrap()
                .iter()
                .all(|other| other.id != job.id)
        );
        store.beat("a").await.unwrap();
        assert_eq!(store.block_attempts(&job.id).await.unwrap(), [1, 1, 1]);
    }
}

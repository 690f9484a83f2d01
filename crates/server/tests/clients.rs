//! Programs that other people wrote, against the running service: GDAL over OGC API Features. Skipped aloud where they are not installed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Helpers of tests may fail the test.

use std::process::Command;

use geodata::{DatasetKind, InputFile};
use server::work::Silent;
use server::work::import::{self, ImportOptions};
use server::{ServiceOptions, serve};
use store::Store;

const PLACES: usize = 2_500;

/// A project of villages on a line, more than one page of them.
async fn villages(folder: &std::path::Path) -> String {
    let store = Store::open(folder).await.unwrap();
    let project = store.create_project("Khách", false).await.unwrap().id;
    let mut text = String::from("Mã thôn,Tên thôn,Kinh độ,Vĩ độ,Dân số\n");
    for index in 0..PLACES {
        text.push_str(&format!(
            "T{index},Thôn {index},{:.5},18.3,{}\n",
            105.5 + index as f64 * 1e-4,
            100 + index
        ));
    }
    let path = folder.join("villages.csv");
    std::fs::write(&path, text).unwrap();
    let files = vec![InputFile::from_path(path)];
    let options = ImportOptions::default();
    let checked = import::check(
        &store,
        Some(&project),
        DatasetKind::Places,
        files,
        options,
        std::sync::Arc::new(Silent),
    )
    .await
    .unwrap();
    let staged = import::stage(&store, &project, checked).await.unwrap();
    import::commit(&store, &project, &staged.id).await.unwrap();
    store.close().await;
    project
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_gdal_reads_every_page_and_filters_by_box() {
    if Command::new("ogrinfo").arg("--version").output().is_err() {
        assert!(
            std::env::var_os("PHUSONG_REQUIRE_CLIENTS").is_none(),
            "ogrinfo (package gdal-bin) is required"
        );
        println!("skipped: ogrinfo (package gdal-bin) not present");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let project = villages(folder.path()).await;
    let (told, address) = tokio::sync::oneshot::channel();
    let options = ServiceOptions {
        data_folder: folder.path().to_owned(),
        database_url: None,
        listen: "127.0.0.1:0".parse().unwrap(),
        accounts: None,
        demo: None,
    };
    let service = tokio::spawn(serve(options, move |ready| told.send(ready.address).unwrap()));
    let source = format!("OAPIF:http://{}/ogc/{project}", address.await.unwrap());
    let ogrinfo = async |arguments: &[&str]| {
        let mut command = Command::new("ogrinfo");
        command.arg("-ro").args(arguments).arg(&source).arg("villages");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && !text.contains("ERROR"),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    };
    let summary = ogrinfo(&["-so"]).await;
    assert!(summary.contains(&format!("Feature Count: {PLACES}")), "{summary}");
    let everything = ogrinfo(&["-al"]).await;
    assert_eq!(
        everything.matches("OGRFeature(villages)").count(),
        PLACES,
        "every page was followed"
    );
    assert!(everything.contains("Thôn 2499"));
    let boxed = ogrinfo(&["-al", "-spat", "105.49", "18", "105.50045", "19"]).await;
    assert_eq!(boxed.matches("OGRFeature(villages)").count(), 5);
    service.abort();
}

//! Figures and crosswalks that come as lists: sheets of class B, communes of the past and what became of them.

use axum::http::StatusCode;
use serde_json::json;

use crate::country::{Country, sites};
use crate::{DAY, indicator};

/// A sheet of figures as the department keeps it.
fn workbook(rows: &[[&str; 4]]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (line, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            match text.parse::<f64>() {
                Ok(number) if column == 1 => sheet.write_number(line, column, number).unwrap(),
                _ => sheet.write_string(line, column, *text).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// Class B by XLSX: every row with its source, day and who; a later list adds to the history; rows that name nothing are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_and_crosswalks_come_as_lists() {
    let country = Country::open().await;
    let project = country.settle("Số liệu").await;
    let base = format!("/api/projects/{project}/programmes/cao-loc-2023");
    let heads = ["Chỉ tiêu", "Giá trị", "Kỳ", "Nguồn"];
    let lists = [
        [
            heads,
            ["mobile-speed", "38.5", "Q1/2025", "i-Speed"],
            ["Thôn, bản có FTTH", "90", "2024", "Viettel"],
        ],
        [
            heads,
            ["mobile-speed", "41.25", "Q2/2025", "i-Speed"],
            ["không có", "1", "2025", "x"],
        ],
    ];
    let mut answers = Vec::new();
    for (name, rows) in ["q1.xlsx", "q2.xlsx"].into_iter().zip(lists) {
        let (status, import) = country.upload(&project, "figures", name, &workbook(&rows)).await;
        assert_eq!(status, StatusCode::CREATED, "{import}");
        let body = json!({ "import": import["id"] });
        answers.push(country.post(&format!("{base}/reported/from-import"), body).await);
    }
    assert_eq!(
        (answers[0]["entered"].as_u64(), answers[1]["entered"].as_u64()),
        (Some(2), Some(1))
    );
    assert_eq!(answers[1]["refused"][0]["row"], 2);
    assert!(
        answers[1]["refused"][0]["reason"]["vi"]
            .as_str()
            .unwrap()
            .contains("không có")
    );
    let evaluation = country.get(&format!("{base}/evaluation?{DAY}")).await;
    let speed = indicator(&evaluation, "mobile-speed");
    assert_eq!(
        (speed["value"].as_f64(), speed["status"].as_str()),
        (Some(41.25), Some("at_risk"))
    );
    let history = speed["reported"].as_array().unwrap();
    assert_eq!(
        (history.len(), history[1]["value"].as_f64(), history[1]["date"].as_str()),
        (2, Some(38.5), Some("2025-03-31"))
    );
    assert!(!history[0]["who"].as_str().unwrap().is_empty());
    let (_, sites) = country
        .upload(
            &project,
            "sites",
            "s.csv",
            sites("VNPT", &[(105.7, 18.3, "4G")]).as_bytes(),
        )
        .await;
    let wrong = json!({ "import": sites["id"] });
    country
        .refused(
            "POST",
            &format!("{base}/reported/from-import"),
            Some(wrong),
            400,
            "bad_parameter",
        )
        .await;

    // The district from the list of which commune became which: one successor lies in it only in part.
    let path = format!("{base}/crosswalk/from-list");
    let district = json!({ "from_codes": ["06184", "06187"] });
    country
        .refused("POST", &path, Some(district.clone()), 409, "no_crosswalk")
        .await;
    let list = "Mã cũ,Tên cũ,Mã mới,Tên mới\n06184,Xã Một,18800,Xã Đông\n06187,Xã Hai,18801,Xã Tây\n06999,Xã Ngoài,18801,Xã Tây\n";
    country.import(&project, "crosswalk", "xa.csv", list.as_bytes()).await;
    let unknown = json!({ "from_codes": ["06184", "1"] });
    let problem = country
        .refused("POST", &path, Some(unknown), 422, "bad_parameter")
        .await;
    assert!(problem["detail_vi"].as_str().unwrap().contains('1'));
    let rows = country.post(&path, district).await;
    let exact: Vec<(&str, bool)> = rows["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["to_code"].as_str().unwrap(), row["exact"].as_bool().unwrap()))
        .collect();
    assert_eq!(exact, [("18800", true), ("18801", false)]);
    let evaluation = country.get(&format!("{base}/evaluation?{DAY}")).await;
    assert_eq!(
        (
            evaluation["area"]["exact"].as_bool(),
            evaluation["area"]["communes"].as_array().unwrap().len()
        ),
        (Some(false), 2)
    );
    assert_eq!(
        indicator(&evaluation, "villages-broadband")["baseline"],
        92.0,
        "the baseline of 2023 stays"
    );
}

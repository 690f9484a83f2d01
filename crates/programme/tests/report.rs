//! The report's files: the same bytes each time, what they say, and that office programs open them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use geo_types::{MultiPolygon, polygon};
use geodata::{Area, AreaKind, Network, Place, PlaceKind, Site, Station, StationStatus, Technology};
use geodesy::LonLat;
use jiff::civil::date;
use programme::report::{Report, docx, html, xlsx};
use programme::villages::{DEFAULT_RULES, read_rules, table};
use programme::{AreaCoverage, Coverage, Facts, Language, PlaceCoverage, evaluate, library, workflow};

struct Project {
    network: Network,
    zones: Vec<Area>,
    communes: Vec<Area>,
    places: Vec<Place>,
    coverage: Coverage,
}

fn area(code: &str, kind: AreaKind) -> Area {
    let shape = polygon![(x: 105.0, y: 18.0), (x: 105.1, y: 18.0), (x: 105.1, y: 18.1), (x: 105.0, y: 18.1)];
    Area::new(code, format!("{code} & <tên>"), kind, MultiPolygon(vec![shape]))
}

fn project() -> Project {
    let mut network = Network::default();
    for index in 0..1_500 {
        let code = format!("MP{index:04}");
        let lon = if index < 40 { 105.05 } else { 106.0 };
        network
            .sites
            .push(Site::new(code.clone(), "Viettel", LonLat::new(lon, 18.05)));
        for technology in [Technology::G4, Technology::G5]
            .into_iter()
            .take(if index < 50 { 2 } else { 1 })
        {
            network.stations.push(Station {
                code: format!("{code}-{technology}"),
                site_code: code.clone(),
                operator: ["Viettel", "VNPT"][index % 2].to_owned(),
                technology,
                on_air: Some(date(2024, 5, 4)),
                status: StationStatus::OnAir,
            });
        }
    }
    let mut park = area("KCN", AreaKind::IndustrialPark);
    park.parent_code = Some("KKT".to_owned());
    park.area_ha = Some(1_969.2);
    let service = PlaceCoverage {
        outlying_served: Some(false),
        ..PlaceCoverage::new("V", Technology::G4, true)
    };
    let row = AreaCoverage {
        area_code: "X".to_owned(),
        technology: Technology::G4,
        operator: None,
        km2: 10.0,
        covered_km2: 9.0,
        people: 12_345.0,
        covered_people: 12_000.0,
    };
    Project {
        network,
        zones: vec![area("KKT", AreaKind::EconomicZone), park],
        communes: vec![area("X", AreaKind::Commune)],
        places: vec![Place::new("V", "Thôn", PlaceKind::Village, LonLat::new(105.05, 18.05))],
        coverage: Coverage {
            run: "abc123".to_owned(),
            places: vec![service],
            areas: vec![row],
        },
    }
}

/// The three files of a programme's report.
fn files(key: &str, language: Language) -> (Vec<u8>, String, Vec<u8>) {
    let project = project();
    let facts = Facts {
        today: date(2025, 11, 21),
        network: &project.network,
        communes: &project.communes,
        zones: &project.zones,
        places: &project.places,
        coverage: Some(&project.coverage),
        reported: &[],
        crosswalk: &[],
    };
    let programme = library::programme(key).unwrap();
    let evaluation = evaluate(&programme, &facts);
    let villages = table(
        &project.places,
        &project.coverage,
        &[Technology::G4],
        &read_rules(DEFAULT_RULES).unwrap(),
    );
    let operators = ["Viettel".to_owned(), "VNPT".to_owned()];
    let deliveries = workflow::deliveries(&programme, &operators, &[], facts.today);
    let report = Report {
        programme: &programme,
        evaluation: &evaluation,
        facts,
        villages: &villages,
        deliveries: &deliveries,
        project: "Tỉnh mô phỏng",
        synthetic: true,
        language,
    };
    (xlsx(&report).unwrap(), html(&report), docx(&report).unwrap())
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    for key in library::keys() {
        for language in [Language::Vietnamese, Language::English] {
            assert!(files(key, language) == files(key, language), "{key}");
        }
    }
}

#[test]
fn the_page_says_what_was_measured() {
    let (_, page, _) = files("ha-tinh-529", Language::Vietnamese);
    for text in [
        "1.550 trạm",
        "50 trạm",
        "380 trạm",
        "31/12/2025",
        "529/KH-UBND",
        "DỮ LIỆU MÔ PHỎNG",
        "abc123",
        "KKT &amp; &lt;tên&gt;",
        "1.969,20",
        "21 tháng 11 năm 2025",
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
    assert!(!page.contains("http"), "no outside references");
    let (_, page, _) = files("ha-tinh-529", Language::English);
    for text in ["1,550 stations", "2025-12-31", "SYNTHETIC DATA", "at risk"] {
        assert!(page.contains(text), "{text} is missing");
    }
}

const RECALCULATE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" \
xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
<item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"OOXMLRecalcMode\" oor:op=\"fuse\"><value>0</value></prop></item></oor:items>";

/// LibreOffice opens both, recalculates the formulas and comes to the same numbers.
#[test]
fn libreoffice_counts_the_same() {
    let Ok(found) = std::process::Command::new("soffice").arg("--version").output() else {
        println!("skipped: soffice is not present");
        return;
    };
    assert!(found.status.success());
    let folder = tempfile::tempdir().unwrap();
    let (book, _, document) = files("ha-tinh-529", Language::Vietnamese);
    std::fs::write(folder.path().join("report.xlsx"), book).unwrap();
    std::fs::write(folder.path().join("report.docx"), document).unwrap();
    // Count again on opening, whatever the file says the results are.
    let settings = folder.path().join("profile/user");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("registrymodifications.xcu"), RECALCULATE).unwrap();
    let convert = |target: &str, file: &str| {
        let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
        let done = std::process::Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", target, "--outdir"])
            .arg(folder.path())
            .arg(folder.path().join(file))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    // Sheet 3 (operators) and 2 (readings) as CSV, formulas recalculated on load.
    convert(
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
        "report.xlsx",
    );
    let sheet = |name: &str| std::fs::read_to_string(folder.path().join(format!("report-{name}.csv"))).unwrap();
    let operators = sheet("Doanh nghiệp");
    let total = operators.lines().last().unwrap();
    assert_eq!(total, "Tổng cộng,0,0,1500,50,1550", "{operators}");
    let readings = sheet("Cách tính");
    let row = readings.lines().find(|line| line.contains("ít nhất một khu")).unwrap();
    assert!(row.contains(",40,"), "{row}");
    let zones = sheet("Khu cụm");
    assert!(zones.lines().last().unwrap().ends_with(",40"), "{zones}");
    convert("pdf", "report.docx");
    let pdf = std::fs::read(folder.path().join("report.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 10_000);
}

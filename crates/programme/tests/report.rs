//! The report's files: the same bytes each time, what they say, and that office programs open them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

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
            areas: vec![
                row.clone(),
                AreaCoverage {
                    technology: Technology::G5,
                    covered_people: 3_000.0,
                    ..row
                },
            ],
        },
    }
}

impl Project {
    fn facts(&self) -> Facts<'_> {
        Facts {
            today: date(2025, 11, 21),
            network: &self.network,
            communes: &self.communes,
            zones: &self.zones,
            places: &self.places,
            coverage: Some(&self.coverage),
            reported: &[],
            crosswalk: &[],
        }
    }
}

/// The three files of a programme's report.
fn files(key: &str, language: Language) -> (Vec<u8>, String, Vec<u8>) {
    let project = project();
    let facts = project.facts();
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
        "1.550\u{a0}trạm",
        "50\u{a0}trạm",
        "380\u{a0}trạm",
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
    assert!(!page.contains("://"), "no outside references");
    assert_eq!(page.matches("data:image/png;base64,").count(), 3, "three maps");
    let (_, page, _) = files("ha-tinh-529", Language::English);
    for text in ["1,550\u{a0}stations", "2025-12-31", "SYNTHETIC DATA", "at risk"] {
        assert!(page.contains(text), "{text} is missing");
    }
}

const RECALCULATE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" \
xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
<item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"OOXMLRecalcMode\" oor:op=\"fuse\"><value>0</value></prop></item></oor:items>";

/// LibreOffice, with a folder of its own; it counts every formula again on opening, whatever the file says the results are.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn open() -> Option<Self> {
        let found = std::process::Command::new("soffice").arg("--version").output();
        if !found.is_ok_and(|found| found.status.success()) {
            assert!(
                std::env::var_os("PHUSONG_REQUIRE_CLIENTS").is_none(),
                "soffice (packages libreoffice-calc, libreoffice-writer) is required"
            );
            eprintln!("skipped: soffice is not present");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("profile/user");
        std::fs::create_dir_all(&settings).unwrap();
        std::fs::write(settings.join("registrymodifications.xcu"), RECALCULATE).unwrap();
        Some(Self { folder })
    }

    fn convert(&self, target: &str, files: &[String]) {
        let profile = format!("-env:UserInstallation=file://{}/profile", self.folder.path().display());
        let done = std::process::Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", target, "--outdir"])
            .arg(self.folder.path())
            .args(files.iter().map(|file| self.folder.path().join(file)))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// A sheet that was written as CSV.
    fn sheet(&self, name: &str) -> Vec<Vec<String>> {
        let text = std::fs::read(self.folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_slice());
        let rows = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    }
}

/// All sheets as CSV files, numbers as they are and not as they are shown.
const SHEETS: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";

/// The workbook's own formulas come to the figures of the evaluation, for every reading of the five programmes.
#[test]
fn clients_libreoffice_counts_every_reading_again() {
    let Some(office) = Office::open() else { return };
    let project = project();
    let mut names = Vec::new();
    for key in library::keys() {
        names.push(format!("{key}.xlsx"));
        office.put(&format!("{key}.xlsx"), &files(key, Language::Vietnamese).0);
    }
    office.convert(SHEETS, &names);
    let mut counted = 0;
    for key in library::keys() {
        let evaluation = evaluate(&library::programme(key).unwrap(), &project.facts());
        let rows = office.sheet(&format!("{key}-Cách tính.csv"));
        let readings = evaluation.indicators.iter().flat_map(|result| &result.readings);
        for (row, reading) in rows.iter().skip(1).zip(readings) {
            let expected = reading.figure.as_ref().map(|figure| figure.value);
            // A Vietnamese sheet writes its decimals with a comma.
            let shown = row[6].replace(',', ".").parse::<f64>().ok();
            let same = match (shown, expected) {
                (Some(shown), Some(expected)) => (shown - expected).abs() < 1e-6,
                (None, None) => true,
                _ => false,
            };
            assert!(
                same,
                "{key} {}: the workbook says {shown:?}, the evaluation {expected:?}",
                reading.id
            );
            counted += usize::from(expected.is_some());
        }
    }
    assert!(counted >= 25, "{counted} readings");
    let operators = office.sheet("ha-tinh-529-Doanh nghiệp.csv");
    assert_eq!(operators.last().unwrap().join(","), "Tổng cộng,0,0,1500,50,1550");
    let zones = office.sheet("ha-tinh-529-Khu cụm.csv");
    assert_eq!(zones.last().unwrap().last().unwrap(), "40");
}

/// Word documents and workbooks open and print: the pages of each, in both languages.
#[test]
fn clients_libreoffice_prints_the_papers() {
    let Some(office) = Office::open() else { return };
    let mut names = Vec::new();
    for (language, code) in [(Language::Vietnamese, "vi"), (Language::English, "en")] {
        let (book, _, document) = files("ha-tinh-529", language);
        office.put(&format!("book-{code}.xlsx"), &book);
        office.put(&format!("paper-{code}.docx"), &document);
        names.extend([format!("book-{code}.xlsx"), format!("paper-{code}.docx")]);
    }
    office.convert("pdf", &names);
    for name in ["book-vi", "book-en", "paper-vi", "paper-en"] {
        let pdf = std::fs::read(office.folder.path().join(format!("{name}.pdf"))).unwrap();
        assert!(pdf.starts_with(b"%PDF") && pdf.len() > 20_000, "{name}");
    }
}

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
use programme::annual_plan::annual_plan;
use programme::report::{AnnualPaper, Report, annual_xlsx, docx, html, xlsx};
use programme::villages::{DEFAULT_RULES, read_rules, table};
use programme::workflow::{PlannedSite, Stage};
use programme::{
    AreaCoverage, Coverage, Facts, Language, PlaceCoverage, Reported, Successor, evaluate, facts_of_area, library,
    workflow,
};

struct Project {
    network: Network,
    zones: Vec<Area>,
    communes: Vec<Area>,
    places: Vec<Place>,
    coverage: Coverage,
    reported: Vec<Reported>,
    /// The made-up district is one of the two communes.
    crosswalk: Vec<Successor>,
}

fn area(code: &str, kind: AreaKind) -> Area {
    area_from(105.0, code, kind)
}

fn area_from(west: f64, code: &str, kind: AreaKind) -> Area {
    let east = west + 0.1;
    let shape = polygon![(x: west, y: 18.0), (x: east, y: 18.0), (x: east, y: 18.1), (x: west, y: 18.1)];
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
        throughput_mbps: Some(37.5),
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
    let mut village = Place::new("V", "Thôn", PlaceKind::Village, LonLat::new(105.05, 18.05));
    village.population = Some(250.0);
    Project {
        network,
        zones: vec![area("KKT", AreaKind::EconomicZone), park],
        communes: vec![area("X", AreaKind::Commune), area_from(105.95, "Y", AreaKind::Commune)],
        places: vec![village],
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
        reported: [("2025-03-31", 38.25), ("2025-09-30", 41.5)].map(speed).to_vec(),
        crosswalk: vec![Successor {
            programme: "cao-loc-2023".to_owned(),
            from_code: "06184".to_owned(),
            from_name: "Xã cũ".to_owned(),
            to_code: "X".to_owned(),
            share: None,
            exact: true,
            source: String::new(),
        }],
    }
}

fn speed((day, value): (&str, f64)) -> Reported {
    Reported {
        programme: "cao-loc-2023".to_owned(),
        indicator: "mobile-speed".to_owned(),
        value,
        date: day.parse().unwrap(),
        source: "i-Speed, VNNIC".to_owned(),
        who: "Nguyễn Văn A".to_owned(),
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
            reported: &self.reported,
            crosswalk: &self.crosswalk,
        }
    }
}

/// The three files of a programme's report.
fn files(key: &str, language: Language) -> (Vec<u8>, String, Vec<u8>) {
    let project = project();
    let facts = project.facts();
    let programme = library::programme(key).unwrap();
    let evaluation = evaluate(&programme, &facts);
    let area = facts_of_area(&programme, &facts);
    let facts = area.as_ref().map_or(facts, |area| area.on(facts.today));
    let villages = table(
        facts.places,
        facts.coverage.unwrap(),
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

/// The district's report is of the district: its stations, its day, the authority of today; and every reported figure with source, day and who.
#[test]
fn a_districts_report_is_of_the_district() {
    let (_, page, _) = files("cao-loc-2023", Language::Vietnamese);
    for text in [
        "UBND tỉnh Lạng Sơn",
        "Lạng Sơn, ngày 21 tháng 11 năm 2025",
        "Địa bàn huyện Cao Lộc, tỉnh Lạng Sơn không còn từ 01/07/2025",
        "41,50\u{a0}Mbit/s",
        "38,25\u{a0}Mbit/s",
        "37,50\u{a0}Mbit/s",
        "i-Speed, VNNIC",
        "30/09/2025",
        "Nguyễn Văn A",
        "cả hai được giữ nguyên",
    ] {
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
        let readings: Vec<_> = evaluation
            .indicators
            .iter()
            .flat_map(|result| &result.readings)
            .collect();
        assert_eq!(rows.len(), readings.len() + 1, "{key}: a row a reading");
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
    assert!(counted >= 35, "{counted} readings");
    // The used figure of the summary is that of the readings; what was reported stands beside it.
    let summary = office.sheet("cao-loc-2023-Tổng hợp.csv");
    let speed = summary.iter().find(|row| row[1].contains("i-Speed")).unwrap();
    assert_eq!(
        (speed[7].as_str(), &speed[10..13]),
        ("41,5", ["41,5", "37,5", "4"].map(str::to_owned).as_slice())
    );
    assert_eq!(
        office.sheet("cao-loc-2023-Trạm.csv").len(),
        1 + 80,
        "the district's stations only"
    );
    let communes = office.sheet("ha-tinh-529-Xã phường.csv");
    let total = communes.last().unwrap();
    assert_eq!(
        (total[2].as_str(), total[3].as_str(), total[5].as_str()),
        ("12345", "12000", "3000")
    );
    let villages = office.sheet("ha-tinh-529-Thôn bản.csv");
    assert_eq!(villages.last().unwrap()[3], "250");
    let operators = office.sheet("ha-tinh-529-Doanh nghiệp.csv");
    assert_eq!(operators.last().unwrap().join(","), "Tổng cộng,0,0,1500,50,1550");
    let zones = office.sheet("ha-tinh-529-Khu cụm.csv");
    assert_eq!(zones.last().unwrap().last().unwrap(), "40");
}

/// The annual plan's workbook counts its sites by commune and quarter itself, to the plan's own totals.
#[test]
fn clients_libreoffice_counts_the_annual_plan_again() {
    let Some(office) = Office::open() else { return };
    let project = project();
    let programme = library::programme("long-an-2550").unwrap();
    let site = |index: u8, action: &str| PlannedSite {
        code: format!("S{index}"),
        operator: "VNPT".to_owned(),
        position: LonLat::new(if index.is_multiple_of(3) { 105.05 } else { 106.0 }, 18.05),
        action: action.to_owned(),
        stage: Stage::Planned,
        commune_code: None,
        quarter: Some(1 + index % 4),
    };
    let actions = ["new_tower", "upgrade", "co_locate", "pole_small_cell", "upgrade"];
    let sites: Vec<PlannedSite> = (0..)
        .zip(actions.iter().cycle().take(40))
        .map(|(index, action)| site(index, action))
        .collect();
    let plan = annual_plan(&project.facts(), 2026, &sites, None, &[]);
    let paper = AnnualPaper {
        programme: &programme,
        plan: &plan,
        today: date(2025, 12, 31),
        project: "Tỉnh mô phỏng",
        synthetic: true,
        run: None,
        language: Language::Vietnamese,
    };
    office.put("year.xlsx", &annual_xlsx(&paper).unwrap());
    office.convert(SHEETS, &["year.xlsx".to_owned()]);
    let rows = office.sheet("year-Tổng hợp.csv");
    let counted: Vec<[String; 6]> = rows[4..]
        .iter()
        .map(|row| std::array::from_fn(|column| row[column].clone()))
        .collect();
    let mut expected: Vec<[String; 6]> = plan
        .totals
        .iter()
        .map(|row| {
            let sum = row.build + row.upgrade + row.share;
            let [build, upgrade, share, sum] = [row.build, row.upgrade, row.share, sum].map(|count| count.to_string());
            [row.quarter.to_string(), row.commune.clone(), build, upgrade, share, sum]
        })
        .collect();
    expected.push(["", "Tổng cộng", "16", "16", "8", "40"].map(str::to_owned));
    assert_eq!(counted, expected);
}

/// A printed page as a picture in grey, looked at.
struct Page {
    width: usize,
    grey: Vec<u8>,
}

impl Page {
    /// From a portable grey map, as poppler writes it.
    fn read(bytes: &[u8]) -> Self {
        let mut numbers = Vec::new();
        let mut at = 2;
        while numbers.len() < 3 {
            let end = at + bytes[at..].iter().skip(1).position(u8::is_ascii_whitespace).unwrap() + 1;
            numbers.push(
                std::str::from_utf8(&bytes[at..end])
                    .unwrap()
                    .trim()
                    .parse::<usize>()
                    .unwrap(),
            );
            at = end;
        }
        Self {
            width: numbers[0],
            grey: bytes[at + 1..].to_vec(),
        }
    }

    fn dark(&self, of: impl Fn(usize, usize) -> bool) -> usize {
        let spots = self.grey.iter().enumerate();
        let inside = spots.filter(|(index, _)| of(index % self.width, index / self.width));
        inside.filter(|(_, grey)| **grey < 160).count()
    }
}

/// The pages of a PDF as pictures and as text; nothing without poppler.
fn pages(office: &Office, name: &str) -> Option<(Vec<Page>, Vec<String>)> {
    let folder = office.folder.path();
    let run = |tool: &str, arguments: &[&str]| {
        let done = std::process::Command::new(tool)
            .current_dir(folder)
            .args(arguments)
            .output();
        done.is_ok_and(|done| done.status.success())
    };
    let pdf = format!("{name}.pdf");
    if !run("pdftoppm", &["-r", "40", "-gray", &pdf, name]) || !run("pdftotext", &["-layout", &pdf, "text"]) {
        assert!(
            std::env::var_os("PHUSONG_REQUIRE_CLIENTS").is_none(),
            "pdftoppm and pdftotext (package poppler-utils) are required"
        );
        eprintln!("skipped: poppler is not present");
        return None;
    }
    let mut pictures: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "pgm"))
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(name))
        .collect();
    pictures.sort();
    let pictures = pictures.iter().map(|path| Page::read(&std::fs::read(path).unwrap()));
    let text = std::fs::read_to_string(folder.join("text")).unwrap();
    let texts = text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned);
    Some((pictures.collect(), texts.collect()))
}

/// Word documents and workbooks are printed and looked at: what each page says, that none is empty and nothing runs off it, in both languages.
#[test]
fn clients_libreoffice_prints_the_papers() {
    let Some(office) = Office::open() else { return };
    let mut names = Vec::new();
    for (key, language, code) in [
        ("ha-tinh-529", Language::Vietnamese, "vi"),
        ("cao-loc-2023", Language::English, "en"),
    ] {
        let (book, _, document) = files(key, language);
        office.put(&format!("book-{code}.xlsx"), &book);
        office.put(&format!("paper-{code}.docx"), &document);
        names.extend([format!("book-{code}.xlsx"), format!("paper-{code}.docx")]);
    }
    office.convert("pdf", &names);
    let said: [(&str, &[&str]); 4] = [
        (
            "book-vi",
            &[
                "Kế hoạch phát triển hạ tầng 5G",
                "Tổng hợp",
                "3.022,96",
                "31/12/2025",
                "Tổng cộng",
            ],
        ),
        (
            "book-en",
            &[
                "Digital infrastructure of Cao Lộc",
                "41.50",
                "2025-12-31",
                "Nguyễn Văn A",
                "Total",
            ],
        ),
        (
            "paper-vi",
            &[
                "UBND TỈNH HÀ TĨNH",
                "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "/BC-SKHCN",
                "Hà Tĩnh, ngày 21 tháng 11 năm 2025",
                "Nơi nhận:",
                "GIÁM ĐỐC",
                "Bản đồ",
                "Phụ lục I. Các cách tính",
                "1.550 trạm",
                "đếm(trạm đang phát sóng",
                "abc123",
            ],
        ),
        (
            "paper-en",
            &[
                "SOCIALIST REPUBLIC OF VIET NAM",
                "Annex II. Reported figures",
                "41.50 Mbps",
                "DIRECTOR",
            ],
        ),
    ];
    for (name, said) in said {
        let pdf = std::fs::read(office.folder.path().join(format!("{name}.pdf"))).unwrap();
        assert!(pdf.starts_with(b"%PDF"), "{name}");
        let Some((pages, texts)) = pages(&office, name) else {
            return;
        };
        assert_eq!(pages.len(), texts.len(), "{name}");
        let whole = texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        for text in said {
            assert!(whole.contains(text), "{name}: {text} is not on any page");
        }
        for fault in ["###", "#REF", "#NAME", "#VALUE", "#DIV", "Err:", "Lỗi:"] {
            assert!(!whole.contains(fault), "{name}: {fault}");
        }
        for (number, (page, text)) in (1..).zip(pages.iter().zip(&texts)) {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
            assert!(lines > 2, "{name}: page {number} is all but empty: {text}");
            let height = page.grey.len() / page.width;
            // 40 dots an inch: the last four millimetres of every side stay white.
            let edge = |x: usize, y: usize| x < 6 || y < 6 || x + 6 >= page.width || y + 6 >= height;
            assert_eq!(page.dark(edge), 0, "{name}: page {number} runs off the paper");
            assert!(page.dark(|_, _| true) > 50, "{name}: page {number} is white");
        }
    }
    // The maps are there: a page with few words and much ink.
    let Some((pages, texts)) = pages(&office, "paper-vi") else {
        return;
    };
    let map = texts
        .iter()
        .position(|text| text.contains("Dân số có sóng 5G"))
        .unwrap();
    assert!(pages[map].dark(|_, _| true) > 400, "the map's page has no map");
}

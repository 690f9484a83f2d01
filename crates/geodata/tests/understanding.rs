//! What a list means: headings, technologies, sectors, sharing, dates, coordinate systems, communes old and new; every case here
//! is a small list as a province would send it.
#![allow(clippy::panic, clippy::unwrap_used)]

mod containers;

use std::collections::BTreeSet;

use containers::{ods, ods_table, xls};
use geo_types::{LineString, MultiPolygon, Polygon};
use geodata::{
    Area, AreaKind, CommuneChange, DatasetKind, Import, ImportContext, InputFile, Network, Records, RowStatus,
    Technology, import,
};
use geodesy::{LonLat, Transformer, distance_m};
use jiff::civil::date;
use unicode_normalization::UnicodeNormalization;

fn communes() -> Vec<Area> {
    let commune = |code: &str, name: &str, west: f64| {
        // The northernmost and the southernmost mast stand near the edge: UTM 48N and the TM-3 zone of the same meridian
        // differ by 600 m there.
        let ring = vec![
            (west, 18.047),
            (west + 0.4, 18.047),
            (west + 0.4, 18.528),
            (west, 18.528),
        ];
        let shape = MultiPolygon(vec![Polygon::new(LineString::from(ring), Vec::new())]);
        Area::new(code, name, AreaKind::Commune, shape)
    };
    vec![
        commune("18001", "Xã Thạch Hà", 105.4),
        commune("18002", "Xã Hòa Bình", 105.8),
    ]
}

fn read_bytes(name: &str, bytes: &[u8], change: impl FnOnce(&mut ImportContext<'static>)) -> Import {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut context: ImportContext<'static> = ImportContext::new(date(2025, 11, 1));
    // What a test puts in may live as long as the program.
    context.communes = Vec::leak(communes());
    change(&mut context);
    let import = import(DatasetKind::Sites, &[InputFile::from_path(path)], &context).unwrap();
    let report = &import.report;
    assert_eq!(report.accepted + report.repaired + report.rejected, report.rows_in);
    import
}

fn read(text: &str) -> Import {
    read_bytes("list.csv", text.as_bytes(), |_| {})
}

fn network(import: &Import) -> &Network {
    match &import.records {
        Records::Sites(network) => network,
        _ => panic!("not sites"),
    }
}

fn codes(import: &Import) -> BTreeSet<&str> {
    import
        .report
        .rows
        .iter()
        .flat_map(|row| &row.issues)
        .map(|issue| issue.code.as_str())
        .collect()
}

#[test]
fn technologies_become_stations_and_sector_columns_cells() {
    let import = read(
        "Mã trạm,Nhà mạng,Kinh độ,Vĩ độ,Công nghệ,Azimuth 1,Azimuth 2,Azimuth 3,Tilt cơ,Độ cao cột (m)\n\
         A,Viettel,105.5,18.2,2G/3G/4G,0,120,240,3,42\n\
         B,VNPT,105.6,18.2,4G + 5G,10,130,360,,45\n",
    );
    let network = network(&import);
    let technologies = |code: &str| -> Vec<Technology> {
        let stations = network.stations.iter().filter(|station| station.site_code == code);
        stations.map(|station| station.technology).collect()
    };
    assert_eq!(technologies("A"), [Technology::G2, Technology::G3, Technology::G4]);
    assert_eq!(technologies("B"), [Technology::G4, Technology::G5]);
    for station in &network.stations {
        let cells: Vec<_> = network
            .cells
            .iter()
            .filter(|cell| cell.station_code == station.code)
            .collect();
        let azimuths: Vec<Option<f64>> = cells.iter().map(|cell| cell.azimuth_deg).collect();
        let expected = if station.site_code == "A" {
            [0.0, 120.0, 240.0]
        } else {
            [10.0, 130.0, 0.0]
        };
        assert_eq!(azimuths, expected.map(Some), "{station:?}");
        // What the list does not say comes from the operator's template, and is marked.
        for cell in cells {
            let assumed: BTreeSet<&str> = cell.assumed.names().collect();
            assert!(
                assumed.contains("eirp_per_re_dbm") && assumed.contains("frequency_mhz"),
                "{assumed:?}"
            );
            assert!(!assumed.contains("azimuth_deg"));
            assert_eq!(assumed.contains("mechanical_tilt_deg"), station.site_code == "B");
            assert!(cell.antenna_height_m > 30.0 && cell.eirp_per_re_dbm > 10.0);
        }
    }
}

#[test]
fn sharing_codes_dates_and_states_are_read() {
    let import = read(
        "Mã trạm,Nhà mạng,Kinh độ,Vĩ độ,Công nghệ,Mã dùng chung,Ngày phát sóng,Tình trạng\n\
         A,Viettel,105.5,18.2,4G,0,05/12/2019,Đang hoạt động\nB,Viettel,105.51,18.2,4G,7,2020-03-01,\n\
         C,Viettel,105.52,18.2,4G,9,12/25/2019,\n",
    );
    let network = network(&import);
    let sharing: Vec<Option<u8>> = network.sites.iter().map(|site| site.sharing_code).collect();
    assert_eq!(sharing, [Some(0), Some(7), None]);
    let days: Vec<_> = network.stations.iter().map(|station| station.on_air).collect();
    assert_eq!(
        days,
        [date(2019, 12, 5), date(2020, 3, 1), date(2019, 12, 25)].map(Some)
    );
    assert!(codes(&import).contains("impossible_sharing_code") && codes(&import).contains("month_before_day"));
}

#[test]
fn headings_are_known_however_they_are_written() {
    let usual = ["Mã trạm", "Doanh nghiệp", "Kinh độ", "Vĩ độ", "Công nghệ", "Xã/Phường"];
    let english = [
        "Site code",
        "Operator",
        "Longitude",
        "Latitude",
        "Technology",
        "Commune",
    ];
    let old_spelling = ["Mã trạm", "Doanh nghiệp", "Kinh độ", "Vĩ độ", "Công nghệ", "Xã"];
    let shouted = usual.map(str::to_uppercase);
    let decomposed = usual.map(|heading| heading.nfd().collect::<String>());
    let tcvn3 = [
        "M· tr¹m",
        "Doanh nghiÖp",
        "Kinh ®é",
        "VÜ ®é",
        "C«ng nghÖ",
        "X·/Ph\u{ad}êng",
    ];
    let vni = [
        "Maõ traïm",
        "Doanh nghieäp",
        "Kinh ñoä",
        "Vó ñoä",
        "Coâng ngheä",
        "Xaõ/Phöôøng",
    ];
    let sets: [[String; 6]; 7] = [
        usual.map(str::to_owned),
        english.map(str::to_owned),
        old_spelling.map(str::to_owned),
        shouted,
        decomposed,
        tcvn3.map(str::to_owned),
        vni.map(str::to_owned),
    ];
    for headings in sets {
        for order in [[0, 1, 2, 3, 4, 5], [5, 3, 2, 4, 1, 0], [4, 0, 5, 2, 3, 1]] {
            let cells = ["A1", "Viettel", "105.9", "18.2", "4G", "Xã Hoà Bình"];
            let line = |cells: &[&str]| order.map(|column| cells[column]).join(";");
            let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
            let import = read(&format!("{}\n{}\n", line(&headings), line(&cells)));
            let network = network(&import);
            assert_eq!(network.sites.len(), 1, "{headings:?} {:?}", import.report);
            // Hoà and Hòa are one word.
            assert_eq!(network.sites[0].commune_code.as_deref(), Some("18002"), "{headings:?}");
            assert_eq!(network.stations[0].operator, "Viettel");
        }
    }
}

#[test]
fn encodings_separators_and_decimal_commas_are_found() {
    let text = "Mã trạm;Tên trạm;Nhà mạng;Kinh độ;Vĩ độ;Công nghệ\nA;Đức Thọ;Viettel;105,5;18,25;4G\nB;Vũng Áng;Viettel;105,6;18,35;4G\n";
    let utf16 = |mark: bool, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let mark = mark.then_some(0xfeff).into_iter();
        mark.chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    // Windows-1258 keeps some marks apart: it holds neither the composed nor the fully decomposed letters.
    let half = half_composed(text);
    let (windows_1258, _, lossy) = encoding_rs::WINDOWS_1258.encode(&half);
    assert!(!lossy);
    let tabs = text.replace(';', "\t").into_bytes();
    let marked = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
    let files = [
        ("utf8", text.as_bytes().to_vec()),
        ("marked", marked),
        ("utf16le", utf16(true, u16::to_le_bytes)),
        ("utf16be", utf16(true, u16::to_be_bytes)),
        ("utf16 without a mark", utf16(false, u16::to_le_bytes)),
        ("windows-1258", windows_1258.into_owned()),
        ("tabs", tabs),
    ];
    for (name, bytes) in files {
        let import = read_bytes("list.csv", &bytes, |_| {});
        let network = network(&import);
        let names: Vec<&str> = network.sites.iter().map(|site| site.name.as_str()).collect();
        assert_eq!(names, ["Đức Thọ", "Vũng Áng"], "{name}");
        assert!(
            distance_m(network.sites[0].position, LonLat::new(105.5, 18.25)) < 0.01,
            "{name}"
        );
    }
}

/// Letters as Windows-1258 has them: the vowel with its roof or horn as one, the tone behind it.
fn half_composed(text: &str) -> String {
    let is_tone = |mark: &char| matches!(mark, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let apart = |letter: char| {
        let (tones, rest): (Vec<char>, Vec<char>) = letter.to_string().nfd().partition(is_tone);
        let vowel: String = rest.into_iter().nfc().collect();
        vowel.chars().chain(tones).collect::<Vec<char>>()
    };
    text.nfc().flat_map(apart).collect()
}

/// Twenty masts, ten in each commune.
fn masts() -> Vec<LonLat> {
    (0..20)
        .map(|number| LonLat::new(105.452 + 0.035 * f64::from(number), 18.05 + 0.025 * f64::from(number)))
        .collect()
}

fn list_in(headings: &str, write: impl Fn(LonLat) -> (String, String)) -> String {
    let mut text = format!("Mã trạm,Nhà mạng,Xã,{headings},Công nghệ\n");
    for (number, at) in masts().into_iter().enumerate() {
        let commune = if at.lon_deg < 105.8 {
            "Thạch Hà"
        } else {
            "Hòa Bình"
        };
        let (first, second) = write(at);
        text.push_str(&format!("HT{number:02},Viettel,{commune},{first},{second},4G\n"));
    }
    text
}

fn check_positions(import: &Import, name: &str) {
    let network = network(import);
    assert_eq!(network.sites.len(), 20, "{name}: {:?}", import.report);
    for (site, truth) in network.sites.iter().zip(masts()) {
        let off = distance_m(site.position, truth);
        assert!(
            off < 0.02,
            "{name}: {} is {off} m away: {:?}",
            site.code,
            import.report.crs
        );
    }
}

#[test]
fn every_coordinate_system_is_found_by_its_communes() {
    let degrees = |value: f64| format!("{value:.7}");
    check_positions(
        &read(&list_in("Kinh độ,Vĩ độ", |at| {
            (degrees(at.lon_deg), degrees(at.lat_deg))
        })),
        "degrees",
    );
    check_positions(
        &read(&list_in("Kinh độ,Vĩ độ", |at| {
            (degrees(at.lat_deg), degrees(at.lon_deg))
        })),
        "swapped degrees",
    );
    let sexagesimal = |value: f64| {
        let seconds = value * 3600.0;
        let (d, m) = ((seconds / 3600.0).floor(), (seconds / 60.0).floor() % 60.0);
        format!("{d}°{m:02}'{:08.5}\"\"", seconds - d * 3600.0 - m * 60.0)
    };
    let quoted = |value: f64| format!("\"{}\"", sexagesimal(value));
    check_positions(
        &read(&list_in("Kinh độ,Vĩ độ", |at| {
            (quoted(at.lon_deg), quoted(at.lat_deg))
        })),
        "sexagesimal",
    );
    // TM-3 meridians around here, and UTM 48N of VN-2000 (49N begins at 108°); X is the northing, as the custom is, or not.
    for epsg in [9209, 9210, 9208, 5897, 5898, 9212, 3405] {
        let to_metres = Transformer::from_wgs84(epsg).unwrap();
        for x_is_north in [true, false] {
            let text = list_in("X,Y", |at| {
                let (east, north) = to_metres.convert_raw(at.lon_deg, at.lat_deg).unwrap();
                let (east, north) = (format!("{east:.3}"), format!("{north:.3}"));
                if x_is_north { (north, east) } else { (east, north) }
            });
            let import = read(&text);
            let name = format!("EPSG:{epsg}, X north: {x_is_north}");
            check_positions(&import, &name);
            assert_eq!(import.report.crs.epsg, Some(epsg), "{name}");
            let evidence = format!("20 of 20 rows fall in their own commune (or in the area) under EPSG:{epsg}");
            assert!(
                import.report.crs.message_en.starts_with(&evidence),
                "{}",
                import.report.crs.message_en
            );
            assert_eq!(codes(&import).contains("axes_swapped"), !x_is_north, "{name}");
        }
    }
    // UTM of WGS 84 lies 200 m from VN-2000's: no commune tells them apart, so it is taken when it is declared.
    let to_metres = Transformer::from_wgs84(32648).unwrap();
    let text = list_in("Easting,Northing", |at| {
        let (east, north) = to_metres.convert_raw(at.lon_deg, at.lat_deg).unwrap();
        (format!("{east:.3}"), format!("{north:.3}"))
    });
    check_positions(
        &read_bytes("list.csv", text.as_bytes(), |context| {
            context.declared_epsg = Some(32648);
        }),
        "UTM 48N of WGS 84",
    );
}

#[test]
fn old_communes_are_led_to_the_new_ones_and_divided_ones_are_said_to_be() {
    let change = |old: (&str, &str), new: (&str, &str), partial| CommuneChange {
        old_code: old.0.to_owned(),
        old_name: old.1.to_owned(),
        new_code: new.0.to_owned(),
        new_name: new.1.to_owned(),
        partial,
    };
    let whole = ("18101", "Xã Phù Lưu");
    let divided = ("18102", "Xã Thạch Kênh");
    let changes = vec![
        change(whole, ("18001", "Xã Thạch Hà"), false),
        change(divided, ("18001", "Xã Thạch Hà"), true),
        change(divided, ("18002", "Xã Hòa Bình"), true),
    ];
    let text = "Mã trạm,Nhà mạng,Mã xã,Xã,Kinh độ,Vĩ độ,Công nghệ\n\
        A,Viettel,,Phù Lưu,105.5,18.2,4G\nB,Viettel,18102,,105.5,18.3,4G\nC,Viettel,,Thạch Kênh,105.9,18.3,4G\nD,Viettel,,Hòa Bình,105.9,18.4,4G\n";
    let import = read_bytes("list.csv", text.as_bytes(), |context| {
        context.changes = Vec::leak(changes);
    });
    let communes: Vec<_> = network(&import)
        .sites
        .iter()
        .map(|site| site.commune_code.clone().unwrap())
        .collect();
    assert_eq!(communes, ["18001", "18001", "18002", "18002"]);
    let said: Vec<_> = import
        .report
        .rows
        .iter()
        .map(|row| row.issues.first().map(|issue| issue.code.as_str()))
        .collect();
    assert_eq!(
        said,
        [Some("old_commune"), Some("old_commune"), Some("old_commune"), None]
    );
    for row in &import.report.rows[1..3] {
        assert!(
            row.issues[0].message_vi.contains("một phần") && row.status == RowStatus::Repaired,
            "{row:?}"
        );
    }
}

#[test]
fn columns_that_were_corrected_by_hand_win() {
    let text = "Trụ,Nhà mạng,Cột lạ,Kinh độ,Công nghệ\nA,Viettel,18.2,105.5,4G\n";
    let import = read_bytes("list.csv", text.as_bytes(), |context| {
        context.columns = vec![
            ("Cột lạ".to_owned(), "latitude".to_owned()),
            ("Trụ".to_owned(), "code".to_owned()),
        ];
    });
    assert_eq!(network(&import).sites[0].code, "A");
}

#[test]
fn same_mast_of_two_operators_is_one_site_with_two_tenants_when_merged() {
    let header = "Mã trạm,Nhà mạng,Kinh độ,Vĩ độ,Công nghệ\n";
    let text = format!("{header}V1,Viettel,105.5,18.2,4G\nM1,MobiFone,105.50002,18.2,4G\nV2,Viettel,105.6,18.2,4G\n");
    let import = read(&text);
    assert_eq!(network(&import).sites.len(), 3);
    let proposal = import.report.rows[1]
        .issues
        .iter()
        .find(|issue| issue.code == "same_mast")
        .unwrap();
    assert!(
        proposal.message_en.contains("two tenants") && proposal.to.as_deref() == Some("V1"),
        "{proposal:?}"
    );
    let merged = read_bytes("list.csv", text.as_bytes(), |context| {
        context.decisions = vec![geodata::RowDecision {
            file: "list.csv".to_owned(),
            sheet: None,
            row: 3,
            action: geodata::RowAction::Merge,
        }];
    });
    let network = network(&merged);
    assert_eq!(network.sites.len(), 2);
    let tenants: Vec<&str> = network
        .stations
        .iter()
        .filter(|station| station.site_code == "V1")
        .map(|station| station.operator.as_str())
        .collect();
    assert_eq!(tenants, ["Viettel", "MobiFone"]);
}

#[test]
fn old_and_open_workbooks_hold_the_same_list() {
    let mut rows = containers::small_list();
    rows.push(vec![String::new(), "Tổng cộng".to_owned(), "3".to_owned()]);
    for (name, bytes) in [("list.xls", xls(&rows)), ("list.ods", ods(&ods_table(&rows)))] {
        let import = read_bytes(name, &bytes, |_| {});
        assert_eq!(
            (network(&import).sites.len(), import.report.rejected),
            (3, 1),
            "{name}: {:?}",
            import.report
        );
        assert_eq!(import.report.rows[3].issues[0].code, "total_row");
        assert_eq!(network(&import).sites[2].name, "Trạm Đức Thọ 2");
    }
}

/// Wants everything to stop.
struct Stopped;

impl geodata::Progress for Stopped {
    fn report(&self, fraction: f64, _stage: &geodata::Message) {
        assert!((0.0..=1.0).contains(&fraction));
    }

    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn an_import_that_is_stopped_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, "Mã trạm,Kinh độ,Vĩ độ\nA,105.5,18.2\n").unwrap();
    let mut context = ImportContext::new(date(2025, 11, 1));
    context.progress = &Stopped;
    let error = import(DatasetKind::Sites, &[InputFile::from_path(path)], &context).unwrap_err();
    assert_eq!(error.code, "cancelled");
}

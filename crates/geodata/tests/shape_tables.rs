//! Areas and lines in tables: a column of well-known text, and a row for every corner.
#![allow(clippy::panic, clippy::unwrap_used)]

use geo::{Area as _, Centroid};
use geodata::{DatasetKind, Import, ImportContext, ImportError, InputFile, Records, import};
use geodesy::{LonLat, Transformer, distance_m};
use jiff::civil::date;

fn read(kind: DatasetKind, name: &str, text: &str) -> Result<Import, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let mut context = ImportContext::new(date(2025, 11, 1));
    context.province_name = Some("Hà Tĩnh".to_owned());
    let import = import(kind, &[InputFile::from_path(path)], &context)?;
    let report = &import.report;
    assert_eq!(report.accepted + report.repaired + report.rejected, report.rows_in);
    Ok(import)
}

#[test]
fn shapes_of_a_column_are_read() {
    let text = "Mã;Tên tuyến;Cấp điện áp;WKT\nD1;Lộ 371;35 kV;LINESTRING (105.5 18.2, 105.6 18.3)\nD2;Lộ 372;22 kV;MULTILINESTRING ((105.5 18.2, 105.6 18.3), (105.7 18.3, 105.8 18.3))\nD3;Lộ 373;22 kV;chưa đo\n";
    let import_of_lines = read(DatasetKind::PowerLines, "dien.csv", text).unwrap();
    assert_eq!(
        (import_of_lines.report.rows_in, import_of_lines.report.rejected),
        (3, 1)
    );
    let Records::Lines(lines) = import_of_lines.records else {
        panic!("not lines")
    };
    assert_eq!((lines[0].name.as_str(), lines[1].geometry.0.len()), ("Lộ 371", 2));

    let text = "Mã KCN;Tên khu công nghiệp;geometry\nK1;KCN Vũng Áng;POLYGON ((106.3 18.0, 106.4 18.0, 106.4 18.1, 106.3 18.1, 106.3 18.0))\n";
    let Records::Areas(zones) = read(DatasetKind::Zones, "kcn.csv", text).unwrap().records else {
        panic!("not areas")
    };
    assert_eq!(
        (zones[0].code.as_str(), zones[0].name.as_str(), zones[0].kind.is_zone()),
        ("K1", "KCN Vũng Áng", true)
    );
    assert!((zones[0].geometry.unsigned_area() - 0.01).abs() < 1e-9);
}

/// A boundary as a decision prints it: numbered corners in VN-2000, X north and Y east, the zone's name before its first corner.
#[test]
fn corners_of_a_boundary_are_read() {
    let to_metres = Transformer::from_wgs84(9209).unwrap();
    let mut text = String::from("STT,Tên khu,Số hiệu điểm,X (m),Y (m)\n");
    for (name, west) in [
        ("Cụm công nghiệp Thạch Bằng", 105.9),
        ("Cụm công nghiệp Gia Phố", 105.7),
    ] {
        let corners = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01)];
        for (number, (x, y)) in corners.into_iter().enumerate() {
            let (east, north) = to_metres.convert_raw(west + x, 18.3 + y).unwrap();
            let name = if number == 0 { name } else { "" };
            text.push_str(&format!("{},{name},{},{north:.3},{east:.3}\n", number + 1, number + 1));
        }
    }
    let import = read(DatasetKind::Zones, "moc-ranh.csv", &text).unwrap();
    assert_eq!(
        (import.report.rows_in, import.report.rejected),
        (8, 0),
        "{:?}",
        import.report.rows
    );
    let Records::Areas(zones) = &import.records else {
        panic!("not areas")
    };
    assert_eq!(zones.len(), 2);
    let centre = zones[0].geometry.centroid().unwrap();
    assert!(distance_m(LonLat::new(centre.x(), centre.y()), LonLat::new(105.905, 18.305)) < 1.0);
    assert_eq!(zones[1].name, "Cụm công nghiệp Gia Phố");
}

#[test]
fn vertices_of_lines_are_read_and_what_is_no_shape_is_named() {
    let text = "Tên tuyến,Kinh độ,Vĩ độ\nTuyến cáp 1,105.5,18.2\nTuyến cáp 1,105.6,18.3\nTuyến cáp 2,105.7,18.3\n";
    let import = read(DatasetKind::FibreLines, "cap.csv", text).unwrap();
    assert_eq!((import.report.rows_in, import.report.rejected), (3, 1));
    assert_eq!(import.report.rows[2].issues[0].code, "not_a_line");
    let Records::Lines(lines) = import.records else {
        panic!("not lines")
    };
    assert_eq!((lines.len(), lines[0].name.as_str()), (1, "Tuyến cáp 1"));
    let refused = read(
        DatasetKind::Areas,
        "xa.csv",
        "Mã xã,Tên xã,Dân số\n18001,Xã A,100\n18004,Xã B,200\n",
    )
    .unwrap_err();
    assert_eq!(refused.code, "wrong_file_type");
}

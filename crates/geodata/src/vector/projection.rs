//! Coordinate systems as well-known text, which is how shapefiles name them.

use geodesy::coordinate_system::{VN2000_GEOGRAPHIC, vn2000_zones};

/// The EPSG code of a system in well-known text; `None` for WGS 84 degrees and for what is not understood.
#[must_use]
pub fn epsg_of_wkt(text: &str) -> Option<u32> {
    let upper = text.to_uppercase();
    let is_vn2000 = upper.contains("VN-2000")
        || upper.contains("VN_2000")
        || upper.contains("VN2000")
        || upper.contains("VIETNAM_2000");
    if !upper.trim_start().starts_with("PROJC") {
        return is_vn2000.then_some(VN2000_GEOGRAPHIC);
    }
    let meridian =
        parameter(&upper, "CENTRAL_MERIDIAN").or_else(|| parameter(&upper, "LONGITUDE OF NATURAL ORIGIN"))?;
    let scale = parameter(&upper, "SCALE_FACTOR").unwrap_or(1.0);
    let is_utm = (scale - 0.9996).abs() < 1e-6;
    let zone = ((meridian + 183.0) / 6.0).round() as u32;
    if !is_vn2000 {
        let is_wgs84 = upper.contains("WGS_1984") || upper.contains("WGS 84");
        return (is_wgs84 && is_utm && (1..=60).contains(&zone)).then_some(32_600 + zone);
    }
    if is_utm {
        return Some(if zone == 48 { 3405 } else { 3406 });
    }
    let zones = vn2000_zones();
    let found = zones.iter().find(|zone| {
        !matches!(zone.epsg, 3405 | 3406)
            && zone
                .central_meridian_deg
                .is_some_and(|degrees| (degrees - meridian).abs() < 0.01)
    });
    found.map(|zone| zone.epsg)
}

fn parameter(text: &str, name: &str) -> Option<f64> {
    let rest = &text[text.find(name)? + name.len()..];
    let rest = rest.trim_start_matches(['"', ',', ' ']);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'E')))?;
    rest[..end].parse().ok()
}

/// The well-known text (ESRI's) of a system that exports can be in; `None` for any other.
#[must_use]
pub fn wkt_of_epsg(epsg: u32) -> Option<String> {
    const WGS84: &str = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
    const VN2000: &str = r#"GEOGCS["GCS_VN-2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
    match epsg {
        4326 => Some(WGS84.to_owned()),
        VN2000_GEOGRAPHIC => Some(VN2000.to_owned()),
        _ => {
            let zones = vn2000_zones();
            let zone = zones.iter().find(|zone| zone.epsg == epsg)?;
            let meridian = zone.central_meridian_deg?;
            let scale = if matches!(epsg, 3405 | 3406) { 0.9996 } else { 0.9999 };
            let name = zone.name.replace([' ', '/'], "_").replace("___", "_");
            Some(format!(
                r#"PROJCS["{name}",{VN2000},PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian:.6}],PARAMETER["Scale_Factor",{scale}],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_come_back_from_their_text() {
        for zone in vn2000_zones() {
            // UTM 49N lies on the meridian 111°, TM-3 zones on their own.
            assert_eq!(
                epsg_of_wkt(&wkt_of_epsg(zone.epsg).unwrap()),
                Some(zone.epsg),
                "{}",
                zone.name
            );
        }
        assert_eq!(epsg_of_wkt(&wkt_of_epsg(4756).unwrap()), Some(4756));
        assert_eq!(epsg_of_wkt(&wkt_of_epsg(4326).unwrap()), None);
        let utm = r#"PROJCS["WGS_1984_UTM_Zone_48N",GEOGCS["GCS_WGS_1984"],PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9996]]"#;
        assert_eq!(epsg_of_wkt(utm), Some(32648));
    }
}

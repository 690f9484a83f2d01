//! The province's vector layers as GeoJSON (RFC 7946), one feature a line.

use serde_json::{Value, json};

use super::Province;
use super::borders::Polygon;
use super::plane::Point;
use super::zones::Zone;

/// A layer ready to be written.
pub struct Layer {
    pub name: &'static str,
    pub features: Vec<Value>,
}

impl Layer {
    /// The file's text; the collection and each feature say that they are synthetic.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{{\"type\":\"FeatureCollection\",\"name\":\"{} (mô phỏng)\",\"synthetic\":true,\"features\":[\n",
            self.name
        );
        for (index, feature) in self.features.iter().enumerate() {
            text.push_str(&feature.to_string());
            text.push_str(if index + 1 < self.features.len() { ",\n" } else { "\n" });
        }
        text.push_str("]}\n");
        text
    }
}

/// The province as one polygon.
pub fn province(province: &Province) -> Layer {
    let outline = province.division.borders.polygons(|label| label > 0);
    let people: f64 = province
        .division
        .communes
        .iter()
        .map(|commune| commune.population)
        .sum();
    let properties = json!({
        "code": "99", "name": super::PROJECT_NAME, "kind": "province", "population": people, "synthetic": true,
    });
    Layer {
        name: "Tỉnh",
        features: vec![feature(multi_polygon(&outline), properties)],
    }
}

/// The communes.
pub fn communes(province: &Province) -> Layer {
    let features = province
        .division
        .communes
        .iter()
        .map(|commune| {
            let [lon, lat] = commune.centre.degrees();
            let unit = if commune.ward { "Phường" } else { "Xã" };
            let properties = json!({
                "code": commune.code, "name": format!("{unit} {}", commune.name), "kind": "commune", "parent_code": "99",
                "population": commune.population, "centre_lon": lon, "centre_lat": lat, "difficult": commune.mountain,
                "valid_from": "2025-07-01", "synthetic": true,
            });
            feature(multi_polygon(&commune.polygons), properties)
        })
        .collect();
    Layer {
        name: "Xã, phường",
        features,
    }
}

/// The zones of today, or with `plan` those of 2030.
pub fn zones(province: &Province, plan: bool) -> Layer {
    let chosen = province.zones.iter().filter(|zone| plan || zone.exists_today());
    let features = chosen
        .map(|zone| feature(multi_polygon(&zone.polygons), zone_properties(province, zone)))
        .collect();
    let name = if plan {
        "Khu kinh tế, khu công nghiệp, cụm công nghiệp theo quy hoạch 2030"
    } else {
        "Khu kinh tế, khu công nghiệp, cụm công nghiệp"
    };
    Layer { name, features }
}

fn zone_properties(province: &Province, zone: &Zone) -> Value {
    let mut properties = json!({
        "code": zone.code, "name": zone.name, "kind": zone.kind.key(), "status": zone.status, "valid_from": zone.valid_from,
        "area_ha": zone.area_ha, "area_ha_after_2030": zone.area_later_ha, "priority": zone.first,
        "commune_code": province.division.communes[zone.commune].code, "synthetic": true,
    });
    if let (Some(parent), Some(map)) = (&zone.parent, properties.as_object_mut()) {
        map.insert("parent_code".to_owned(), json!(parent));
    }
    properties
}

/// The villages.
pub fn villages(province: &Province) -> Layer {
    let features = province
        .villages
        .iter()
        .map(|village| {
            let mut properties = json!({
                "code": village.code, "name": village.name, "kind": "village",
                "commune_code": province.division.communes[village.commune].code,
                "commune": province.division.communes[village.commune].name,
                "population": village.population, "electrified": village.electrified, "difficult": village.difficult,
            });
            if let (Some((place, people)), Some(map)) = (village.outlying, properties.as_object_mut()) {
                let [lon, lat] = place.degrees();
                map.insert("outlying_lon".to_owned(), json!(lon));
                map.insert("outlying_lat".to_owned(), json!(lat));
                map.insert("outlying_population".to_owned(), json!(people));
            }
            if let Some(map) = properties.as_object_mut() {
                map.insert("synthetic".to_owned(), json!(true));
            }
            feature(point(village.position), properties)
        })
        .collect();
    Layer {
        name: "Thôn, bản, tổ dân phố",
        features,
    }
}

/// Commune centres and priority places.
pub fn places(province: &Province) -> Layer {
    let features = province
        .places
        .iter()
        .map(|place| {
            let properties = json!({
                "code": place.code, "name": place.name, "kind": place.kind,
                "commune_code": province.division.communes[place.commune].code, "synthetic": true,
            });
            feature(point(place.position), properties)
        })
        .collect();
    Layer {
        name: "Trung tâm xã và điểm ưu tiên",
        features,
    }
}

/// Roads.
pub fn roads(province: &Province) -> Layer {
    let class = |road: &super::roads::Road| match road.class {
        super::roads::RoadClass::National => "national",
        super::roads::RoadClass::Commune => "commune",
    };
    let features = province
        .roads
        .iter()
        .map(|road| {
            feature(
                line(&road.line),
                json!({ "name": road.name, "class": class(road), "synthetic": true }),
            )
        })
        .collect();
    Layer {
        name: "Đường bộ",
        features,
    }
}

/// Rivers.
pub fn rivers(province: &Province) -> Layer {
    let features = province
        .rivers
        .iter()
        .map(|river| {
            let width_m = (river.width_km() * 1000.0).round();
            let drained = river.drainage_km2.round();
            feature(
                line(&river.line),
                json!({ "drainage_km2": drained, "width_m": width_m, "synthetic": true }),
            )
        })
        .collect();
    Layer {
        name: "Sông, suối",
        features,
    }
}

fn feature(geometry: Value, properties: Value) -> Value {
    let mut feature = serde_json::Map::new();
    feature.insert("type".to_owned(), Value::from("Feature"));
    feature.insert("properties".to_owned(), properties);
    feature.insert("geometry".to_owned(), geometry);
    Value::Object(feature)
}

fn point(point: Point) -> Value {
    json!({ "type": "Point", "coordinates": point.degrees() })
}

fn line(points: &[Point]) -> Value {
    json!({ "type": "LineString", "coordinates": points.iter().map(|point| point.degrees()).collect::<Vec<_>>() })
}

fn multi_polygon(polygons: &[Polygon]) -> Value {
    let rings = |polygon: &Polygon| -> Vec<Vec<[f64; 2]>> {
        polygon
            .iter()
            .map(|ring| ring.iter().map(|point| point.degrees()).collect())
            .collect()
    };
    if let [polygon] = polygons {
        return json!({ "type": "Polygon", "coordinates": rings(polygon) });
    }
    json!({ "type": "MultiPolygon", "coordinates": polygons.iter().map(rings).collect::<Vec<_>>() })
}

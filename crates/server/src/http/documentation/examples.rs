//! Examples of what an address names and of what is answered, for who reads the document; those of bodies stand beside their types.

use serde_json::{Value, json};

/// An example of each part of an address, by its name.
const PARTS: [(&str, &str); 17] = [
    ("project", "Hà Tĩnh 2026"),
    ("run", "b2bc2c3c62abe4aa4a35d56b7e0145e2"),
    ("job", "01a1ff8e8b01736e984b675e48dc1392"),
    ("import", "01a1ff8e76b571c487beb7cccd59f5b0"),
    ("key", "ha-tinh-529"),
    ("version", "2"),
    ("collection", "sites"),
    ("item", "HT0001"),
    ("layer", "4g-any-signal"),
    ("candidate", "upgrade:Viettel:HT0001"),
    ("footprint", "4g-any"),
    ("code", "HT0001"),
    ("indicator", "base_5g_stations"),
    ("user", "viettel"),
    ("call", "17"),
    ("token", "5"),
    ("kind", "sites"),
];

/// An example of each parameter that cannot be left out.
const PARAMETERS: [(&str, &str); 9] = [
    ("from", "105.9012,18.3402"),
    ("to", "105.9303,18.3121"),
    ("layer", "sites"),
    ("format", "gpkg"),
    ("kind", "sites"),
    ("before", "b2bc2c3c62abe4aa4a35d56b7e0145e2"),
    ("after", "5f0c6e9d8a7b4c3d2e1f0a9b8c7d6e5f"),
    ("a", "b2bc2c3c62abe4aa4a35d56b7e0145e2"),
    ("b", "5f0c6e9d8a7b4c3d2e1f0a9b8c7d6e5f"),
];

/// Shows in an operation what its addresses and required parameters look like.
pub fn of_parameters(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let in_path = parameter["in"] == "path";
        if !in_path && parameter["required"] != true {
            continue;
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        let table: &[(&str, &str)] = if in_path { &PARTS } else { &PARAMETERS };
        let word = table
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, word)| json!(word));
        if let Some(example) = word.or_else(|| number(name)) {
            parameter["example"] = example;
        }
    }
}

/// A tile or a place of the province of the examples.
fn number(name: &str) -> Option<Value> {
    Some(match name {
        "z" => json!(12),
        "x" => json!(3252),
        "y" => json!(1834),
        "lon" => json!(105.9),
        "lat" => json!(18.34),
        _ => return None,
    })
}

/// Shows what an operation answers, where its schema leaves that open.
pub fn of_answers(address: &str, operation: &mut Value) {
    let answer = |responses: &mut Value, status: &str, example: Value| {
        let media = &mut responses[status]["content"]["application/json"];
        if media.is_object() {
            media["example"] = example;
        }
    };
    let Some(responses) = operation.get_mut("responses") else {
        return;
    };
    if responses.get("202").is_some() {
        answer(responses, "202", job("queued"));
    }
    match address {
        "/api/jobs/{job}" => answer(responses, "200", job("succeeded")),
        "/api/projects/{project}/runs/{run}/point" => answer(responses, "200", point()),
        "/api/projects/{project}/runs/{run}/point/budget" => answer(responses, "200", budget()),
        "/api/projects/{project}/runs/{run}/areas" => answer(responses, "200", areas()),
        _ => {}
    }
}

fn job(status: &str) -> Value {
    let done = status == "succeeded";
    json!({
        "id": "01a1ff8e8b01736e984b675e48dc1392", "project": "01a1ff8e76b571c487beb7cccd59f5b0", "kind": "coverage", "status": status,
        "parameters": { "technologies": ["4g", "5g"], "zoom": 12 },
        "progress": { "fraction": f64::from(u8::from(done)), "stage_vi": "Vẽ đường bao vùng phủ sóng", "stage_en": "Drawing the footprints", "eta_seconds": null },
        "result": if done { json!({ "run": "b2bc2c3c62abe4aa4a35d56b7e0145e2", "project": "01a1ff8e76b571c487beb7cccd59f5b0" }) } else { Value::Null },
        "problem": null, "attempts": u8::from(done), "created_by": "local", "created_at": "2026-03-02T02:21:34.212907Z",
        "started_at": done.then_some("2026-03-02T02:21:34.214692Z"), "finished_at": done.then_some("2026-03-02T02:22:33.642237Z"),
    })
}

fn point() -> Value {
    json!({
        "lon": 105.9, "lat": 18.34, "height_m": 13, "clutter_m": 0,
        "values": [
            { "layer": "4g-any-best_server", "technology": "4g", "operator": null, "quantity": "best_server", "unit": "", "value": null, "cell": "VNP-MP0033-4G-2" },
            { "layer": "4g-any-signal", "technology": "4g", "operator": null, "quantity": "signal", "unit": "dBm", "value": -58.7, "cell": null },
        ],
    })
}

fn budget() -> Value {
    json!({
        "cell_code": "VTL-MP0755-4G-1", "site_code": "MP0755", "operator": "Viettel", "technology": "4g", "frequency_mhz": 942.5,
        "distance_m": 4632.6, "bearing_deg": 75.3, "departure_deg": -0.53, "eirp_per_re_dbm": 31.0, "receiver_gain_db": 0.0,
        "path_loss_db": 109.2, "antenna_loss_db": 1.94, "entry_loss_db": 0.0, "cover_offset_db": 0.0, "signal_dbm": -80.14,
        "threshold_dbm": -105.0, "fade_margin_db": 10.25, "margin_db": 14.61, "served": true,
        "lines": [{ "key": "eirp", "label_vi": "EIRP mỗi phần tử tài nguyên", "label_en": "EIRP per resource element", "value": 31.0, "unit": "dBm", "sum": false }],
        "why_vi": "Cell VTL-MP0755-4G-1 của Viettel cách 4,6 km cho mức thu −80,1 dBm, cao hơn mức cần −94,7 dBm 14,6 dB.",
        "why_en": "Cell VTL-MP0755-4G-1 of Viettel, 4.6 km away, gives -80.1 dBm, 14.6 dB above the -94.7 dBm that are needed.",
    })
}

fn areas() -> Value {
    json!({ "rows": [{
        "name": "Phường Sơn Văn", "kind": "commune", "parent_code": "99", "area_code": "99001", "technology": "4g", "operator": null,
        "km2": 29.14, "covered_km2": 22.58, "people": 28605.2, "covered_people": 21005.9, "places": 41, "served_places": 38,
        "area_percent": 77.5, "people_percent": 73.4, "places_percent": 92.7,
    }] })
}

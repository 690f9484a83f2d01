//! The published JSON Schema of a programme file, made from the types that read it.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::document::Programme;

/// The schema (JSON Schema 2020-12) of a programme; a TOML file follows it just as its JSON form does.
#[must_use]
pub fn programme_schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Programme>();
    schema.insert("title".to_owned(), "Programme (kế hoạch)".into());
    schema.to_value()
}

/// Technologies by their keys.
pub(crate) fn technology(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["2g", "3g", "4g", "5g"] })
}

pub(crate) fn technologies(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "minItems": 1, "items": technology(generator) })
}

pub(crate) fn zone_kinds(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "minItems": 1,
        "items": { "type": "string", "enum": ["economic_zone", "industrial_park", "industrial_cluster"] },
    })
}

pub(crate) fn place_kind(_: &mut SchemaGenerator) -> Schema {
    let kinds = geodata::PlaceKind::ALL.map(geodata::PlaceKind::key);
    json_schema!({ "type": "string", "enum": kinds })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published file is what the types say; with `PHUSONG_BLESS` set it is written anew.
    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../data/programmes/programme.schema.json"
        );
        let schema = programme_schema();
        if std::env::var_os("PHUSONG_BLESS").is_some() {
            std::fs::write(file, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
        }
        let published: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        // Not assert_eq: nobody reads two schemas in one line each.
        assert!(
            published == schema,
            "write it anew: PHUSONG_BLESS=1 cargo test -p programme schema"
        );
    }

    #[test]
    fn the_schema_knows_the_formulas_and_refuses_unknown_fields() {
        let schema = programme_schema();
        let text = schema.to_string();
        for measure in ["station_count", "places_served", "mean_throughput", "switch_off"] {
            assert!(text.contains(measure), "{measure}");
        }
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["$defs"]["Indicator"]["additionalProperties"], false);
    }
}

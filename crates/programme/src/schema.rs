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

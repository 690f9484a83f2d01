//! JSON values that are counted while they are read, so that a short text of millions of brackets is stopped in time.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::geojson::stop;
use crate::budget::{Budget, json_bytes};
use crate::error::ImportError;

/// Reads one value; what it takes is taken from the budget, and why reading had to stop is kept.
pub struct CountedJson<'a> {
    /// What is left.
    pub budget: &'a mut Budget,
    /// Why reading was stopped.
    pub stopped: &'a mut Option<ImportError>,
}

impl CountedJson<'_> {
    fn again(&mut self) -> CountedJson<'_> {
        CountedJson {
            budget: self.budget,
            stopped: self.stopped,
        }
    }

    fn counted<E: Error>(self, value: Json) -> Result<Json, E> {
        match self.budget.take(json_bytes(&value)) {
            Ok(()) => Ok(value),
            Err(error) => Err(stop(self.stopped, error)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for CountedJson<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CountedJson<'_> {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        self.counted(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        self.counted(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        self.counted(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        self.counted(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        self.counted(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        self.counted(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut sequence: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(self.again())? {
            items.push(item);
        }
        items.shrink_to_fit();
        // Its items were counted one by one.
        let empty = json_bytes(&Json::Array(Vec::new()));
        match self.budget.take(empty) {
            Ok(()) => Ok(Json::Array(items)),
            Err(error) => Err(stop(self.stopped, error)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Err(error) = self.budget.take_property(&key, &Json::Null) {
                return Err(stop(self.stopped, error));
            }
            let value = map.next_value_seed(self.again())?;
            members.insert(key, value);
        }
        self.counted(Json::Object(Map::new())).map(|_| Json::Object(members))
    }
}

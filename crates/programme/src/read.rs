//! Reads a programme's TOML and checks it; every problem names line and field.

use std::collections::BTreeSet;

use crate::document::{Class, Indicator, Programme};
use crate::error::{Problem, ProgrammeError};
use crate::toml_problem::toml_problem;

/// Reads a programme.
///
/// # Errors
/// [`ProgrammeError::Invalid`] with every problem found: broken TOML, unknown or missing fields, a class A indicator
/// without a formula, not exactly one used reading, targets out of order, references to indicators that are not there.
pub fn read(text: &str) -> Result<Programme, ProgrammeError> {
    let programme: Programme =
        toml::from_str(text).map_err(|error| ProgrammeError::Invalid(vec![toml_problem(text, &error)]))?;
    let problems = Check::new(text).programme(&programme);
    if problems.is_empty() {
        Ok(programme)
    } else {
        Err(ProgrammeError::Invalid(problems))
    }
}

/// Reads a programme from its JSON form, as an edit page sends it; problems name the line of the TOML that it becomes.
///
/// # Errors
/// As [`read`]; a value that is no programme at all has line 0.
pub fn read_value(value: serde_json::Value) -> Result<(Programme, String), ProgrammeError> {
    let shapeless = |detail: String| {
        ProgrammeError::Invalid(vec![Problem {
            line: 0,
            field: "programme".to_owned(),
            detail_vi: format!("không phải một kế hoạch: {detail}"),
            detail_en: detail,
        }])
    };
    let value = without_nulls(value);
    // The shape is checked by the TOML reader, which names line and field.
    let text = toml::to_string(&value).map_err(|error| shapeless(error.to_string()))?;
    Ok((read(&text)?, text))
}

/// TOML knows no null: what is null is left out.
pub(crate) fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Collects what is wrong with the meaning.
struct Check<'a> {
    lines: Vec<&'a str>,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            lines: text.lines().collect(),
            problems: Vec::new(),
        }
    }

    fn programme(mut self, programme: &Programme) -> Vec<Problem> {
        if programme.key.is_empty()
            || !programme
                .key
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            let line = self.line_from(0, "key");
            self.add(
                line,
                "key",
                "chỉ dùng chữ thường không dấu, số và dấu gạch ngang",
                "use lower-case letters, digits and hyphens only",
            );
        }
        if programme.document.to_year < programme.document.from_year {
            let line = self.line_from(0, "to_year");
            self.add(line, "document.to_year", "trước năm bắt đầu", "lies before from_year");
        }
        if programme.indicators.is_empty() {
            self.add(
                0,
                "indicators",
                "kế hoạch phải có ít nhất một chỉ tiêu",
                "a programme needs an indicator",
            );
        }
        self.quotas(programme);
        self.weights(programme);
        let mut ids = BTreeSet::new();
        let mut start = 0;
        for indicator in &programme.indicators {
            let at = self.line_of_id(&indicator.id, start);
            if !ids.insert(indicator.id.as_str()) {
                self.add(
                    at,
                    &format!("indicators.{}.id", indicator.id),
                    "trùng mã chỉ tiêu",
                    "is there twice",
                );
            }
            self.indicator(indicator, at);
            start = at;
        }
        self.references(programme, &ids);
        self.deliverables(programme);
        self.problems
    }

    fn indicator(&mut self, indicator: &Indicator, at: usize) {
        let field = |name: &str| format!("indicators.{}.{name}", indicator.id);
        let used = indicator.readings.iter().filter(|reading| reading.used).count();
        if indicator.class == Class::A && indicator.readings.is_empty() {
            self.add(
                at,
                &field("readings"),
                "chỉ tiêu loại A phải có cách tính",
                "a class A indicator needs a reading with a formula",
            );
        } else if !indicator.readings.is_empty() && used != 1 {
            let (vi, en) = (
                format!("phải có đúng một cách tính được dùng, đang có {used}"),
                format!("exactly one reading must be used, there are {used}"),
            );
            self.add(at, &field("readings.used"), &vi, &en);
        }
        let mut seen = BTreeSet::new();
        for reading in &indicator.readings {
            if !seen.insert(reading.id.as_str()) {
                self.add(
                    at,
                    &field("readings.id"),
                    "trùng mã cách tính",
                    "a reading is there twice",
                );
            }
            if reading.used && indicator.class == Class::A && reading.formula.unit() != indicator.unit {
                let (vi, en) = (
                    format!("đơn vị của công thức được dùng là {:?}", reading.formula.unit()),
                    format!("the unit of the used formula is {:?}", reading.formula.unit()),
                );
                let line = self.line_from(at, "unit");
                self.add(line, &field("unit"), &vi, &en);
            }
        }
        if indicator
            .baseline
            .as_ref()
            .is_some_and(|baseline| !baseline.value.is_finite())
        {
            let line = self.line_from(at, "baseline");
            self.add(line, &field("baseline.value"), "phải là số", "must be a number");
        }
        if indicator.class == Class::C && !indicator.targets.is_empty() {
            let line = self.line_from(at, "targets");
            self.add(
                line,
                &field("targets"),
                "chỉ tiêu loại C không có giá trị",
                "a class C indicator has no value to reach",
            );
        }
        let line = self.line_from(at, "targets");
        let deadlines: Vec<_> = indicator.targets.iter().filter_map(|target| target.by).collect();
        if deadlines.windows(2).any(|pair| pair[0] >= pair[1]) {
            self.add(
                line,
                &field("targets.by"),
                "thời hạn phải tăng dần",
                "deadlines must ascend",
            );
        }
        for target in &indicator.targets {
            if target.value.is_some() == target.times_baseline.is_some() {
                self.add(
                    line,
                    &field("targets.value"),
                    "cần đúng một trong value, times_baseline",
                    "give exactly one of value, times_baseline",
                );
            }
            let number = target.value.or(target.times_baseline).unwrap_or_default();
            if !number.is_finite() || number < 0.0 {
                self.add(
                    line,
                    &field("targets.value"),
                    "phải là số không âm",
                    "must be a number that is not negative",
                );
            }
            let percent = indicator.unit == crate::document::Unit::Percent;
            if percent && target.value.is_some_and(|value| value > 100.0) {
                self.add(
                    line,
                    &field("targets.value"),
                    "tỷ lệ không quá 100 %",
                    "a share is at most 100 %",
                );
            }
        }
    }

    fn references(&mut self, programme: &Programme, ids: &BTreeSet<&str>) {
        let links = [
            ("actions_from", &programme.planner.actions_from),
            ("minimum_in_zones_from", &programme.planner.minimum_in_zones_from),
        ];
        for (name, link) in links {
            if let Some(id) = link.as_deref().filter(|id| !ids.contains(id)) {
                let line = self.line_from(0, name);
                let (vi, en) = (
                    format!("không có chỉ tiêu {id:?}"),
                    format!("there is no indicator {id:?}"),
                );
                self.add(line, &format!("planner.{name}"), &vi, &en);
            }
        }
    }

    fn quotas(&mut self, programme: &Programme) {
        let mut seen = BTreeSet::new();
        for quota in &programme.quotas {
            if !seen.insert(quota.operator.as_str()) {
                let line = self.line_of_value("operator", &quota.operator);
                let field = format!("quotas.{}.operator", quota.operator);
                self.add(
                    line,
                    &field,
                    "doanh nghiệp có hai chỉ tiêu phân bổ",
                    "the operator has two quotas",
                );
            }
        }
    }

    fn weights(&mut self, programme: &Programme) {
        let places = programme
            .priority_places
            .iter()
            .map(|one| ("kind", &one.kind, one.weight));
        let zones = programme
            .priority_zones
            .iter()
            .map(|one| ("name", &one.name, one.weight));
        for (name, value, weight) in places.chain(zones) {
            if !weight.is_finite() || weight < 0.0 {
                let line = self.line_of_value(name, value);
                let field = format!("priority.{value}.weight");
                self.add(
                    line,
                    &field,
                    "trọng số phải là số không âm",
                    "a weight must be 0 or more",
                );
            }
        }
        for place in &programme.priority_places {
            let known = geodata::PlaceKind::from_key(&place.kind).is_some()
                || geodata::AreaKind::from_key(&place.kind).is_some_and(geodata::AreaKind::is_zone);
            if !known {
                let line = self.line_of_value("kind", &place.kind);
                let (vi, en) = (
                    format!("không có loại địa điểm «{}»", place.kind),
                    format!("there is no kind of place {:?}", place.kind),
                );
                self.add(line, &format!("priority_places.{}.kind", place.kind), &vi, &en);
            }
        }
    }

    fn deliverables(&mut self, programme: &Programme) {
        let mut seen = BTreeSet::new();
        for deliverable in &programme.deliverables {
            let at = self.line_of_id(&deliverable.id, 0);
            if !seen.insert(deliverable.id.as_str()) {
                let field = format!("deliverables.{}.id", deliverable.id);
                self.add(at, &field, "trùng mã", "is there twice");
            }
            if let Some(day) = &deliverable.due_each_year
                && crate::workflow::day_of_year(day, 2025).is_none()
            {
                let line = self.line_from(at, "due_each_year");
                self.add(
                    line,
                    &format!("deliverables.{}.due_each_year", deliverable.id),
                    "viết tháng-ngày, ví dụ 12-30",
                    "write month-day, for example 12-30",
                );
            }
        }
    }

    fn add(&mut self, line: usize, field: &str, vi: &str, en: &str) {
        self.problems.push(Problem {
            line: line + 1,
            field: field.to_owned(),
            detail_vi: vi.to_owned(),
            detail_en: en.to_owned(),
        });
    }

    /// Line (from 0) of `id = "…"` at or after `start`.
    fn line_of_id(&self, id: &str, start: usize) -> usize {
        let wanted = format!("id = \"{id}\"");
        let found = |from: usize| {
            self.lines
                .iter()
                .enumerate()
                .skip(from)
                .find(|(_, line)| line.trim() == wanted)
                .map(|(index, _)| index)
        };
        found(start + 1).or_else(|| found(0)).unwrap_or(start)
    }

    /// Line (from 0) of the last `name = "value"`, else the first line.
    fn line_of_value(&self, name: &str, value: &str) -> usize {
        let wanted = format!("{name} = \"{value}\"");
        self.lines.iter().rposition(|line| line.trim() == wanted).unwrap_or(0)
    }

    /// Line (from 0) of the first `field =` at or after `start`, else `start`.
    fn line_from(&self, start: usize, field: &str) -> usize {
        let holds = |line: &str| {
            line.trim_start()
                .strip_prefix(field)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        self.lines
            .iter()
            .enumerate()
            .skip(start)
            .find(|(_, line)| holds(line))
            .map_or(start, |(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library;

    fn problems(text: &str) -> Vec<Problem> {
        match read(text) {
            Err(ProgrammeError::Invalid(problems)) => problems,
            other => panic!("expected problems, got {other:?}"),
        }
    }

    fn line_of(text: &str, content: &str) -> usize {
        text.lines().position(|line| line.contains(content)).unwrap() + 1
    }

    #[test]
    fn the_five_programmes_are_valid() {
        let rows: BTreeSet<u32> = library::keys()
            .into_iter()
            .flat_map(|key| library::programme(key).unwrap().indicators)
            .map(|indicator| indicator.row)
            .collect();
        assert_eq!(rows, (1..=32).collect());
    }

    #[test]
    fn an_unknown_field_is_named_with_its_line() {
        let text = library::text("ha-tinh-529")
            .unwrap()
            .replacen("clause = \"II.1\"", "claus = \"II.1\"", 1);
        let problem = &problems(&text)[0];
        assert_eq!(problem.line, line_of(&text, "claus = "));
        assert_eq!(problem.field, "indicators.stations.claus");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let text = library::text("ha-tinh-529")
            .unwrap()
            .replacen("unit = \"station\"", "unit = \"mast\"", 1);
        let problem = &problems(&text)[0];
        assert_eq!(
            (problem.line, problem.field.as_str()),
            (line_of(&text, "\"mast\""), "indicators.stations.unit")
        );
        assert!(problem.detail_en.contains("mast"));
    }

    #[test]
    fn a_class_a_indicator_without_used_reading_is_named() {
        let text = library::text("ha-tinh-529").unwrap().replacen("used = true\n", "", 1);
        let problem = &problems(&text)[0];
        assert_eq!(
            (problem.line, problem.field.as_str()),
            (line_of(&text, "id = \"stations\""), "indicators.stations.readings.used")
        );
    }

    #[test]
    fn a_share_above_a_hundred_is_named() {
        let text = library::text("lang-son-251")
            .unwrap()
            .replacen("value = 100", "value = 1000", 1);
        let problem = &problems(&text)[0];
        assert_eq!(
            (problem.line, problem.field.as_str()),
            (
                line_of(&text, "value = 1000"),
                "indicators.commune-centres-5g.targets.value"
            )
        );
    }

    #[test]
    fn a_reference_to_nothing_is_named() {
        let text = library::text("ha-tinh-529").unwrap().replacen(
            "actions_from = \"stations-5g\"",
            "actions_from = \"nothing\"",
            1,
        );
        let problem = &problems(&text)[0];
        assert_eq!(
            (problem.line, problem.field.as_str()),
            (line_of(&text, "\"nothing\""), "planner.actions_from")
        );
    }

    #[test]
    fn broken_toml_is_named_with_its_line() {
        let problem = &problems("key = \"x\"\ntitle_vi = \n")[0];
        assert_eq!(problem.line, 2);
    }

    #[test]
    fn a_programme_survives_writing_and_reading() {
        for key in library::keys() {
            let programme = library::programme(key).unwrap();
            assert_eq!(read(&toml::to_string(&programme).unwrap()).unwrap(), programme);
        }
    }
}

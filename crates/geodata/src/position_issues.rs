//! What is said of a row's position: why it cannot be taken, or what was repaired.

use crate::coordinates::{Axis, Located, NotLocated, Pair, PairProblem, RowPosition};
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::report::RowIssue;
use crate::sheet_reader::SheetReader;
use crate::table::Row;

impl SheetReader<'_> {
    /// Why there are no two numbers.
    pub(crate) fn pair_problem(&self, row: &Row, problem: &PairProblem) -> RowIssue {
        match problem {
            PairProblem::Missing => issue_in(
                &self.columns,
                row,
                self.position_field(),
                "missing_position",
                Message::new(
                    "thiếu tọa độ; đề nghị bổ sung kinh độ và vĩ độ",
                    "the position is missing; add longitude and latitude",
                ),
            ),
            PairProblem::NotANumber(field, text) => issue_in(
                &self.columns,
                row,
                field,
                "position_not_a_number",
                Message::new(
                    format!("\"{text}\" không phải là tọa độ; đề nghị nhập lại dạng 105.912345 hoặc 105°54'44\""),
                    format!("\"{text}\" is not a coordinate; write it as 105.912345 or 105°54'44\""),
                ),
            ),
        }
    }

    /// The column in which a position is looked for first.
    pub(crate) fn position_field(&self) -> &'static str {
        ["longitude", "y", "coordinates"]
            .into_iter()
            .find(|field| self.columns.has(field))
            .unwrap_or("longitude")
    }

    /// Why two numbers are no position that can be taken.
    pub(crate) fn not_located(&self, row: &Row, declared: &RowPosition, problem: &NotLocated) -> RowIssue {
        let kilometres = |metres: f64| (metres / 100.0).round() / 10.0;
        let here = |position: &geodesy::LonLat| format!("{:.5}, {:.5}", position.lon_deg, position.lat_deg);
        let (code, message) = match problem {
            NotLocated::NoPosition => (
                "impossible_position",
                Message::new(
                    "hai số này không phải kinh vĩ độ, cũng không phải tọa độ VN-2000; đề nghị nhập lại tọa độ",
                    "these two numbers are neither degrees nor VN-2000 metres; enter the coordinates again",
                ),
            ),
            NotLocated::Unclear => (
                "coordinate_system_unclear",
                Message::new(
                    "chưa rõ hệ tọa độ; đề nghị chọn hệ tọa độ (kinh tuyến trục) của tệp",
                    "the coordinate system is unclear; choose the file's coordinate system (central meridian)",
                ),
            ),
            NotLocated::OutsideProvince(position, distance) => (
                "outside_area",
                Message::new(
                    format!(
                        "vị trí ({}) nằm ngoài địa bàn (tỉnh khác hoặc trên biển), cách {} km; đề nghị kiểm tra lại tọa độ",
                        here(position),
                        kilometres(*distance)
                    ),
                    format!(
                        "the position ({}) is {} km outside the area (in another province or in the sea); check the coordinates",
                        here(position),
                        kilometres(*distance)
                    ),
                ),
            ),
            NotLocated::FarFromCommune(position, distance) => {
                let declared = self.commune_names(declared.communes());
                let actual = self.commune_name_at(*position);
                let (actual_vi, actual_en) = actual.map_or_else(Default::default, |name| {
                    (
                        format!(", tọa độ nằm ở {name}"),
                        format!(", the coordinates lie in {name}"),
                    )
                });
                (
                    "far_from_own_commune",
                    Message::new(
                        format!(
                            "vị trí ({}) cách {declared} {} km{actual_vi}; đề nghị kiểm tra tọa độ hoặc tên xã",
                            here(position),
                            kilometres(*distance)
                        ),
                        format!(
                            "the position ({}) is {} km from {declared}{actual_en}; check the coordinates or the commune",
                            here(position),
                            kilometres(*distance)
                        ),
                    ),
                )
            }
        };
        let mut issue = issue_in(&self.columns, row, self.position_field(), code, message);
        issue.from = Some(pair_text(&declared.pair));
        issue
    }

    /// Names every repair of a position.
    pub(crate) fn note_repairs(&self, row: &Row, declared: &RowPosition, located: &Located, outcome: &mut Outcome) {
        let fields = if self.columns.value(row, "longitude").is_empty() {
            ["y", "x"]
        } else {
            ["longitude", "latitude"]
        };
        for (field, axis) in fields.into_iter().zip([&declared.pair.east, &declared.pair.north]) {
            self.note_number_repairs(row, field, axis, outcome);
        }
        let to = format!("{:.7}, {:.7}", located.position.lon_deg, located.position.lat_deg);
        let mut repair = |code: &str, message, confidence| {
            let mut issue = issue_in(&self.columns, row, self.position_field(), code, message).confidence(confidence);
            issue.from = Some(pair_text(&declared.pair));
            issue.to = Some(to.clone());
            outcome.repair(issue);
        };
        if let Some(rescue) = &located.rescue {
            let confidence = if declared.communes().is_empty() { 0.8 } else { 0.95 };
            repair(rescue.code, rescue.message(), confidence);
        }
        if located.swapped {
            let confidence = if declared.communes().is_empty() { 0.95 } else { 0.99 };
            repair("axes_swapped", swapped_message(declared.pair.east.value), confidence);
        }
        if located.other_system {
            let name = self.locator.name(located.epsg);
            repair(
                "other_coordinate_system",
                Message::new(
                    format!(
                        "dòng này dùng hệ tọa độ khác với cả trang: {name} (EPSG:{}) đặt vị trí đúng vào xã đã khai",
                        located.epsg
                    ),
                    format!(
                        "this row is in another system than its sheet: {name} (EPSG:{}) puts it into its own commune",
                        located.epsg
                    ),
                ),
                0.95,
            );
        }
        if let Some(distance) = located.outside_commune_m {
            let own = self.commune_names(declared.communes());
            outcome.remark(issue_in(
                &self.columns,
                row,
                if declared.communes().is_empty() {
                    self.position_field()
                } else {
                    "commune"
                },
                "outside_own_commune",
                Message::new(
                    format!("vị trí nằm ngoài {own} {distance:.0} m"),
                    format!("the position is {distance:.0} m outside {own}"),
                ),
            ));
        }
    }

    fn note_number_repairs(&self, row: &Row, field: &str, axis: &Axis, outcome: &mut Outcome) {
        let field = if self.columns.has(field) { field } else { "coordinates" };
        self.note_number(row, field, axis.value, &axis.repairs, outcome);
        if axis.sexagesimal {
            let issue = issue_in(
                &self.columns,
                row,
                field,
                "degrees_minutes_seconds",
                Message::new(
                    "độ, phút, giây được đổi ra độ thập phân",
                    "degrees, minutes and seconds were converted to decimal degrees",
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some(format!("{:.7}", axis.value)),
                    ..issue
                }
                .confidence(0.99),
            );
        } else if axis.from_text && axis.repairs.is_empty() && field != "coordinates" {
            self.note_number_as_text(row, field, outcome);
        }
    }
}

fn swapped_message(east: f64) -> Message {
    let (vi, en) = if east > 1000.0 {
        ("tọa độ bắc", "northing")
    } else {
        ("vĩ độ", "latitude")
    };
    Message::new(
        format!("hai trục tọa độ bị đổi chỗ: {east} giống {vi}; đã đổi lại"),
        format!("the two axes are exchanged: {east} looks like a {en}; put right"),
    )
}

/// The two numbers as text.
pub fn pair_text(pair: &Pair) -> String {
    format!("{}, {}", pair.east.value, pair.north.value)
}

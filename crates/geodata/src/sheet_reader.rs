//! One sheet with its header understood and its coordinate system found: what every kind of point list starts from.

use std::collections::HashMap;
use std::sync::Arc;

use geodesy::LonLat;
use rayon::prelude::*;

use crate::coordinates::{
    DeclaredSystem, HeaderSystems, Locator, NotLocated, PairProblem, RowPosition, SheetSystem, parse_declared_system,
    read_pair,
};
use crate::crs_evidence::evidence_of;
use crate::error::ImportError;
use crate::header::{self, Columns, Header};
use crate::import::{ImportContext, RowAction};
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::DatasetKind;
use crate::report::{FileNote, ImportReport, RowIssue};
use crate::row_kind::not_data;
use crate::table::{Row, Sheet, Value, decode_legacy_text, fill_merged_cells};
use crate::templates::operator_named;
use crate::territory::{DeclaredCommune, Territory};
use crate::text::fold;
use crate::values::NumberRepair;

/// A sheet ready to be read row by row.
pub struct SheetReader<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// Its columns.
    pub columns: Columns,
    /// Operator that its title, sheet name or file name names.
    pub titled_operator: Option<&'static str>,
    pub(crate) locator: &'a Locator<'a>,
    territory: &'a Territory<'a>,
    first_data_row: usize,
    unit_rows: Vec<u32>,
    positions: Vec<Result<RowPosition, PairProblem>>,
    system: SheetSystem,
    decisions: HashMap<u32, RowAction>,
}

/// Position and commune of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Position, WGS 84.
    pub position: LonLat,
    /// Code of the commune: declared, else the one that contains the position.
    pub commune_code: Option<String>,
}

/// Puts the cells of a sheet right and finds its header. `None` when the sheet has no header of this kind (a cover sheet, a
/// chart's data): the report notes that too.
pub fn prepare(
    sheet: &mut Sheet,
    kind: DatasetKind,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
) -> Option<Header> {
    decode_legacy_text(sheet);
    let Some(mut header) = header::find(sheet, kind, &context.columns) else {
        report.notes.push(note(
            sheet,
            "no_header",
            Message::new(
                "không tìm thấy dòng tiêu đề nào quen thuộc, bỏ qua trang này",
                "no known header row was found, the sheet is skipped",
            ),
        ));
        return None;
    };
    // Rows of units are read like any other row, and named there.
    header.first_data_row -= header.unit_rows.len();
    let first = sheet.rows.get(header.first_data_row).map_or(u32::MAX, |row| row.number);
    fill_merged_cells(sheet, first);
    if !sheet.typed && !sheet.header_known {
        let commas = header
            .columns
            .find_comma_columns(&sheet.rows[header.first_data_row.min(sheet.rows.len())..]);
        if !commas.is_empty() {
            let names = commas.join(", ");
            report.notes.push(note(
                sheet,
                "decimal_comma_columns",
                Message::new(
                    format!("các cột viết dấu phẩy thập phân: {names}"),
                    format!("columns that write decimal commas: {names}"),
                ),
            ));
        }
    }
    note_header(sheet, &header, report);
    Some(header)
}

fn note_header(sheet: &Sheet, header: &Header, report: &mut ImportReport) {
    let mut say = |code, vi: String, en: String| {
        let mut note = note(sheet, code, Message::new(vi, en));
        note.row = Some(header.row);
        report.notes.push(note);
    };
    let row = header.row;
    if header.is_double {
        say(
            "two_row_header",
            format!("tiêu đề hai dòng, từ dòng {row}"),
            format!("a header of two rows, from row {row} on"),
        );
    } else if row > 1 && !sheet.header_known {
        say(
            "header_below_title",
            format!("dòng tiêu đề là dòng {row}"),
            format!("the header is row {row}"),
        );
    }
    if header.is_merged {
        say(
            "merged_header",
            "tiêu đề có ô gộp".to_owned(),
            "the header has merged cells".to_owned(),
        );
    }
}

impl<'a> SheetReader<'a> {
    /// Finds the coordinate system of a prepared sheet and notes it in the report.
    pub fn open(
        sheet: &'a Sheet,
        header: Header,
        context: &ImportContext<'_>,
        territory: &'a Territory<'a>,
        locator: &'a Locator<'a>,
        report: &mut ImportReport,
    ) -> Self {
        let Header {
            columns,
            first_data_row,
            unit_rows,
            readings,
            titles,
            ..
        } = header;
        report.columns.extend(readings);
        let positions: Vec<Result<RowPosition, PairProblem>> = sheet.rows[first_data_row.min(sheet.rows.len())..]
            .par_iter()
            .map(|row| row_position(&columns, row, territory))
            .collect();
        let known: Vec<&RowPosition> = positions.iter().filter_map(|row| row.as_ref().ok()).collect();
        let system = locator.sheet_system(&known, header_systems(&columns));
        if !known.is_empty() {
            report
                .crs
                .sheets
                .push(evidence_of(sheet, locator, &known, &system, context.declared_epsg));
        }
        let decisions = context
            .decisions
            .iter()
            .filter(|decision| *decision.file == *sheet.file && decision.sheet.as_deref() == sheet.name.as_deref())
            .map(|decision| (decision.row, decision.action))
            .collect();
        Self {
            titled_operator: titled_operator(sheet, &titles),
            sheet,
            columns,
            territory,
            locator,
            first_data_row,
            unit_rows,
            positions,
            system,
            decisions,
        }
    }

    /// Whether the list has any columns for positions.
    #[must_use]
    pub fn has_positions(&self) -> bool {
        let pair = |east, north| self.columns.has(east) && self.columns.has(north);
        pair("longitude", "latitude") || pair("y", "x") || self.columns.has("coordinates")
    }

    /// Whether the sheet's projected numbers stayed unclear.
    #[must_use]
    pub const fn is_unclear(&self) -> bool {
        self.system.unclear
    }

    /// The data rows.
    #[must_use]
    pub fn rows(&self) -> &'a [Row] {
        &self.sheet.rows[self.first_data_row.min(self.sheet.rows.len())..]
    }

    /// What the user decided of a row.
    #[must_use]
    pub fn decision(&self, index: usize) -> Option<RowAction> {
        self.decisions.get(&self.rows()[index].number).copied()
    }

    /// Rejects what is no data (totals, units, section titles, repeated headers, signatures) and what the user left out; of
    /// the others names what was done to their cells.
    pub fn is_data(&self, index: usize, outcome: &mut Outcome) -> bool {
        let row = &self.rows()[index];
        if self.unit_rows.contains(&row.number) {
            let mut issue = RowIssue::new(
                "unit_row",
                Message::new(
                    "dòng đơn vị hoặc số thứ tự cột, không phải dữ liệu",
                    "units or column numbers, not data",
                ),
            );
            issue.from = row.values.iter().find(|value| !value.is_empty()).map(Value::to_text);
            outcome.reject(issue);
            return false;
        }
        if self.decision(index) == Some(RowAction::Leave) {
            outcome.reject(RowIssue::new(
                "left_out",
                Message::new(
                    "bỏ dòng này theo quyết định của người dùng",
                    "left out as the user decided",
                ),
            ));
            return false;
        }
        if let Some(issue) = not_data(row, &self.columns, self.positions[index].is_ok()) {
            outcome.reject(issue);
            return false;
        }
        self.note_cells(row, outcome);
        true
    }

    /// Names what was done to the cells of a row before it was read.
    fn note_cells(&self, row: &Row, outcome: &mut Outcome) {
        let first = self.sheet.repairs.partition_point(|repair| repair.row < row.number);
        for repair in self.sheet.repairs[first..]
            .iter()
            .take_while(|repair| repair.row == row.number)
        {
            let issue = RowIssue::new(repair.code, repair.message.clone())
                .in_column(self.columns.label(repair.column))
                .change(repair.from.as_str(), row.get(repair.column).to_text())
                .confidence(0.98);
            if repair.code == "merged_cell" {
                outcome.remark(issue);
            } else {
                outcome.repair(issue);
            }
        }
        if row.hidden {
            outcome.remark(RowIssue::new(
                "hidden_row",
                Message::new(
                    "dòng bị ẩn trong bảng tính; vẫn được đọc",
                    "the row is hidden in the workbook; it is read all the same",
                ),
            ));
        }
        let first = self.sheet.formulas.partition_point(|cell| cell.0 < row.number);
        for (_, column) in self.sheet.formulas[first..]
            .iter()
            .take_while(|cell| cell.0 == row.number)
        {
            if self.columns.is_used(*column as usize) {
                let value = row.get(*column as usize).to_text();
                outcome.remark(
                    RowIssue::new(
                        "formula_cell",
                        Message::new(
                            "ô là công thức; lấy giá trị đã tính lần cuối",
                            "the cell is a formula; the value last computed was taken",
                        ),
                    )
                    .in_column(self.columns.label(*column as usize))
                    .value(value),
                );
            }
        }
        for (column, value) in row.values.iter().enumerate() {
            if let Value::Error(text) = value
                && self.columns.is_used(column)
            {
                let message = Message::new(
                    "công thức bị lỗi; bỏ qua giá trị này",
                    "the formula failed; this value is left out",
                );
                outcome.repair(
                    RowIssue::new("formula_error", message)
                        .in_column(self.columns.label(column))
                        .value(&**text),
                );
            }
        }
    }

    /// Finds where a row is; issues say what was repaired, or why it cannot be placed.
    pub fn place(&self, index: usize, outcome: &mut Outcome) -> Option<Placed> {
        let row = &self.rows()[index];
        let declared = match &self.positions[index] {
            Ok(position) => position,
            Err(problem) => {
                outcome.reject(self.pair_problem(row, problem));
                return None;
            }
        };
        let position = match self.locator.locate(declared, &self.system) {
            Ok(located) => {
                self.note_repairs(row, declared, &located, outcome);
                located.position
            }
            Err(problem) => {
                let issue = self.not_located(row, declared, &problem);
                let taken = self.decision(index) == Some(RowAction::Take);
                match problem {
                    NotLocated::OutsideProvince(position, _) | NotLocated::FarFromCommune(position, _) if taken => {
                        outcome.remark(issue);
                        position
                    }
                    _ => {
                        outcome.reject(issue);
                        return None;
                    }
                }
            }
        };
        let communes = declared.communes();
        let own = communes
            .iter()
            .copied()
            .find(|index| self.territory.is_in_commune(*index, position));
        let single = communes.first().copied().filter(|_| communes.len() == 1);
        let commune = own.or(single).or_else(|| self.territory.commune_at(position));
        if let Some(said) = &declared.commune {
            self.note_commune(row, said, commune, outcome);
        }
        Some(Placed {
            position,
            commune_code: commune.map(|index| self.territory.commune(index).code.clone()),
        })
    }

    /// The position of a row without a word about it.
    pub fn position(&self, index: usize) -> Option<LonLat> {
        let declared = self.positions[index].as_ref().ok()?;
        self.locator
            .locate(declared, &self.system)
            .ok()
            .map(|located| located.position)
    }

    /// Names of communes, for sentences.
    pub(crate) fn commune_names(&self, communes: &[usize]) -> String {
        if communes.is_empty() {
            return "địa bàn".to_owned();
        }
        let names: Vec<&str> = communes
            .iter()
            .map(|index| self.territory.commune(*index).name.as_str())
            .collect();
        names.join(", ")
    }

    pub(crate) fn commune_name_at(&self, position: LonLat) -> Option<&str> {
        let index = self.territory.commune_at(position)?;
        Some(&self.territory.commune(index).name)
    }

    fn note_commune(&self, row: &Row, said: &DeclaredCommune, commune: Option<usize>, outcome: &mut Outcome) {
        let field = || {
            if self.columns.text(row, "commune").is_some() {
                "commune"
            } else {
                "commune_code"
            }
        };
        let issue = |field, code: &str, message| {
            let mut issue = issue_in(&self.columns, row, field, code, message);
            issue.to = commune.map(|index| self.territory.commune(index).name.clone());
            issue
        };
        match said {
            DeclaredCommune::Old(old) => {
                let (vi, en) = if old.partial {
                    (
                        " (sáp nhập một phần: xã mới lấy theo tọa độ)",
                        " (it was divided: the new one was taken by position)",
                    )
                } else {
                    ("", "")
                };
                let message = Message::new(
                    format!("tên hoặc mã xã trước khi sắp xếp; đổi sang đơn vị hiện nay{vi}"),
                    format!("a commune from before the changes; put to the present one{en}"),
                );
                outcome.repair(issue(field(), "old_commune", message).confidence(if old.partial { 0.9 } else { 0.99 }));
            }
            DeclaredCommune::Contradictory(_) => {
                let message = Message::new(
                    "mã xã và tên xã là của hai xã khác nhau; lấy xã chứa tọa độ",
                    "code and name are of two different communes; the one at the position was taken",
                );
                outcome.repair(issue("commune_code", "commune_code_and_name_differ", message).confidence(0.9));
            }
            DeclaredCommune::Unknown => {
                let wrong = self.columns.text(row, "commune").unwrap_or_default();
                let right = commune.map(|index| self.territory.commune(index).name.as_str());
                if right.is_some_and(|right| is_misspelling(&wrong, right)) {
                    let message = Message::new(
                        "tên xã viết sai; đã sửa theo danh mục và tọa độ",
                        "the commune's name is misspelt; put right by list and position",
                    );
                    outcome.repair(issue(field(), "commune_misspelt", message).confidence(0.95));
                    return;
                }
                let message = Message::new(
                    "không có xã, phường này trong danh mục (có thể là tên trước khi sắp xếp); lấy xã chứa tọa độ",
                    "no commune of this name or code is known (perhaps one from before the changes); the one at the position was taken",
                );
                outcome.repair(issue(field(), "unknown_commune", message).confidence(0.7));
            }
            _ => {}
        }
    }

    /// Names the repairs of a number in a field's column.
    pub(crate) fn note_number(
        &self,
        row: &Row,
        field: &str,
        value: f64,
        repairs: &[NumberRepair],
        outcome: &mut Outcome,
    ) {
        for repair in repairs {
            if *repair == NumberRepair::DecimalComma && self.columns.writes_commas(field) {
                continue;
            }
            let issue = issue_in(&self.columns, row, field, repair.code(), repair.message());
            outcome.repair(
                RowIssue {
                    to: Some(value.to_string()),
                    ..issue
                }
                .confidence(0.98),
            );
        }
    }

    /// Names a number that a workbook keeps as text.
    pub(crate) fn note_number_as_text(&self, row: &Row, field: &str, outcome: &mut Outcome) {
        if !self.sheet.typed {
            return;
        }
        let issue = issue_in(
            &self.columns,
            row,
            field,
            "number_as_text",
            Message::new(
                "số được lưu dưới dạng văn bản; đã đổi thành số",
                "a number kept as text; read as a number",
            ),
        );
        let to = issue.from.as_deref().map(|text| text.trim().to_owned());
        outcome.repair(RowIssue { to, ..issue }.confidence(0.99));
    }
}

/// Whether two names differ by a slip of one or two letters.
fn is_misspelling(wrong: &str, right: &str) -> bool {
    let (wrong, right) = (
        fold(crate::territory::bare_name(wrong)),
        fold(crate::territory::bare_name(right)),
    );
    wrong.len() >= 4 && crate::text::edit_distance(&wrong, &right) <= 2
}

/// The operator that the list is of, by its title, its sheet's name or its file's name.
fn titled_operator(sheet: &Sheet, titles: &[String]) -> Option<&'static str> {
    let places = titles
        .iter()
        .map(String::as_str)
        .chain(sheet.name.as_deref())
        .chain([&*sheet.file]);
    places
        .filter_map(operator_named)
        .map(|operator| operator.name.as_str())
        .next()
}

fn row_position(columns: &Columns, row: &Row, territory: &Territory<'_>) -> Result<RowPosition, PairProblem> {
    let pair = read_pair(columns, row)?;
    let (code, name) = (columns.text(row, "commune_code"), columns.text(row, "commune"));
    let declared = columns
        .text(row, "coordinate_system")
        .and_then(|text| parse_declared_system(&text));
    Ok(RowPosition {
        pair,
        commune: territory.declared(code.as_deref(), name.as_deref()),
        declared,
    })
}

/// The systems that the headers of the position columns name: `X (VN2000 KTT 105°30')`.
fn header_systems(columns: &Columns) -> HeaderSystems {
    let declared = |fields: [&str; 3]| -> Option<DeclaredSystem> {
        let headers = fields.into_iter().filter_map(|field| columns.get(field));
        headers
            .filter_map(|column| parse_declared_system(&column.header))
            .next()
    };
    HeaderSystems {
        geographic: declared(["longitude", "latitude", "coordinates"]),
        projected: declared(["x", "y", "coordinates"]),
    }
}

/// A remark on a sheet.
pub fn note(sheet: &Sheet, code: &str, message: Message) -> FileNote {
    FileNote {
        file: Arc::clone(&sheet.file),
        sheet: sheet.name.clone(),
        row: None,
        code: code.to_owned(),
        message_vi: message.vi,
        message_en: message.en,
    }
}

/// The error of files that have no columns which a kind needs.
pub fn missing_columns(file: &str, vi: &str, en: &str) -> ImportError {
    ImportError::new(
        "missing_columns",
        Message::new(
            format!("không tìm thấy các cột cần có: {vi}"),
            format!("needed columns were not found: {en}"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "thêm các cột này, hoặc chỉ rõ cột nào là trường nào rồi tải lên lần nữa",
        "add these columns, or say which column is which field and upload again",
    ))
}

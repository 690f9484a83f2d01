//! Instances as CSV files, so that public benchmark sets run through the same code.
//!
//! Candidates: `id,x,y,cost[,group][,radius_m][,site][,zone][,locked]`; demand: `id,x,y,weight[,must_serve]` (metres, Euclidean distance);
//! or pairs `candidate,demand`, with which the coordinates may be absent. Columns are found by name in any order.
//!
//! Of candidates with the same `site` at most one is chosen; a candidate with a `zone` counts for the zone minimum; `locked` is `in` (must
//! be chosen) or `out` (must not); demand with `must_serve` (1, true, yes) must be served.

use super::{Instance, InstanceError};
use std::collections::HashMap;
use std::io::Read;
use thiserror::Error;

/// Why a CSV instance was refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CsvInstanceError {
    /// The file is not CSV, or could not be read.
    #[error("{file}: {source}")]
    Csv {
        /// Which of the files.
        file: &'static str,
        /// What the reader said.
        source: csv::Error,
    },
    /// A column is missing.
    #[error("{file}: no column {column:?}; the header has {found:?}")]
    MissingColumn {
        /// Which of the files.
        file: &'static str,
        /// The column that is needed.
        column: &'static str,
        /// The header that was found.
        found: Vec<String>,
    },
    /// A value is not a usable number.
    #[error("{file}, line {line}: {column} is {value:?}, which is not a finite number")]
    Number {
        /// Which of the files.
        file: &'static str,
        /// Line in the file, the header being line 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What was found.
        value: String,
    },
    /// A word is none of those that a column may hold.
    #[error("{file}, line {line}: {column} is {value:?}; it may be {allowed}")]
    Word {
        /// Which of the files.
        file: &'static str,
        /// Line in the file.
        line: u64,
        /// The column.
        column: &'static str,
        /// What was found.
        value: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// A row has no identifier.
    #[error("{file}, line {line}: the id is empty")]
    NoId {
        /// Which of the files.
        file: &'static str,
        /// Line in the file.
        line: u64,
    },
    /// A radius is negative.
    #[error("candidate {id:?} has radius {radius_m} m: a radius must be zero or more")]
    Radius {
        /// Identifier of the first such candidate.
        id: String,
        /// Its radius.
        radius_m: f64,
    },
    /// An identifier occurs twice.
    #[error("{file}, line {line}: id {id:?} occurs twice")]
    DuplicateId {
        /// Which of the files.
        file: &'static str,
        /// Line in the file.
        line: u64,
        /// The identifier.
        id: String,
    },
    /// A pair names a candidate or a demand point that is in neither file.
    #[error("{file}, line {line}: {what} {id:?} is not in its file")]
    UnknownId {
        /// Which of the files.
        file: &'static str,
        /// Line in the file.
        line: u64,
        /// Candidate or demand.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// Neither a radius nor pairs.
    #[error("candidate {id:?} has no radius: give a radius_m column, a common radius, or pairs")]
    NoRadius {
        /// Identifier of the first such candidate.
        id: String,
    },
    /// The numbers do not make an instance.
    #[error(transparent)]
    Instance(#[from] InstanceError),
}

/// A candidate as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CsvCandidate {
    /// Its identifier.
    pub id: String,
    /// Position, metres.
    pub position_m: Option<(f64, f64)>,
    /// Cost; 1 where the column is absent.
    pub cost: f64,
    /// Group (operator, class of action), where given.
    pub group: Option<String>,
    /// Radius, metres, where given.
    pub radius_m: Option<f64>,
    /// Candidates with the same site exclude each other.
    pub site: Option<String>,
    /// The zone that it stands in, where given.
    pub zone: Option<String>,
    /// `Some(true)` = must be chosen, `Some(false)` = must not.
    pub locked: Option<bool>,
}

/// A demand point as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CsvDemand {
    /// Its identifier.
    pub id: String,
    /// Position, metres.
    pub position_m: Option<(f64, f64)>,
    /// Weight; 1 where the column is absent.
    pub weight: f64,
    /// Whether it must be served.
    pub must_serve: bool,
}

/// The files' content.
#[derive(Debug, Clone, Default)]
pub struct CsvInstance {
    /// Candidates in the order of the file.
    pub candidates: Vec<CsvCandidate>,
    /// Demand in the order of the file.
    pub demand: Vec<CsvDemand>,
    /// Pairs (candidate index, demand index), where a pairs file was given.
    pub pairs: Option<Vec<(u32, u32)>>,
}

impl CsvInstance {
    /// Reads the files.
    pub fn read(candidates: impl Read, demand: impl Read, pairs: Option<impl Read>) -> Result<Self, CsvInstanceError> {
        let candidates = read_candidates(candidates)?;
        let demand = read_demand(demand)?;
        let candidate_index = index_by_id("candidates", candidates.iter().map(|candidate| candidate.id.as_str()))?;
        let demand_index = index_by_id("demand", demand.iter().map(|demand| demand.id.as_str()))?;
        let pairs = pairs
            .map(|pairs| read_pairs(pairs, &candidate_index, &demand_index))
            .transpose()?;
        Ok(Self {
            candidates,
            demand,
            pairs,
        })
    }

    /// Reads sets of candidates of which at most one is chosen: `set,candidate`.
    pub fn conflicts(&self, source: impl Read) -> Result<Vec<Vec<u32>>, CsvInstanceError> {
        let index = index_by_id(
            "candidates",
            self.candidates.iter().map(|candidate| candidate.id.as_str()),
        )?;
        let (reader, columns) = open("conflicts", source)?;
        let (set_column, candidate_column) = (columns.need("set")?, columns.need("candidate")?);
        let mut sets: std::collections::BTreeMap<String, Vec<u32>> = std::collections::BTreeMap::new();
        read_records(reader, "conflicts", |record| {
            let id = record.get(candidate_column).unwrap_or_default().trim();
            let candidate = index.get(id).copied().ok_or_else(|| CsvInstanceError::UnknownId {
                file: "conflicts",
                line: line_of(record),
                what: "candidate",
                id: id.to_owned(),
            })?;
            let set = record.get(set_column).unwrap_or_default().trim();
            sets.entry(set.to_owned()).or_default().push(candidate);
            Ok(())
        })?;
        Ok(sets.into_values().collect())
    }

    /// Makes the instance; `radius_m` holds for candidates without their own.
    pub fn instance(&self, radius_m: Option<f64>) -> Result<Instance, CsvInstanceError> {
        let costs: Vec<f64> = self.candidates.iter().map(|candidate| candidate.cost).collect();
        let weights: Vec<f64> = self.demand.iter().map(|demand| demand.weight).collect();
        let positions: Option<Vec<(f64, f64)>> = self.demand.iter().map(|demand| demand.position_m).collect();
        if let Some(pairs) = &self.pairs {
            let mut covers = vec![Vec::new(); costs.len()];
            for &(candidate, demand) in pairs {
                covers[candidate as usize].push(demand);
            }
            return Ok(Instance::new(costs, weights, &covers, positions.as_deref())?);
        }
        let Some(positions) = positions else {
            return Err(CsvInstanceError::MissingColumn {
                file: "demand",
                column: "x, y",
                found: vec!["id".into()],
            });
        };
        let discs = self.discs(radius_m)?;
        let largest = discs.iter().map(|disc| disc.2).fold(1.0, f64::max);
        let grid = PointGrid::new(&positions, largest / 4.0);
        Ok(Instance::from_covers(
            costs,
            weights,
            Some(&positions),
            |candidate, out| grid.within(discs[candidate], &positions, out),
        )?)
    }

    fn discs(&self, radius_m: Option<f64>) -> Result<Vec<(f64, f64, f64)>, CsvInstanceError> {
        self.candidates
            .iter()
            .map(
                |candidate| match (candidate.position_m, candidate.radius_m.or(radius_m)) {
                    (_, Some(radius_m)) if radius_m < 0.0 => Err(CsvInstanceError::Radius {
                        id: candidate.id.clone(),
                        radius_m,
                    }),
                    (Some((x, y)), Some(radius)) => Ok((x, y, radius)),
                    (None, _) => Err(CsvInstanceError::MissingColumn {
                        file: "candidates",
                        column: "x, y",
                        found: vec!["id".into()],
                    }),
                    (_, None) => Err(CsvInstanceError::NoRadius {
                        id: candidate.id.clone(),
                    }),
                },
            )
            .collect()
    }
}

/// Points sorted into square bins, for finding those within a distance.
struct PointGrid {
    bin_m: f64,
    west: f64,
    south: f64,
    columns: usize,
    rows: usize,
    offsets: Vec<u32>,
    points: Vec<u32>,
}

impl PointGrid {
    fn new(positions: &[(f64, f64)], bin_m: f64) -> Self {
        let fold = |pick: fn(&(f64, f64)) -> f64, start: f64, join: fn(f64, f64) -> f64| {
            positions.iter().map(pick).fold(start, join)
        };
        let (west, east) = (
            fold(|p| p.0, f64::INFINITY, f64::min),
            fold(|p| p.0, f64::NEG_INFINITY, f64::max),
        );
        let (south, north) = (
            fold(|p| p.1, f64::INFINITY, f64::min),
            fold(|p| p.1, f64::NEG_INFINITY, f64::max),
        );
        // No more bins than some 2,000 on a side, however small the radius.
        let extent = (east - west).max(north - south).max(0.0);
        let bin_m = bin_m.max(extent / 2000.0).max(1e-6);
        let columns = ((east - west).max(0.0) / bin_m) as usize + 1;
        let rows = ((north - south).max(0.0) / bin_m) as usize + 1;
        let mut grid = Self {
            bin_m,
            west,
            south,
            columns,
            rows,
            offsets: vec![0; columns * rows + 1],
            points: vec![0; positions.len()],
        };
        for &position in positions {
            let bin = grid.bin(position);
            grid.offsets[bin + 1] += 1;
        }
        for bin in 0..columns * rows {
            grid.offsets[bin + 1] += grid.offsets[bin];
        }
        let mut next = grid.offsets.clone();
        for (point, &position) in positions.iter().enumerate() {
            let bin = grid.bin(position);
            grid.points[next[bin] as usize] = point as u32;
            next[bin] += 1;
        }
        grid
    }

    fn cell(&self, value: f64, low: f64, cells: usize) -> usize {
        (((value - low) / self.bin_m).max(0.0) as usize).min(cells - 1)
    }

    fn bin(&self, (x, y): (f64, f64)) -> usize {
        self.cell(y, self.south, self.rows) * self.columns + self.cell(x, self.west, self.columns)
    }

    fn within(&self, (x, y, radius): (f64, f64, f64), positions: &[(f64, f64)], out: &mut Vec<u32>) {
        let columns = self.cell(x - radius, self.west, self.columns)..=self.cell(x + radius, self.west, self.columns);
        for row in self.cell(y - radius, self.south, self.rows)..=self.cell(y + radius, self.south, self.rows) {
            let bins = row * self.columns + columns.start()..row * self.columns + columns.end() + 1;
            for &point in &self.points[self.offsets[bins.start] as usize..self.offsets[bins.end] as usize] {
                let (px, py) = positions[point as usize];
                if (px - x) * (px - x) + (py - y) * (py - y) <= radius * radius {
                    out.push(point);
                }
            }
        }
    }
}

struct Columns {
    file: &'static str,
    names: Vec<String>,
}

impl Columns {
    fn find(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }

    fn need(&self, column: &'static str) -> Result<usize, CsvInstanceError> {
        self.find(column).ok_or_else(|| CsvInstanceError::MissingColumn {
            file: self.file,
            column,
            found: self.names.clone(),
        })
    }

    fn number(&self, record: &csv::StringRecord, index: usize, column: &'static str) -> Result<f64, CsvInstanceError> {
        let text = record.get(index).unwrap_or_default().trim();
        text.parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| CsvInstanceError::Number {
                file: self.file,
                line: line_of(record),
                column,
                value: text.to_owned(),
            })
    }

    fn optional_number(
        &self,
        record: &csv::StringRecord,
        column: &'static str,
    ) -> Result<Option<f64>, CsvInstanceError> {
        match self.find(column) {
            Some(index) if !record.get(index).unwrap_or_default().trim().is_empty() => {
                self.number(record, index, column).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn identifier(&self, record: &csv::StringRecord, index: usize) -> Result<String, CsvInstanceError> {
        let id = record.get(index).unwrap_or_default().trim();
        if id.is_empty() {
            return Err(CsvInstanceError::NoId {
                file: self.file,
                line: line_of(record),
            });
        }
        Ok(id.to_owned())
    }

    fn optional_text(&self, record: &csv::StringRecord, column: &str) -> Option<String> {
        let text = record.get(self.find(column)?)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn locked(&self, record: &csv::StringRecord) -> Result<Option<bool>, CsvInstanceError> {
        let Some(text) = self.optional_text(record, "locked") else {
            return Ok(None);
        };
        match text.to_lowercase().as_str() {
            "in" => Ok(Some(true)),
            "out" => Ok(Some(false)),
            _ => Err(CsvInstanceError::Word {
                file: self.file,
                line: line_of(record),
                column: "locked",
                value: text,
                allowed: "in, out or empty",
            }),
        }
    }

    fn flag(&self, record: &csv::StringRecord, column: &'static str) -> Result<bool, CsvInstanceError> {
        let Some(text) = self.optional_text(record, column) else {
            return Ok(false);
        };
        match text.to_lowercase().as_str() {
            "1" | "true" | "yes" => Ok(true),
            "0" | "false" | "no" => Ok(false),
            _ => Err(CsvInstanceError::Word {
                file: self.file,
                line: line_of(record),
                column,
                value: text,
                allowed: "1, true, yes, 0, false, no or empty",
            }),
        }
    }

    fn position(&self, record: &csv::StringRecord) -> Result<Option<(f64, f64)>, CsvInstanceError> {
        Ok(self
            .optional_number(record, "x")?
            .zip(self.optional_number(record, "y")?))
    }
}

fn line_of(record: &csv::StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

fn open<R: Read>(file: &'static str, source: R) -> Result<(csv::Reader<R>, Columns), CsvInstanceError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(source);
    let header = reader
        .headers()
        .map_err(|source| CsvInstanceError::Csv { file, source })?;
    let names = header
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_lowercase())
        .collect();
    Ok((reader, Columns { file, names }))
}

/// Reads every record of a file through one function.
fn read_records<R: Read>(
    mut reader: csv::Reader<R>,
    file: &'static str,
    mut each: impl FnMut(&csv::StringRecord) -> Result<(), CsvInstanceError>,
) -> Result<(), CsvInstanceError> {
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|source| CsvInstanceError::Csv { file, source })?
    {
        each(&record)?;
    }
    Ok(())
}

fn read_candidates(source: impl Read) -> Result<Vec<CsvCandidate>, CsvInstanceError> {
    let (reader, columns) = open("candidates", source)?;
    let id = columns.need("id")?;
    let mut candidates = Vec::new();
    read_records(reader, "candidates", |record| {
        candidates.push(CsvCandidate {
            id: columns.identifier(record, id)?,
            position_m: columns.position(record)?,
            cost: columns.optional_number(record, "cost")?.unwrap_or(1.0),
            group: columns.optional_text(record, "group"),
            radius_m: columns.optional_number(record, "radius_m")?,
            site: columns.optional_text(record, "site"),
            zone: columns.optional_text(record, "zone"),
            locked: columns.locked(record)?,
        });
        Ok(())
    })?;
    Ok(candidates)
}

fn read_demand(source: impl Read) -> Result<Vec<CsvDemand>, CsvInstanceError> {
    let (reader, columns) = open("demand", source)?;
    let id = columns.need("id")?;
    let mut demand = Vec::new();
    read_records(reader, "demand", |record| {
        demand.push(CsvDemand {
            id: columns.identifier(record, id)?,
            position_m: columns.position(record)?,
            must_serve: columns.flag(record, "must_serve")?,
            weight: columns.optional_number(record, "weight")?.unwrap_or(1.0),
        });
        Ok(())
    })?;
    Ok(demand)
}

fn read_pairs(
    source: impl Read,
    candidate_index: &HashMap<&str, u32>,
    demand_index: &HashMap<&str, u32>,
) -> Result<Vec<(u32, u32)>, CsvInstanceError> {
    let (reader, columns) = open("pairs", source)?;
    let (candidate_column, demand_column) = (columns.need("candidate")?, columns.need("demand")?);
    let mut pairs = Vec::new();
    read_records(reader, "pairs", |record| {
        let look_up = |index: &HashMap<&str, u32>, column: usize, what: &'static str| {
            let id = record.get(column).unwrap_or_default().trim();
            index.get(id).copied().ok_or_else(|| CsvInstanceError::UnknownId {
                file: "pairs",
                line: line_of(record),
                what,
                id: id.to_owned(),
            })
        };
        pairs.push((
            look_up(candidate_index, candidate_column, "candidate")?,
            look_up(demand_index, demand_column, "demand")?,
        ));
        Ok(())
    })?;
    Ok(pairs)
}

fn index_by_id<'a>(
    file: &'static str,
    ids: impl Iterator<Item = &'a str>,
) -> Result<HashMap<&'a str, u32>, CsvInstanceError> {
    let mut index = HashMap::new();
    for (row, id) in ids.enumerate() {
        if index.insert(id, row as u32).is_some() {
            return Err(CsvInstanceError::DuplicateId {
                file,
                line: row as u64 + 2,
                id: id.to_owned(),
            });
        }
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(candidates: &str, demand: &str) -> Result<Instance, CsvInstanceError> {
        CsvInstance::read(candidates.as_bytes(), demand.as_bytes(), None::<&[u8]>)?.instance(None)
    }

    #[test]
    fn files_become_an_instance() {
        let files = CsvInstance::read(
            "id,x,y,cost,radius_m,site,zone,locked\na,0,0,5,10,s,,in\nb,5,0,7,10,s,Z,out\n".as_bytes(),
            "id,x,y,weight,must_serve\n1,3,0,2,yes\n2,14,0,4,\n".as_bytes(),
            None::<&[u8]>,
        )
        .expect("readable");
        assert_eq!(files.candidates[0].locked, Some(true));
        assert_eq!(
            (files.candidates[1].zone.as_deref(), files.candidates[1].locked),
            (Some("Z"), Some(false))
        );
        assert!(files.demand[0].must_serve && !files.demand[1].must_serve);
        let instance = files.instance(None).expect("valid");
        assert_eq!((instance.served_weight(&[0]), instance.served_weight(&[1])), (2.0, 6.0));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let demand = "id,x,y,weight\n1,3,0,2\n";
        let said = |candidates: &str, demand: &str| read(candidates, demand).expect_err("refused").to_string();
        for (candidates, words) in [
            ("id,x,y,radius_m\na,0,0,-1\n", "radius"),
            ("id,x,y,radius_m\na,0,0,NaN\n", "line 2: radius_m"),
            ("id,x,y,radius_m\na,0,inf,1\n", "line 2: y"),
            ("id,x,y,radius_m\na,0,0,1\na,0,0,1\n", "occurs twice"),
            ("id,x,y,radius_m\n,0,0,1\n", "id is empty"),
            ("id,x,y,cost,radius_m\na,0,0,-4,1\n", "cost"),
            ("id,x,y,radius_m,locked\na,0,0,1,maybe\n", "locked"),
            ("id,x,y\na,0,0\n", "no radius"),
            ("x,y\n0,0\n", "no column \"id\""),
            ("", "no column \"id\""),
            ("id,x,y,radius_m\na,0,0\n", "candidates"),
        ] {
            let text = said(candidates, demand);
            assert!(text.contains(words), "{candidates:?} gives {text:?}");
        }
        let good = "id,x,y,radius_m\na,0,0,9\n";
        assert!(said(good, "id,x,y,weight\n1,0,0,-2\n").contains("weight"));
        assert!(said(good, "id,x,y,weight\n1,0,0,1e200\n2,0,0,1e200\n").contains("larger unit"));
        assert!(read(good, "id,x,y,weight\n").is_ok(), "no demand is no error");
    }
}

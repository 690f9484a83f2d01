//! Instances as CSV files, so that public benchmark sets run through the same code.
//!
//! Candidates: `id,x,y,cost[,group][,radius_m]`; demand: `id,x,y,weight` (metres, Euclidean distance); or pairs `candidate,demand`, with
//! which the coordinates may be absent. Columns are found by name in any order.

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
    #[error("pairs, line {line}: {what} {id:?} is not in its file")]
    UnknownId {
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
}

/// A demand point as read.
#[derive(Debug, Clone, PartialEq)]
pub struct CsvDemand {
    /// Its identifier.
    pub id: String,
    /// Position, metres.
    pub position_m: Option<(f64, f64)>,
    /// Weight; 1 where the column is absent.
    pub weight: f64,
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
        let pairs = pairs.map(|pairs| read_pairs(pairs, &candidates, &demand)).transpose()?;
        Ok(Self {
            candidates,
            demand,
            pairs,
        })
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
    let group = columns.find("group");
    let mut candidates = Vec::new();
    read_records(reader, "candidates", |record| {
        candidates.push(CsvCandidate {
            id: record.get(id).unwrap_or_default().trim().to_owned(),
            position_m: columns.position(record)?,
            cost: columns.optional_number(record, "cost")?.unwrap_or(1.0),
            group: group
                .and_then(|group| record.get(group))
                .map(str::trim)
                .filter(|group| !group.is_empty())
                .map(str::to_owned),
            radius_m: columns.optional_number(record, "radius_m")?,
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
            id: record.get(id).unwrap_or_default().trim().to_owned(),
            position_m: columns.position(record)?,
            weight: columns.optional_number(record, "weight")?.unwrap_or(1.0),
        });
        Ok(())
    })?;
    Ok(demand)
}

fn read_pairs(
    source: impl Read,
    candidates: &[CsvCandidate],
    demand: &[CsvDemand],
) -> Result<Vec<(u32, u32)>, CsvInstanceError> {
    let candidate_index = index_by_id("candidates", candidates.iter().map(|candidate| candidate.id.as_str()))?;
    let demand_index = index_by_id("demand", demand.iter().map(|demand| demand.id.as_str()))?;
    let (reader, columns) = open("pairs", source)?;
    let (candidate_column, demand_column) = (columns.need("candidate")?, columns.need("demand")?);
    let mut pairs = Vec::new();
    read_records(reader, "pairs", |record| {
        let look_up = |index: &HashMap<&str, u32>, column: usize, what: &'static str| {
            let id = record.get(column).unwrap_or_default().trim();
            index.get(id).copied().ok_or_else(|| CsvInstanceError::UnknownId {
                line: line_of(record),
                what,
                id: id.to_owned(),
            })
        };
        pairs.push((
            look_up(&candidate_index, candidate_column, "candidate")?,
            look_up(&demand_index, demand_column, "demand")?,
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

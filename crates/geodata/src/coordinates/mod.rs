//! Which coordinate system a list is in, and where each of its rows is.
//!
//! The numbers' range tells geographic from projected. The system is chosen per sheet by trying every candidate on up
//! to [`SAMPLE`] rows and counting how many fall in their own commune (or in the province): the evidence is kept.
//! Rows that disagree with their sheet are tried one by one, and repaired only when their own commune proves it.

mod declared;
mod locate;
mod meridians;
mod pair;
mod rescue;
mod sheet;

pub use declared::{DeclaredSystem, parse_declared_system};
pub use locate::{Located, NotLocated};
pub use meridians::province_epsg;
pub use pair::{Axis, Pair, PairKind, PairProblem, read_pair};
pub use sheet::{HeaderSystems, Locator, RowPosition, SheetSystem};

/// Rows of a sheet on which candidates are tried.
pub const SAMPLE: usize = 1000;

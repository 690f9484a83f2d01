//! The records that an import yields and every later room works on.
//!
//! A [`Site`] is a mast or rooftop, a [`Station`] one operator × one technology on it, a [`Cell`] one sector × one
//! band of a station. An [`Area`] is any polygon with a name, a [`Place`] any point with people.

mod area;
mod crosswalk;
mod network;
mod other;
mod place;

pub use area::{Area, AreaKind};
pub use crosswalk::CommuneChange;
pub use network::{AssumedFields, Cell, CellField, Network, Site, Station, StationStatus, Technology};
pub use other::{DatasetKind, Figure, Line, LineKind, Measurement, Pole, Records};
pub use place::{Place, PlaceKind};

//! What people type into cells: numbers, angles, dates, technologies, yes and no.

mod angle;
mod date;
mod number;
mod words;

pub use angle::parse_degrees;
pub use date::{date_of_serial, parse_date};
pub use number::{NumberRepair, ParsedNumber, parse_height_m, parse_number};
pub use words::{parse_flag, parse_technologies};

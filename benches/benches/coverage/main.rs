//! The coverage engine's measurements, in one command of less than ten minutes:
//!
//! `cargo bench -p benches --bench coverage [-- tile [FILE] | province | growth [FACTOR …]]`
//!
//! `tile`: one mast on a real tile ([`tile`]). `province`: the demo province through the program itself, cold and warm, then one
//! site more and one cell's tilt, and where the time goes ([`province`]). `growth`: the same network two, four and eight
//! times over ([`growth`]). Without a word all three, one after the other. The tile is the rugged one of the test data
//! (`PHUSONG_TEST_DATA`). Times of more than one core need an idle machine.
#![allow(clippy::print_stdout)]

mod growth;
mod process;
mod province;
mod tile;

use anyhow::Result;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let rest = words.get(1..).unwrap_or_default();
    match words.first().map(String::as_str) {
        Some("tile") => tile::measure(rest.first().map(String::as_str)),
        Some("province") => province::measure(),
        Some("growth") => growth::measure(rest),
        Some(growth::ONE) => growth::measure_one(rest),
        _ => {
            tile::measure(None)?;
            province::measure()?;
            growth::measure(&[])
        }
    }
}

//! How time and memory grow with the network: the demo's, and copies of it beside each mast.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use coverage_model::{CoverageParameters, Silent, Transmitter};
use geodesy::LonLat;

use crate::process;
use crate::province::{Province, demo, program};

/// The word with which the measurement calls itself for one factor, so that its memory is its own.
pub const ONE: &str = "growth-of";

/// Measures the factors given (1, 2, 4 and 8 without any) on the 73 m grid.
pub fn measure(factors: &[String]) -> Result<()> {
    let usual = ["1", "2", "4", "8"].map(str::to_owned);
    let factors = if factors.is_empty() { usual.as_slice() } else { factors };
    let folder = demo(&program()?)?;
    println!("\ngrowth, 73 m grid (zoom 11), all layers and numbers of 4G and 5G:");
    for factor in factors {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ONE).arg(factor).arg(folder.path());
        let taken = process::run(&mut command)?;
        println!("  {} at most {:.0} MiB of memory", taken.output.trim(), taken.peak_mib);
    }
    Ok(())
}

/// One factor: a cold and a warm run.
pub fn measure_one(words: &[String]) -> Result<()> {
    let [factor, folder, zoom @ ..] = words else {
        anyhow::bail!("a factor and a folder are needed");
    };
    let factor: u32 = factor.parse()?;
    let zoom = zoom.first().map_or(Ok(11), |zoom| zoom.parse())?;
    let province = Province::open(folder.as_ref())?;
    let cells: Vec<Transmitter> = (0..factor)
        .flat_map(|copy| province.cells.iter().map(move |cell| beside(cell, copy)))
        .collect();
    let losses = tempfile::tempdir_in(folder)?;
    let parameters = CoverageParameters {
        zoom,
        ..CoverageParameters::default()
    };
    let engine = province.engine(parameters, Some(losses.path().to_owned()))?;
    let mut seconds = [0.0; 2];
    for taken in &mut seconds {
        let start = Instant::now();
        let run = engine.run(&cells, &province.areas, &province.places, &Silent)?;
        *taken = start.elapsed().as_secs_f64();
        run.layers.first().context("no layers")?;
    }
    let [cold, warm] = seconds;
    println!(
        "{factor} × the sites ({} cells, {} antenna positions): cold {cold:.1} s, warm {warm:.1} s,",
        cells.len(),
        engine.mast_count(&cells)
    );
    Ok(())
}

/// A cell of a copy of the network: each copy stands another kilometre away, in another direction.
fn beside(cell: &Transmitter, copy: u32) -> Transmitter {
    if copy == 0 {
        return cell.clone();
    }
    let (distance_deg, direction) = (0.009 * f64::from(copy), 2.4 * f64::from(copy));
    Transmitter {
        cell_code: format!("{}-{copy}", cell.cell_code),
        site_code: format!("{}-{copy}", cell.site_code),
        position: LonLat::new(
            cell.position.lon_deg + distance_deg * direction.cos(),
            cell.position.lat_deg + distance_deg * direction.sin(),
        ),
        ..cell.clone()
    }
}

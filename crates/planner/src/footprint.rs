//! What a candidate would serve: its cells, and the pixels where they reach the threshold.

use std::collections::BTreeMap;

use coverage_model::{Engine, Transmitter};
use geodata::{Network, Technology};

use crate::action::{ActionKind, Candidate};

/// Radio values of one new cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellTemplate {
    /// Downlink centre frequency, MHz.
    pub frequency_mhz: f64,
    /// Channel bandwidth, MHz.
    pub bandwidth_mhz: f64,
    /// EIRP per resource element in the main beam, dBm.
    pub eirp_per_re_dbm: f64,
    /// Electrical downtilt, degrees, positive below the horizon.
    pub electrical_tilt_deg: f64,
    /// Half-power beamwidth in azimuth, degrees.
    pub horizontal_beamwidth_deg: f64,
    /// Half-power beamwidth in elevation, degrees.
    pub vertical_beamwidth_deg: f64,
}

/// Where the radio values of new cells come from.
pub trait CellTemplates: Sync {
    /// The values that an operator would use; `small` for pole cells.
    fn template(&self, operator: &str, technology: Technology, small: bool) -> CellTemplate;
}

/// Directions of three sectors on a mast whose own are not known, degrees.
const USUAL_SECTORS_DEG: [f64; 3] = [0.0, 120.0, 240.0];

/// Azimuths of the sectors on air, by site code and operator.
pub(crate) type SectorAzimuths<'a> = BTreeMap<(&'a str, &'a str), Vec<f64>>;

/// The azimuths that each operator uses on each mast, without repeats.
pub(crate) fn sector_azimuths(network: &Network) -> SectorAzimuths<'_> {
    let stations: BTreeMap<&str, (&str, &str)> = network
        .stations
        .iter()
        .map(|station| {
            (
                station.code.as_str(),
                (station.site_code.as_str(), station.operator.as_str()),
            )
        })
        .collect();
    let mut azimuths = SectorAzimuths::new();
    for cell in &network.cells {
        let (Some(azimuth), Some(&tenant)) = (cell.azimuth_deg, stations.get(cell.station_code.as_str())) else {
            continue;
        };
        let known = azimuths.entry(tenant).or_default();
        if !known.contains(&azimuth) {
            known.push(azimuth);
        }
    }
    azimuths
}

/// The cells that a candidate would put on air: the operator's own directions on its own mast, three even ones elsewhere, one
/// omnidirectional cell on a pole.
pub(crate) fn transmitters_of(
    candidate: &Candidate,
    sectors: &SectorAzimuths<'_>,
    templates: &dyn CellTemplates,
) -> Vec<Transmitter> {
    let small = candidate.action == ActionKind::PoleSmallCell;
    let template = templates.template(&candidate.operator, candidate.technology, small);
    let site = candidate.site_code.as_deref().unwrap_or(&candidate.id);
    let azimuths: Vec<Option<f64>> = if small {
        vec![None]
    } else {
        let own = sectors
            .get(&(site, candidate.operator.as_str()))
            .filter(|own| !own.is_empty());
        own.map_or(USUAL_SECTORS_DEG.as_slice(), Vec::as_slice)
            .iter()
            .copied()
            .map(Some)
            .collect()
    };
    azimuths
        .into_iter()
        .enumerate()
        .map(|(sector, azimuth_deg)| Transmitter {
            cell_code: format!("{}#{}", candidate.id, sector + 1),
            site_code: site.to_owned(),
            operator: candidate.operator.clone(),
            technology: candidate.technology,
            position: candidate.position,
            antenna_height_m: candidate.antenna_height_m,
            frequency_mhz: template.frequency_mhz,
            bandwidth_mhz: template.bandwidth_mhz,
            eirp_per_re_dbm: template.eirp_per_re_dbm,
            azimuth_deg,
            mechanical_tilt_deg: 0.0,
            electrical_tilt_deg: template.electrical_tilt_deg,
            horizontal_beamwidth_deg: template.horizontal_beamwidth_deg,
            vertical_beamwidth_deg: template.vertical_beamwidth_deg,
        })
        .collect()
}

/// The cells that the actions of a plan would put on air in a network, in the order of the actions. Satellite terminals
/// have none.
#[must_use]
pub fn planned_cells<'c>(
    candidates: impl IntoIterator<Item = &'c Candidate>,
    network: &Network,
    templates: &dyn CellTemplates,
) -> Vec<Transmitter> {
    let sectors = sector_azimuths(network);
    candidates
        .into_iter()
        .filter(|candidate| candidate.action != ActionKind::Leo)
        .flat_map(|candidate| transmitters_of(candidate, &sectors, templates))
        .collect()
}

/// A satellite terminal serves the place where it stands.
pub(crate) fn terminal_pixel(engine: &Engine<'_>, candidate: &Candidate) -> Vec<u32> {
    let window = engine.window();
    let pixel = window.pixel_of(candidate.position);
    pixel
        .map(|(column, row)| row * window.columns + column)
        .into_iter()
        .collect()
}

/// Pixels of the engine's raster (row-major indices, rising) that the cells serve and that `wanted` asks about.
pub(crate) fn covered_pixels(engine: &Engine<'_>, cells: &[Transmitter], wanted: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut pixels = engine.served_pixels(cells);
    pixels.retain(|&pixel| wanted(pixel));
    pixels
}

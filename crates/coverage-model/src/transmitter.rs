//! A cell on air as the engine sees it.

use std::collections::HashMap;

use geodata::{Network, StationStatus, Technology};
use geodesy::LonLat;
use serde::{Deserialize, Serialize};

/// One sector on one band, with its mast's position and its station's operator and technology.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transmitter {
    /// The cell's code.
    pub cell_code: String,
    /// The mast's code.
    pub site_code: String,
    /// Whose cell it is.
    pub operator: String,
    /// Its technology.
    pub technology: Technology,
    /// Where the mast stands.
    pub position: LonLat,
    /// Antenna height above ground, m.
    pub antenna_height_m: f64,
    /// Downlink centre frequency, MHz.
    pub frequency_mhz: f64,
    /// Carrier bandwidth, MHz.
    pub bandwidth_mhz: f64,
    /// EIRP per resource element in the main beam, dBm.
    pub eirp_per_re_dbm: f64,
    /// Azimuth of the main beam, degrees clockwise from true north; `None` = omnidirectional.
    pub azimuth_deg: Option<f64>,
    /// Mechanical tilt, degrees, positive down.
    pub mechanical_tilt_deg: f64,
    /// Electrical tilt, degrees, positive down.
    pub electrical_tilt_deg: f64,
    /// Horizontal half-power beam width, degrees.
    pub horizontal_beamwidth_deg: f64,
    /// Vertical half-power beam width, degrees.
    pub vertical_beamwidth_deg: f64,
}

/// The cells on air of a network whose station and mast are known, in the network's order.
#[must_use]
pub fn transmitters(network: &Network) -> Vec<Transmitter> {
    let sites: HashMap<&str, _> = network.sites.iter().map(|site| (site.code.as_str(), site)).collect();
    let stations: HashMap<&str, _> = network
        .stations
        .iter()
        .map(|station| (station.code.as_str(), station))
        .collect();
    network
        .cells
        .iter()
        .filter_map(|cell| {
            let station = stations.get(cell.station_code.as_str())?;
            if station.status != StationStatus::OnAir {
                return None;
            }
            let site = sites.get(station.site_code.as_str())?;
            Some(Transmitter {
                cell_code: cell.code.clone(),
                site_code: site.code.clone(),
                operator: station.operator.clone(),
                technology: station.technology,
                position: site.position,
                antenna_height_m: cell.antenna_height_m,
                frequency_mhz: cell.frequency_mhz,
                bandwidth_mhz: cell.bandwidth_mhz,
                eirp_per_re_dbm: cell.eirp_per_re_dbm,
                azimuth_deg: cell.azimuth_deg,
                mechanical_tilt_deg: cell.mechanical_tilt_deg,
                electrical_tilt_deg: cell.electrical_tilt_deg,
                horizontal_beamwidth_deg: cell.horizontal_beamwidth_deg,
                vertical_beamwidth_deg: cell.vertical_beamwidth_deg,
            })
        })
        .collect()
}

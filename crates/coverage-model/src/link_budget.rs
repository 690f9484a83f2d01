//! What a pixel of the map is made of: the link budget of one cell at one place, line by line.

use geodata::Technology;
use geodesy::{LonLat, distance_m};
use serde::Serialize;

use crate::layers::Groups;
use crate::sweep::PathLoss;
use crate::{CoverageParameters, Engine, Transmitter};

/// From what a cell sends to what is left over the threshold. Sent, gains, losses and corrections add up to the signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkBudget {
    /// The cell's code.
    pub cell_code: String,
    /// The mast's code.
    pub site_code: String,
    /// Whose cell it is.
    pub operator: String,
    /// Its technology.
    pub technology: Technology,
    /// Downlink centre frequency, MHz.
    pub frequency_mhz: f64,
    /// From the mast to the place, m.
    pub distance_m: f64,
    /// Bearing of the place's pixel from the mast, degrees clockwise from true north.
    pub bearing_deg: f64,
    /// Elevation at which the wave leaves the antenna, degrees, positive up.
    pub departure_deg: f64,
    /// EIRP per resource element in the main beam, dBm.
    pub eirp_per_re_dbm: f64,
    /// What the receiver's antenna adds, dB.
    pub receiver_gain_db: f64,
    /// Loss from antenna to receiver by the run's model, dB.
    pub path_loss_db: f64,
    /// What the antenna sends less in this direction than in its main beam, dB.
    pub antenna_loss_db: f64,
    /// Loss into a building, dB; 0 outdoors.
    pub entry_loss_db: f64,
    /// Correction of the scenario for the ground cover at the place, dB.
    pub cover_offset_db: f64,
    /// Median level per resource element, dBm.
    pub signal_dbm: f64,
    /// Usable signal of the technology, dBm.
    pub threshold_dbm: f64,
    /// What the median must have over the threshold, for the run's probability, dB.
    pub fade_margin_db: f64,
    /// What the median has over that, dB; the place is served from 0.
    pub margin_db: f64,
}

impl Engine<'_> {
    /// The link budget of a cell at a place: the numbers of the map's pixel. `None` beyond the cell's radius, or where nothing of it is left.
    #[must_use]
    pub fn link_budget(&self, transmitter: &Transmitter, position: LonLat) -> Option<LinkBudget> {
        let parameters = self.parameters();
        let settings = CoverageParameters {
            technologies: vec![transmitter.technology],
            ..parameters.clone()
        };
        let cells = std::slice::from_ref(transmitter);
        let groups = Groups::new(cells, &settings);
        let masts = self.masts(cells, &groups, &self.radii(cells), &mut Vec::new());
        let loss = self.recent_path_loss(masts.first()?)?;
        let (column, row) = loss.window.pixel_of(position)?;
        let pixel = loss.window.index(column, row)?;
        let cell = self.on_raster(transmitter, (0, 0, 0), 0);
        let signal_dbm = f64::from(cell.signal_dbm(&loss, pixel)?);
        let path_loss_db = f64::from(*loss.losses.first()?.get(pixel)?) * PathLoss::LOSS_STEP_DB;
        let cover_offset_db = f64::from(cell.cover_offset_db(&loss, pixel));
        let entry_loss_db = parameters.entry_loss_db(transmitter.frequency_mhz);
        let before_antenna_dbm =
            transmitter.eirp_per_re_dbm + parameters.receiver_gain_db + cover_offset_db - path_loss_db - entry_loss_db;
        let threshold_dbm = parameters.thresholds.of(transmitter.technology);
        let required_dbm = parameters.required_dbm(transmitter.technology);
        Some(LinkBudget {
            cell_code: transmitter.cell_code.clone(),
            site_code: transmitter.site_code.clone(),
            operator: transmitter.operator.clone(),
            technology: transmitter.technology,
            frequency_mhz: transmitter.frequency_mhz,
            distance_m: distance_m(transmitter.position, position),
            bearing_deg: f64::from(*loss.bearings.get(pixel)?) * 360.0 / 65_536.0,
            departure_deg: f64::from(*loss.departures.get(pixel)?) * PathLoss::ANGLE_STEP_DEG,
            eirp_per_re_dbm: transmitter.eirp_per_re_dbm,
            receiver_gain_db: parameters.receiver_gain_db,
            path_loss_db,
            antenna_loss_db: before_antenna_dbm - signal_dbm,
            entry_loss_db,
            cover_offset_db,
            signal_dbm,
            threshold_dbm,
            fade_margin_db: required_dbm - threshold_dbm,
            margin_db: signal_dbm - required_dbm,
        })
    }
}

//! Adding cells up on the raster: strongest signal, its cell, and the power on each channel.
//!
//! The raster is cut into strips of rows. A strip takes in all cells in the order of the network, so the sums of
//! interference are the same whatever the number of threads.

use std::sync::Arc;

use geodesy::tile_grid::PixelWindow;

use crate::pattern::PatternTable;
use crate::sweep::PathLoss;

/// Rows of one strip.
pub const STRIP_ROWS: u32 = 64;

/// Signals below this level are not looked at, dBm per resource element: 15 dB under the noise of the best terminal.
pub const FLOOR_DBM: f32 = -147.0;

/// What adding a cell to the raster needs to know.
#[derive(Debug)]
pub struct CellOnRaster {
    /// Plane (technology × operator) to which the cell belongs.
    pub plane: usize,
    /// Channel (plane × frequency) on which it transmits.
    pub channel: usize,
    /// Index of the cell within its plane.
    pub index: u16,
    /// Column of [`PathLoss::losses`].
    pub band: usize,
    /// EIRP per resource element less all fixed losses, dBm.
    pub level_dbm: f32,
    /// Boresight, degrees.
    pub azimuth_deg: f32,
    /// The antenna.
    pub pattern: Arc<PatternTable>,
}

impl CellOnRaster {
    /// Signal at a pixel of the path loss, dBm; `None` outside the radius or below the floor.
    #[inline(always)]
    pub fn signal_dbm(&self, loss: &PathLoss, pixel: usize) -> Option<f32> {
        let code = *self.codes(loss)?.get(pixel)?;
        if code == PathLoss::OUTSIDE {
            return None;
        }
        let level = self.level_dbm - f32::from(code) * PathLoss::LOSS_STEP_DB as f32;
        if level < FLOOR_DBM {
            return None;
        }
        let bearing = f32::from(*loss.bearings.get(pixel)?) * (360.0 / 65_536.0);
        let relative = bearing - self.azimuth_deg;
        let relative = if relative < 0.0 { relative + 360.0 } else { relative };
        let elevation = f32::from(*loss.departures.get(pixel)?) * PathLoss::ANGLE_STEP_DEG as f32;
        let signal = level - self.pattern.attenuation_db(relative, elevation);
        (signal >= FLOOR_DBM).then_some(signal)
    }

    fn codes<'a>(&self, loss: &'a PathLoss) -> Option<&'a [u16]> {
        loss.losses.get(self.band).map(Vec::as_slice)
    }
}

/// One strip of rows of the whole raster.
#[derive(Debug)]
pub struct Strip {
    /// First row.
    pub row: u32,
    /// Number of rows.
    pub rows: u32,
    columns: u32,
    /// Per plane; empty until a cell reaches the strip.
    planes: Vec<Plane>,
    /// Per channel, sum of received power per resource element, mW; empty until a cell reaches the strip.
    totals_mw: Vec<Vec<f32>>,
}

#[derive(Debug, Default, Clone)]
struct Plane {
    signal_dbm: Vec<f32>,
    server: Vec<u16>,
}

/// The best server of one plane at one pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// Its signal, dBm.
    pub signal_dbm: f32,
    /// Its index within the plane.
    pub server: u16,
}

impl Strip {
    /// Empty strips that cover the raster.
    pub fn cover(window: &PixelWindow, planes: usize, channels: usize) -> Vec<Self> {
        (0..window.rows)
            .step_by(STRIP_ROWS as usize)
            .map(|row| Self {
                row,
                rows: STRIP_ROWS.min(window.rows - row),
                columns: window.columns,
                planes: vec![Plane::default(); planes],
                totals_mw: vec![Vec::new(); channels],
            })
            .collect()
    }

    /// Pixels of the strip.
    pub fn len(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// Adds one cell. `raster` is the whole raster's window.
    pub fn add(&mut self, cell: &CellOnRaster, loss: &PathLoss, raster: &PixelWindow) {
        let first = (loss.window.row - raster.row).max(self.row);
        let end = (loss.window.row - raster.row + loss.window.rows).min(self.row + self.rows);
        if first >= end {
            return;
        }
        let pixels = self.len();
        let (Some(plane), Some(total)) = (self.planes.get_mut(cell.plane), self.totals_mw.get_mut(cell.channel)) else {
            return;
        };
        if plane.signal_dbm.is_empty() {
            plane.signal_dbm = vec![f32::NEG_INFINITY; pixels];
            plane.server = vec![u16::MAX; pixels];
        }
        if total.is_empty() {
            *total = vec![0.0; pixels];
        }
        let left = (loss.window.column - raster.column) as usize;
        let width = loss.window.columns as usize;
        for row in first..end {
            let from = (row - self.row) as usize * self.columns as usize + left;
            let source = (row + raster.row - loss.window.row) as usize * width;
            let signals = &mut plane.signal_dbm[from..from + width];
            let servers = &mut plane.server[from..from + width];
            let totals = &mut total[from..from + width];
            for (k, ((best, server), total)) in signals.iter_mut().zip(servers).zip(totals).enumerate() {
                let Some(signal) = cell.signal_dbm(loss, source + k) else {
                    continue;
                };
                if signal > *best {
                    *best = signal;
                    *server = cell.index;
                }
                *total += milliwatts(signal);
            }
        }
    }

    /// The best server of a plane at a pixel of the strip.
    #[inline(always)]
    pub fn best(&self, plane: usize, pixel: usize) -> Option<Best> {
        let plane = self.planes.get(plane)?;
        let signal_dbm = *plane.signal_dbm.get(pixel)?;
        let server = *plane.server.get(pixel)?;
        (server != u16::MAX).then_some(Best { signal_dbm, server })
    }

    /// Power on a channel at a pixel, mW per resource element.
    #[inline(always)]
    pub fn total_mw(&self, channel: usize, pixel: usize) -> f32 {
        self.totals_mw
            .get(channel)
            .and_then(|total| total.get(pixel))
            .copied()
            .unwrap_or(0.0)
    }
}

/// mW of a level in dBm.
#[inline(always)]
pub fn milliwatts(dbm: f32) -> f32 {
    crate::sweep::exponential(f64::from(dbm) * (std::f64::consts::LN_10 / 10.0)) as f32
}

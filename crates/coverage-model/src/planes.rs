//! Adding cells up on the raster: strongest signal, its cell, and the power on each channel.
//!
//! The raster is cut into strips of rows. A strip takes in all cells in the order of the network, so the sums of
//! interference are the same whatever the number of threads, and the same for a part of the raster as for the whole.

use std::sync::{Arc, LazyLock};

use geodesy::tile_grid::{Grid, PixelWindow};

use crate::Quantity;
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
    /// Boresight, in 1/65,536 of a turn.
    pub azimuth: u16,
    /// The antenna.
    pub pattern: Arc<PatternTable>,
    /// What the level changes over each kind of ground cover, dB; `None` = nothing.
    pub offsets: Option<CoverOffsets>,
    /// The most that ground cover adds to the level, dB.
    pub greatest_offset_db: f32,
}

/// Corrections of the level by the ground cover under the receiver.
#[derive(Debug, Clone)]
pub struct CoverOffsets {
    /// Kind of every pixel of the engine's raster, as an index of [`crate::ClutterKind::ALL`].
    pub kinds: Arc<Grid<u8>>,
    /// dB by kind.
    pub offsets_db: [f32; 4],
}

impl CoverOffsets {
    /// The most that any kind of ground cover adds, not less than nothing.
    pub fn greatest_db(&self) -> f32 {
        self.offsets_db.iter().copied().fold(0.0, f32::max)
    }

    #[inline(always)]
    fn at(&self, column: u32, row: u32) -> f32 {
        let window = &self.kinds.window;
        let kind = window
            .index(column.wrapping_sub(window.column), row.wrapping_sub(window.row))
            .and_then(|at| self.kinds.values.get(at));
        kind.and_then(|&kind| self.offsets_db.get(usize::from(kind)))
            .copied()
            .unwrap_or(0.0)
    }
}

impl CellOnRaster {
    /// Signal at a pixel of the path loss, dBm; `None` outside the radius or below the floor.
    pub fn signal_dbm(&self, loss: &PathLoss, pixel: usize) -> Option<f32> {
        let code = *loss.losses.get(self.band)?.get(pixel)?;
        if code > self.greatest_code() {
            return None;
        }
        let mut signal = self.signal(code, *loss.bearings.get(pixel)?, *loss.departures.get(pixel)?);
        if self.offsets.is_some() {
            signal += self.cover_offset_db(loss, pixel);
        }
        (signal >= FLOOR_DBM).then_some(signal)
    }

    /// What the ground cover under a pixel of the path loss adds to the level, dB.
    pub fn cover_offset_db(&self, loss: &PathLoss, pixel: usize) -> f32 {
        let (column, row) = (pixel as u32 % loss.window.columns, pixel as u32 / loss.window.columns);
        let offsets = self.offsets.as_ref();
        offsets.map_or(0.0, |offsets| {
            offsets.at(loss.window.column + column, loss.window.row + row)
        })
    }

    /// Losses above this code leave nothing over the floor, whatever the antenna does.
    fn greatest_code(&self) -> u16 {
        ((self.level_dbm + self.greatest_offset_db - FLOOR_DBM) / PathLoss::LOSS_STEP_DB as f32)
            .clamp(0.0, f32::from(PathLoss::OUTSIDE - 1)) as u16
    }

    #[inline(always)]
    fn signal(&self, code: u16, bearing: u16, departure: i16) -> f32 {
        let level = self.level_dbm - f32::from(code) * PathLoss::LOSS_STEP_DB as f32;
        let elevation_deg = f32::from(departure) * PathLoss::ANGLE_STEP_DEG as f32;
        level
            - self
                .pattern
                .attenuation_db(bearing.wrapping_sub(self.azimuth), elevation_deg)
    }
}

/// One strip of rows of the raster.
#[derive(Debug)]
pub struct Strip {
    /// Its pixels.
    pub window: PixelWindow,
    /// Per plane, the best server of each pixel ([`Best`] packed); empty until a cell reaches the strip.
    planes: Vec<Vec<u32>>,
    /// Per channel, sum of received power per resource element, mW; empty until a cell reaches the strip.
    totals_mw: Vec<Vec<f32>>,
}

/// The best server of one plane at one pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Best {
    /// Its signal, as a code of [`Quantity::Signal`].
    pub signal: u16,
    /// Its index within the plane.
    pub server: u16,
}

impl Best {
    /// Greater for stronger signals, and of equal ones for the cell that comes first; 0 stands for none.
    #[inline(always)]
    fn packed(signal: u16, server: u16) -> u32 {
        ((u32::from(signal) + 1) << 16) | u32::from(u16::MAX - server)
    }

    #[inline(always)]
    fn unpacked(packed: u32) -> Option<Self> {
        (packed != 0).then(|| Self {
            signal: ((packed >> 16) - 1) as u16,
            server: u16::MAX - packed as u16,
        })
    }
}

impl Strip {
    /// Empty strips that cover a window.
    pub fn cover(window: &PixelWindow, planes: usize, channels: usize) -> Vec<Self> {
        (0..window.rows)
            .step_by(STRIP_ROWS as usize)
            .map(|row| Self {
                window: PixelWindow {
                    row: window.row + row,
                    rows: STRIP_ROWS.min(window.rows - row),
                    ..*window
                },
                planes: vec![Vec::new(); planes],
                totals_mw: vec![Vec::new(); channels],
            })
            .collect()
    }

    /// Pixels of the strip.
    pub fn len(&self) -> usize {
        self.window.len()
    }

    /// Adds one cell.
    pub fn add(&mut self, cell: &CellOnRaster, loss: &PathLoss) {
        let Some(shared) = self.window.intersection(&loss.window) else {
            return;
        };
        let pixels = self.len();
        let (Some(plane), Some(total), Some(codes)) = (
            self.planes.get_mut(cell.plane),
            self.totals_mw.get_mut(cell.channel),
            loss.losses.get(cell.band),
        ) else {
            return;
        };
        if plane.is_empty() {
            *plane = vec![0; pixels];
        }
        if total.is_empty() {
            *total = vec![0.0; pixels];
        }
        let width = shared.columns as usize;
        for row in shared.row..shared.row + shared.rows {
            let to = start(&self.window, shared.column, row);
            let from = start(&loss.window, shared.column, row);
            let (Some(best), Some(total)) = (plane.get_mut(to..to + width), total.get_mut(to..to + width)) else {
                return;
            };
            let (Some(codes), Some(bearings), Some(departures)) = (
                codes.get(from..from + width),
                loss.bearings.get(from..from + width),
                loss.departures.get(from..from + width),
            ) else {
                return;
            };
            pulp::Arch::new().dispatch(AddRow {
                cell,
                place: (shared.column, row),
                codes,
                bearings,
                departures,
                best,
                total,
            });
        }
    }

    /// Whether any cell of a plane reaches the strip.
    pub fn is_reached(&self, plane: usize) -> bool {
        self.planes.get(plane).is_some_and(|best| !best.is_empty())
    }

    /// The best server of a plane at a pixel of the strip.
    #[inline(always)]
    pub fn best(&self, plane: usize, pixel: usize) -> Option<Best> {
        Best::unpacked(*self.planes.get(plane)?.get(pixel)?)
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

/// Pixels that are worked out together.
const LANES: usize = 16;

/// Adding one cell to a row of pixels, compiled for the widest vector instructions of this machine, none of which changes a
/// bit of the result.
struct AddRow<'a> {
    cell: &'a CellOnRaster,
    /// Column and row of the first pixel in the whole world.
    place: (u32, u32),
    codes: &'a [u16],
    bearings: &'a [u16],
    departures: &'a [i16],
    best: &'a mut [u32],
    total: &'a mut [f32],
}

impl pulp::WithSimd for AddRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let (codes, last_codes) = self.codes.as_chunks::<LANES>();
        let (bearings, last_bearings) = self.bearings.as_chunks::<LANES>();
        let (departures, last_departures) = self.departures.as_chunks::<LANES>();
        let (best, last_best) = self.best.as_chunks_mut::<LANES>();
        let (total, last_total) = self.total.as_chunks_mut::<LANES>();
        let (mut column, row) = self.place;
        let sources = codes.iter().zip(bearings).zip(departures);
        for (((codes, bearings), departures), (best, total)) in sources.zip(best.iter_mut().zip(total)) {
            let there = There {
                codes,
                bearings,
                departures,
                place: (column, row),
            };
            self.cell.add(&there, best, total);
            column += LANES as u32;
        }
        if last_codes.is_empty() {
            return;
        }
        let (mut best, mut total) = (padded(last_best, 0), padded(last_total, 0.0));
        let there = There {
            codes: &padded(last_codes, PathLoss::OUTSIDE),
            bearings: &padded(last_bearings, 0),
            departures: &padded(last_departures, 0),
            place: (column, row),
        };
        self.cell.add(&there, &mut best, &mut total);
        last_best.copy_from_slice(&best[..last_best.len()]);
        last_total.copy_from_slice(&total[..last_total.len()]);
    }
}

/// Fewer than [`LANES`] values, filled up.
fn padded<T: Copy>(values: &[T], filler: T) -> [T; LANES] {
    let mut lanes = [filler; LANES];
    lanes[..values.len()].copy_from_slice(values);
    lanes
}

/// Path loss and directions at pixels in a row.
struct There<'a> {
    codes: &'a [u16; LANES],
    bearings: &'a [u16; LANES],
    departures: &'a [i16; LANES],
    /// Column and row of the first one in the whole world.
    place: (u32, u32),
}

impl CellOnRaster {
    #[inline(always)]
    fn add(&self, there: &There<'_>, best: &mut [u32; LANES], total: &mut [f32; LANES]) {
        let pattern = &*self.pattern;
        let mut levels = [0.0_f32; LANES];
        let mut azimuths = [0_u32; LANES];
        let mut most = [0.0_f32; LANES];
        for lane in 0..LANES {
            levels[lane] = self.level_dbm - f32::from(there.codes[lane]) * PathLoss::LOSS_STEP_DB as f32;
            azimuths[lane] = PatternTable::nearest_azimuth(there.bearings[lane].wrapping_sub(self.azimuth));
            most[lane] = levels[lane] - pattern.least_db(azimuths[lane]);
        }
        let floor_dbm = FLOOR_DBM - self.greatest_offset_db;
        let mut reached = 0;
        for &most in &most {
            reached |= u32::from(most >= floor_dbm);
        }
        if reached == 0 {
            return;
        }
        let mut signals = [0.0_f32; LANES];
        for lane in 0..LANES {
            let elevation = pattern.elevation(f32::from(there.departures[lane]) * PathLoss::ANGLE_STEP_DEG as f32);
            signals[lane] = levels[lane] - pattern.at(azimuths[lane], elevation);
        }
        if let Some(offsets) = &self.offsets {
            let (column, row) = there.place;
            for (signal, column) in signals.iter_mut().zip(column..) {
                *signal += offsets.at(column, row);
            }
        }
        let (base_dbm, step_db) = Quantity::Signal.quantisation();
        let per_step = 1.0 / step_db;
        let milliwatts: &[f32; 65_536] = &MILLIWATTS;
        // One loop for each thing: together they would not become vector code.
        let mut received = [0_u32; LANES];
        for lane in 0..LANES {
            // As `Layer::encode`, without its call for rounding.
            let code = ((signals[lane] - base_dbm) * per_step + 0.5) as i32 as u32 & 0xffff;
            let heard = (signals[lane] >= FLOOR_DBM) & (there.codes[lane] != PathLoss::OUTSIDE);
            received[lane] = code & 0_u32.wrapping_sub(u32::from(heard));
        }
        for lane in 0..LANES {
            let heard = 0_u32.wrapping_sub(u32::from(received[lane] != 0));
            let packed = Best::packed(received[lane] as u16, self.index) & heard;
            best[lane] = best[lane].max(packed);
        }
        for lane in 0..LANES {
            total[lane] += milliwatts[(received[lane] & 0xffff) as usize];
        }
    }
}

/// Index in `window` of the pixel at a column and row of the whole world.
fn start(window: &PixelWindow, column: u32, row: u32) -> usize {
    (row - window.row) as usize * window.columns as usize + (column - window.column) as usize
}

/// mW by signal code; nothing at code 0 (−300 dBm).
static MILLIWATTS: LazyLock<Box<[f32; 65_536]>> = LazyLock::new(|| {
    let (base, step) = Quantity::Signal.quantisation();
    let mut table = Box::new([0.0; 65_536]);
    for (code, value) in (0_u16..).zip(table.iter_mut()).skip(1) {
        *value = milliwatts(base + f32::from(code) * step);
    }
    table
});

/// mW of a level in dBm.
#[inline(always)]
pub fn milliwatts(dbm: f32) -> f32 {
    crate::sweep::exponential(f64::from(dbm) * (std::f64::consts::LN_10 / 10.0)) as f32
}

/// mW of a signal code.
#[inline(always)]
pub fn milliwatts_of_code(code: u16) -> f32 {
    MILLIWATTS[usize::from(code)]
}

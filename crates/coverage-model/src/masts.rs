//! Antenna positions and the path loss around each: computed once, then read from the cache.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use terrain::GroundPatch;

use crate::cache::{Entry, Key};
use crate::layers::Groups;
use crate::radius::radius_m;
use crate::sweep::{Antenna, PathLoss, SweepSettings, TAIL, Terrain, exact_site, free_space_site, sweep_site};
use crate::{Engine, Method, Model, Transmitter, Warning, warnings};

/// How far below the threshold cells are still followed, dB.
const BELOW_THRESHOLD_DB: f64 = 8.0;
/// Cells are followed as far as the strongest of their power class would reach, so that a change of power within the class
/// needs no propagation: classes end at 7, 17, 27, 37 … dBm per resource element.
const POWER_CLASS_DB: f64 = 10.0;
const POWER_CLASS_END_DBM: f64 = 7.0;

/// What names an antenna position: longitude, latitude and height, bit for bit.
pub(crate) type MastKey = [u64; 3];

/// How far each antenna position is computed, m.
pub(crate) type Radii = HashMap<MastKey, f64>;

/// One antenna position with the bands that are on it.
#[derive(Debug)]
pub(crate) struct Mast {
    pub site_code: String,
    pub position: LonLat,
    pub height_m: f64,
    pub radius_m: f64,
    pub frequencies_mhz: Vec<f64>,
    /// Transmitters on it, with the index of their band.
    pub cells: Vec<(usize, usize)>,
}

impl Mast {
    /// What names the antenna position.
    pub fn key(&self) -> MastKey {
        key_of(self.position, self.height_m)
    }

    /// The mast with some of its cells only, and the bands that they need.
    pub fn with_cells(mut self, keep: impl Fn(usize) -> bool) -> Self {
        let all = std::mem::take(&mut self.frequencies_mhz);
        let cells = std::mem::take(&mut self.cells);
        for (index, band) in cells.into_iter().filter(|&(index, _)| keep(index)) {
            if let Some(&frequency_mhz) = all.get(band) {
                let band = self.band(frequency_mhz);
                self.cells.push((index, band));
            }
        }
        self
    }

    /// The index of a band, which is added when it is new.
    fn band(&mut self, frequency_mhz: f64) -> usize {
        let known = self.frequencies_mhz.iter().position(|&f| f == frequency_mhz);
        known.unwrap_or_else(|| {
            self.frequencies_mhz.push(frequency_mhz);
            self.frequencies_mhz.len() - 1
        })
    }

    /// The pixels of the raster within the mast's radius.
    pub fn window(&self, raster: &PixelWindow) -> Option<PixelWindow> {
        PixelWindow::covering(Bounds::around_circle(self.position, self.radius_m), raster.zoom).intersection(raster)
    }
}

/// Whether the model holds at a cell's frequency.
fn in_range(transmitter: &Transmitter) -> bool {
    (30.0..=6000.0).contains(&transmitter.frequency_mhz)
}

/// Antenna height as the model takes it, m.
fn height_m(transmitter: &Transmitter) -> f64 {
    transmitter.antenna_height_m.clamp(1.0, 3000.0)
}

fn key_of(position: LonLat, height_m: f64) -> MastKey {
    [position.lon_deg, position.lat_deg, height_m].map(f64::to_bits)
}

impl Engine<'_> {
    /// How far antenna positions are computed: as far as the link budget of any cell there reaches, those included that are
    /// off in a scenario or of a technology that is not asked for, so that switching them needs no propagation.
    pub(crate) fn radii(&self, transmitters: &[Transmitter]) -> Radii {
        let mut radii = Radii::new();
        let mut radius_of: HashMap<[u64; 4], f64> = HashMap::new();
        for transmitter in transmitters.iter().filter(|cell| in_range(cell)) {
            let height_m = height_m(transmitter);
            let level_dbm = self.parameters().thresholds.of(transmitter.technology) - BELOW_THRESHOLD_DB;
            let classes = ((transmitter.eirp_per_re_dbm - POWER_CLASS_END_DBM) / POWER_CLASS_DB).ceil();
            let eirp_per_re_dbm = POWER_CLASS_END_DBM + POWER_CLASS_DB * classes;
            let kind = [eirp_per_re_dbm, transmitter.frequency_mhz, height_m, level_dbm].map(f64::to_bits);
            let radius_m = *radius_of.entry(kind).or_insert_with(|| {
                let strongest = Transmitter {
                    eirp_per_re_dbm,
                    ..transmitter.clone()
                };
                radius_m(&strongest, level_dbm, self.parameters())
            });
            let radius = radii.entry(key_of(transmitter.position, height_m)).or_insert(0.0);
            *radius = radius.max(radius_m);
        }
        radii
    }

    /// Antenna positions in the order of their first cell. `radii` are those of the whole network.
    pub(crate) fn masts(
        &self,
        transmitters: &[Transmitter],
        groups: &Groups,
        radii: &Radii,
        warnings: &mut Vec<Warning>,
    ) -> Vec<Mast> {
        let mut masts: Vec<Mast> = Vec::new();
        let mut index_of: HashMap<MastKey, usize> = HashMap::new();
        for (index, transmitter) in transmitters.iter().enumerate() {
            if groups.of_cell[index].0 == usize::MAX {
                continue;
            }
            if !in_range(transmitter) {
                warnings.push(warnings::frequency_outside(transmitter));
                continue;
            }
            let height_m = height_m(transmitter);
            let key = key_of(transmitter.position, height_m);
            let slot = *index_of.entry(key).or_insert_with(|| {
                masts.push(Mast {
                    site_code: transmitter.site_code.clone(),
                    position: transmitter.position,
                    height_m,
                    radius_m: radii.get(&key).copied().unwrap_or_default(),
                    frequencies_mhz: Vec::new(),
                    cells: Vec::new(),
                });
                masts.len() - 1
            });
            let mast = &mut masts[slot];
            let band = mast.band(transmitter.frequency_mhz);
            mast.cells.push((index, band));
        }
        masts
    }

    /// Path loss around a mast on all its bands, and what is to be said about its ground. Bands that the cache holds are
    /// read; the others are computed from one sweep and kept.
    pub(crate) fn path_loss(&self, mast: &Mast) -> (Option<PathLoss>, Option<Warning>) {
        let settings = SweepSettings {
            tx_height_m: mast.height_m,
            ..self.parameters().sweep_settings(mast.position.lat_deg)
        };
        let identified = self.cache.is_some() && self.ground_identity.is_some();
        let mut patch = if identified { None } else { self.patch_around(mast) };
        let names = self.cache.as_ref().map(|_| self.names(mast, &settings, patch.as_ref()));
        let cached = self.cache.as_ref().zip(names.as_ref());
        let angles = cached.and_then(|(cache, names)| cache.get(&names.angles));
        let mut bands: Vec<Option<Vec<u16>>> = vec![None; mast.frequencies_mhz.len()];
        if let (Some((cache, names)), Some(_)) = (cached, &angles) {
            for (band, name) in bands.iter_mut().zip(&names.bands) {
                *band = cache.get(name).and_then(|entry| entry.planes.into_iter().next());
            }
        }
        let missing: Vec<usize> = (0..bands.len()).filter(|&band| bands[band].is_none()).collect();
        let mut loss = angles.and_then(from_angles);
        if !missing.is_empty() {
            if identified {
                patch = self.patch_around(mast);
            }
            let ground = SweptGround {
                patch: patch.as_ref(),
                cover: self.parameters().clutter,
            };
            let frequencies: Vec<f64> = missing.iter().map(|&band| mast.frequencies_mhz[band]).collect();
            let Some(mut fresh) = self.compute(mast, &ground, &frequencies, &settings) else {
                return (None, Some(warnings::outside_raster(&mast.site_code)));
            };
            for (codes, &band) in std::mem::take(&mut fresh.losses).into_iter().zip(&missing) {
                let entry = entry_of(&fresh, vec![codes]);
                if let Some((cache, names)) = cached {
                    cache.put(&names.bands[band], &entry);
                }
                bands[band] = entry.planes.into_iter().next();
            }
            if let Some((cache, names)) = cached.filter(|_| loss.is_none()) {
                cache.put(&names.angles, &angles_of(&fresh));
            }
            loss = Some(fresh);
        }
        let Some(mut loss) = loss else { return (None, None) };
        loss.losses = bands.into_iter().flatten().collect();
        let pixels = loss.window.len();
        if loss.losses.iter().any(|codes| codes.len() != pixels) {
            return (None, None);
        }
        let warning = if !loss.ground_known {
            Some(warnings::no_terrain(&mast.site_code))
        } else if loss.missing_heights > 0 {
            Some(warnings::incomplete_terrain(&mast.site_code))
        } else {
            None
        };
        (Some(loss), warning)
    }

    /// Path loss around a mast computed anew and kept nowhere.
    pub(crate) fn fresh_path_loss(&self, mast: &Mast) -> Option<PathLoss> {
        let settings = SweepSettings {
            tx_height_m: mast.height_m,
            ..self.parameters().sweep_settings(mast.position.lat_deg)
        };
        let patch = self.patch_around(mast);
        let ground = SweptGround {
            patch: patch.as_ref(),
            cover: self.parameters().clutter,
        };
        self.compute(mast, &ground, &mast.frequencies_mhz, &settings)
    }

    fn patch_around(&self, mast: &Mast) -> Option<GroundPatch> {
        let margin_m = 2.0 * self.parameters().profile_step_m + 100.0;
        self.ground
            .patch(Bounds::around_circle(mast.position, mast.radius_m + margin_m))
            .ok()
    }

    fn compute(
        &self,
        mast: &Mast,
        ground: &SweptGround<'_>,
        frequencies_mhz: &[f64],
        settings: &SweepSettings,
    ) -> Option<PathLoss> {
        let antenna = Antenna {
            position: mast.position,
            radius_m: mast.radius_m,
        };
        self.propagations.fetch_add(1, Ordering::Relaxed);
        let raster = self.window();
        match (self.parameters().model, self.parameters().method) {
            (Model::FreeSpace, _) => free_space_site(&antenna, ground, raster, frequencies_mhz, settings),
            (Model::P1812, Method::Sweep) => sweep_site(&antenna, ground, raster, frequencies_mhz, settings),
            (Model::P1812, Method::Exact) => exact_site(&antenna, ground, raster, frequencies_mhz, settings),
        }
    }

    /// The cache's names of a mast's bands over a ground with a name.
    pub(crate) fn loss_names(&self, mast: &Mast, settings: &SweepSettings) -> Vec<Key> {
        self.names(mast, settings, None).bands
    }

    /// The cache's names of a mast's angles and bands: everything that the numbers depend on. The ground is named by its
    /// identity where that is known, else by its samples.
    fn names(&self, mast: &Mast, settings: &SweepSettings, patch: Option<&GroundPatch>) -> Names {
        let mut all = blake3::Hasher::new();
        all.update(concat!("path loss, ", env!("CARGO_PKG_VERSION")).as_bytes());
        all.update(
            format!(
                "{:?} {:?} {settings:?} tail {TAIL} {:?} cover {}",
                self.parameters().model,
                self.parameters().method,
                self.window(),
                self.parameters().clutter
            )
            .as_bytes(),
        );
        for number in [mast.position.lon_deg, mast.position.lat_deg, mast.radius_m] {
            all.update(&number.to_bits().to_le_bytes());
        }
        if let Some(identity) = &self.ground_identity {
            all.update(b"ground ").update(identity.as_bytes());
        } else if let Some(patch) = patch {
            all.update(format!("{:?} {:?}", patch.elevation.bounds(), patch.elevation.size()).as_bytes());
            hash_heights(&mut all, patch.elevation.heights_m());
            if let Some(clutter) = patch.clutter.as_ref().filter(|_| self.parameters().clutter) {
                all.update(b"clutter");
                hash_heights(&mut all, clutter.heights_m());
            }
        }
        let of_band = |frequency_mhz: &f64| all.clone().update(&frequency_mhz.to_bits().to_le_bytes()).finalize();
        Names {
            angles: all.clone().update(b"angles").finalize(),
            bands: mast.frequencies_mhz.iter().map(of_band).collect(),
        }
    }
}

/// Names of the entries of one mast.
struct Names {
    angles: Key,
    bands: Vec<Key>,
}

fn entry_of(loss: &PathLoss, planes: Vec<Vec<u16>>) -> Entry {
    Entry {
        window: loss.window,
        ground_known: loss.ground_known,
        missing_heights: loss.missing_heights,
        planes,
    }
}

fn angles_of(loss: &PathLoss) -> Entry {
    let departures = loss.departures.iter().map(|&code| code as u16).collect();
    entry_of(loss, vec![departures, loss.bearings.clone()])
}

/// A path loss without its bands.
fn from_angles(entry: Entry) -> Option<PathLoss> {
    let [departures, bearings] = <[Vec<u16>; 2]>::try_from(entry.planes).ok()?;
    Some(PathLoss {
        window: entry.window,
        losses: Vec::new(),
        departures: departures.into_iter().map(|code| code as i16).collect(),
        bearings,
        ground_known: entry.ground_known,
        missing_heights: entry.missing_heights,
    })
}

fn hash_heights(hasher: &mut blake3::Hasher, heights_m: &[f32]) {
    let mut bytes = Vec::with_capacity(4096);
    for chunk in heights_m.chunks(1024) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|height| height.to_le_bytes()));
        hasher.update(&bytes);
    }
}

/// A ground patch as the sweep wants it; without a patch nothing is known.
struct SweptGround<'a> {
    patch: Option<&'a GroundPatch>,
    cover: bool,
}

impl Terrain for SweptGround<'_> {
    #[inline(always)]
    fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        match self.patch {
            Some(patch) => patch.height_m(lon_deg, lat_deg),
            None => f32::NAN,
        }
    }

    #[inline(always)]
    fn cover_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        match self.patch {
            Some(patch) => patch.clutter_height_m(lon_deg, lat_deg),
            None => 0.0,
        }
    }

    // No closures here: they would be compiled on their own, without the sweep's vector instructions.
    #[inline(always)]
    fn heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        match self.patch {
            Some(patch) => patch.heights_along(first, step_deg),
            None => [f32::NAN; N],
        }
    }

    #[inline(always)]
    fn covers_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        match self.patch {
            Some(patch) => patch.clutter_heights_along(first, step_deg),
            None => [0.0; N],
        }
    }

    fn has_cover(&self) -> bool {
        self.cover && self.patch.is_some_and(|patch| patch.clutter.is_some())
    }
}

//! From strips to layers: signal, probability, best server, SINR, throughput; per operator and for any.

use std::collections::BTreeMap;

use geodata::Technology;
use geodesy::tile_grid::PixelWindow;
use propagation::link::coverage_probability::point_probability;
use propagation::link::quality::noise_per_resource_element_dbm;
use propagation::link::throughput::{Duplex, ThroughputModel};
use propagation::link::{Carrier, RadioAccess};
use rayon::prelude::*;

use crate::planes::{STRIP_ROWS, milliwatts};
use crate::signals::{PlaneSignals, interference_mw};
use crate::{CoverageParameters, Layer, Quantity, Transmitter};

/// How the cells are grouped: planes (technology × operator) and channels (plane × frequency).
#[derive(Debug, Default)]
pub struct Groups {
    /// Planes in order of technology and operator.
    pub planes: Vec<PlaneGroup>,
    /// Channels.
    pub channels: Vec<ChannelGroup>,
    /// Per transmitter: plane, channel, index within the plane.
    pub of_cell: Vec<(usize, usize, u16)>,
}

/// One technology of one operator.
#[derive(Debug)]
pub struct PlaneGroup {
    /// Technology.
    pub technology: Technology,
    /// Operator.
    pub operator: String,
    /// Cell codes by index.
    pub cells: Vec<String>,
    /// Channel of each cell.
    pub channel_of: Vec<u32>,
}

/// One frequency of a plane.
#[derive(Debug)]
pub struct ChannelGroup {
    /// Plane and frequency in 100 kHz.
    key: (usize, u64),
    /// Noise of the terminal per resource element, mW.
    noise_mw: f32,
    /// Throughput in Mbit/s by SINR code (−20 … 60 dB in steps of 0.1 dB).
    throughput_mbps: Vec<f32>,
}

const SINR_FLOOR_DB: f32 = -20.0;
const SINR_TOP_DB: f32 = 60.0;
const SINR_STEP_DB: f32 = 0.1;

impl Groups {
    /// Groups of the transmitters whose technology is asked for; others have no plane (`usize::MAX`).
    pub fn new(transmitters: &[Transmitter], parameters: &CoverageParameters) -> Self {
        let mut groups = Self::default();
        let mut planes: BTreeMap<(Technology, &str), usize> = BTreeMap::new();
        for transmitter in transmitters {
            if parameters.technologies.contains(&transmitter.technology) {
                planes.insert((transmitter.technology, &transmitter.operator), 0);
            }
        }
        for (index, (&(technology, operator), plane)) in planes.iter_mut().enumerate() {
            *plane = index;
            let operator = operator.to_owned();
            groups.planes.push(PlaneGroup {
                technology,
                operator,
                cells: Vec::new(),
                channel_of: Vec::new(),
            });
        }
        let mut channels: BTreeMap<(usize, u64), usize> = BTreeMap::new();
        for transmitter in transmitters {
            let Some(&plane) = planes.get(&(transmitter.technology, transmitter.operator.as_str())) else {
                groups.of_cell.push((usize::MAX, 0, 0));
                continue;
            };
            // Carriers less than 50 kHz apart are one channel.
            let key = (plane, (transmitter.frequency_mhz * 10.0).round() as u64);
            let channel = *channels.entry(key).or_insert_with(|| {
                groups.channels.push(ChannelGroup::new(key, transmitter, parameters));
                groups.channels.len() - 1
            });
            let group = &mut groups.planes[plane];
            let index = group.cells.len().min(usize::from(u16::MAX) - 1) as u16;
            group.cells.push(transmitter.cell_code.clone());
            group.channel_of.push(channel as u32);
            groups.of_cell.push((plane, channel, index));
        }
        groups
    }
}

impl Groups {
    /// Whether planes and channels are the same, whatever the cells.
    pub fn alike(&self, other: &Self) -> bool {
        let planes = |groups: &Self| -> Vec<(Technology, String)> {
            let names = groups
                .planes
                .iter()
                .map(|plane| (plane.technology, plane.operator.clone()));
            names.collect()
        };
        let channels = |groups: &Self| -> BTreeMap<(usize, u64), (u32, Vec<u32>)> {
            let bits = |channel: &ChannelGroup| channel.throughput_mbps.iter().map(|x| x.to_bits()).collect();
            let of = |channel: &ChannelGroup| (channel.key, (channel.noise_mw.to_bits(), bits(channel)));
            groups.channels.iter().map(of).collect()
        };
        let (mine, theirs) = (channels(self), channels(other));
        let shared = mine
            .iter()
            .all(|(key, value)| theirs.get(key).is_none_or(|other| other == value));
        planes(self) == planes(other) && shared
    }
}

impl ChannelGroup {
    fn new(key: (usize, u64), transmitter: &Transmitter, parameters: &CoverageParameters) -> Self {
        let (access, spacing_khz, layers, duplex) = match transmitter.technology {
            Technology::G5 if transmitter.frequency_mhz > 2300.0 => {
                (RadioAccess::NrFr1, 30, 4, Duplex::TDD_DDDSU_DOWNLINK)
            }
            Technology::G5 => (RadioAccess::NrFr1, 15, 2, Duplex::Fdd),
            _ => (RadioAccess::Lte, 15, 2, Duplex::Fdd),
        };
        let noise_dbm = noise_per_resource_element_dbm(spacing_khz, parameters.noise_figure_db);
        let model = ThroughputModel::downlink(access, layers, duplex);
        let carrier = Carrier::new(access, transmitter.bandwidth_mhz, spacing_khz).ok();
        let steps = ((SINR_TOP_DB - SINR_FLOOR_DB) / SINR_STEP_DB) as usize + 1;
        // 2G and 3G carry voice and little data: no throughput is claimed for them.
        let broadband = matches!(transmitter.technology, Technology::G4 | Technology::G5);
        let throughput_mbps = (0..steps)
            .map(|step| {
                let sinr_db = f64::from(SINR_FLOOR_DB + step as f32 * SINR_STEP_DB);
                match &carrier {
                    Some(carrier) if broadband => (model.bits_per_second(carrier, sinr_db).0 / 1e6) as f32,
                    _ => f32::NAN,
                }
            })
            .collect();
        Self {
            key,
            noise_mw: milliwatts(noise_dbm as f32),
            throughput_mbps,
        }
    }

    fn throughput(&self, sinr_db: f32) -> f32 {
        let step = ((sinr_db.clamp(SINR_FLOOR_DB, SINR_TOP_DB) - SINR_FLOOR_DB) / SINR_STEP_DB).round() as usize;
        self.throughput_mbps.get(step).copied().unwrap_or(f32::NAN)
    }
}

/// The quantities of which there is a layer, in their order.
const QUANTITIES: [Quantity; 5] = [
    Quantity::Signal,
    Quantity::Probability,
    Quantity::BestServer,
    Quantity::Sinr,
    Quantity::Throughput,
];

/// Every layer of the run: per technology any operator first, then the operators by name. `signals` are those of the planes,
/// in their order.
pub fn layers(
    signals: Vec<PlaneSignals>,
    groups: &Groups,
    window: &PixelWindow,
    parameters: &CoverageParameters,
) -> Vec<Layer> {
    let mut technologies: Vec<Technology> = groups.planes.iter().map(|plane| plane.technology).collect();
    technologies.dedup();
    let mut signals: Vec<Option<PlaneSignals>> = signals.into_iter().map(Some).collect();
    let mut layers = Vec::new();
    for technology in technologies {
        let of_operators: Vec<Layer> = signals
            .iter_mut()
            .enumerate()
            .filter(|(plane, _)| groups.planes[*plane].technology == technology)
            .filter_map(|(plane, signals)| Some((plane, signals.take()?)))
            .flat_map(|(plane, signals)| operator_layers(signals, groups, plane, window, parameters))
            .collect();
        let operators: Vec<&Layer> = of_operators.iter().collect();
        layers.extend(any_operator(&operators, window));
        layers.extend(of_operators);
    }
    layers
}

/// The layers of one technology of one operator.
pub fn operator_layers(
    signals: PlaneSignals,
    groups: &Groups,
    plane: usize,
    window: &PixelWindow,
    parameters: &CoverageParameters,
) -> Vec<Layer> {
    let Some(group) = groups.planes.get(plane) else {
        return Vec::new();
    };
    let judge = Judge {
        groups,
        group,
        load: parameters.load as f32,
    };
    let pixels = window.len();
    let [mut probability, mut sinr, mut throughput] = std::array::from_fn(|_| vec![Layer::NO_DATA; pixels]);
    let probabilities = probability_by_signal(group.technology, parameters);
    let strip_pixels = (STRIP_ROWS * window.columns).max(1) as usize;
    probability
        .par_chunks_mut(strip_pixels)
        .zip(sinr.par_chunks_mut(strip_pixels))
        .zip(throughput.par_chunks_mut(strip_pixels))
        .zip(signals.signal.par_chunks(strip_pixels))
        .zip(signals.server.par_chunks(strip_pixels))
        .zip(signals.interference.par_chunks(strip_pixels))
        .for_each(
            |(((((probability, sinr), throughput), signal), server), interference)| {
                let sources = signal.iter().zip(server).zip(interference);
                let targets = probability.iter_mut().zip(sinr).zip(throughput);
                for (((&signal, &server), &interference), ((probability, sinr), throughput)) in sources.zip(targets) {
                    if signal == Layer::NO_DATA {
                        continue;
                    }
                    let Some((sinr_db, mbps)) = judge.quality(signal, server, interference) else {
                        continue;
                    };
                    *probability = probabilities[usize::from(signal)];
                    *sinr = Layer::encode(Quantity::Sinr, sinr_db);
                    *throughput = Layer::encode(Quantity::Throughput, mbps);
                }
            },
        );
    let layer = |(quantity, codes)| Layer {
        technology: group.technology,
        operator: Some(group.operator.clone()),
        quantity,
        window: *window,
        codes,
        cells: if quantity == Quantity::BestServer {
            group.cells.clone()
        } else {
            Vec::new()
        },
    };
    let codes = [signals.signal, probability, signals.server, sinr, throughput];
    QUANTITIES.into_iter().zip(codes).map(layer).collect()
}

/// The layers of any operator on `part` of the raster, from the layers of one technology's operators: server by signal (of
/// equal ones the first operator's); signal, probability, SINR and throughput the greatest that any operator offers.
pub fn any_operator(operators: &[&Layer], part: &PixelWindow) -> Vec<Layer> {
    let of = |quantity: Quantity| -> Vec<&Layer> {
        let of_quantity = operators.iter().filter(|layer| layer.quantity == quantity);
        of_quantity.copied().collect()
    };
    let layer = |quantity, codes, cells| {
        operators.first().map(|first| Layer {
            technology: first.technology,
            operator: None,
            quantity,
            window: *part,
            codes,
            cells,
        })
    };
    let signals = of(Quantity::Signal);
    let combined = QUANTITIES.map(|quantity| {
        let sources = of(quantity);
        if quantity == Quantity::BestServer {
            let cells = sources.iter().flat_map(|layer| layer.cells.iter().cloned()).collect();
            layer(quantity, servers(&signals, &sources, part), cells)
        } else {
            layer(quantity, greatest(&sources, part), Vec::new())
        }
    });
    combined.into_iter().flatten().collect()
}

/// The pixels of a row of `part` in a layer that covers it; `row` counts from the part's first.
fn row_of<'l>(layer: &'l Layer, part: &PixelWindow, row: usize) -> &'l [u16] {
    let row = (part.row - layer.window.row) as usize + row;
    let from = row * layer.window.columns as usize + (part.column - layer.window.column) as usize;
    layer.codes.get(from..from + part.columns as usize).unwrap_or(&[])
}

/// The greatest code of any of the layers at every pixel; no data only where none has any.
fn greatest(layers: &[&Layer], part: &PixelWindow) -> Vec<u16> {
    let mut codes = vec![Layer::NO_DATA; part.len()];
    let rows = codes.par_chunks_mut((part.columns as usize).max(1)).enumerate();
    rows.for_each(|(row, best)| {
        for layer in layers {
            for (best, &code) in best.iter_mut().zip(row_of(layer, part, row)) {
                // No data is the least when everything is one more.
                let (a, b) = (best.wrapping_add(1), code.wrapping_add(1));
                *best = (if b > a { b } else { a }).wrapping_sub(1);
            }
        }
    });
    codes
}

/// The cell of the strongest operator at every pixel; the operators' cells stand one after the other.
fn servers(signals: &[&Layer], servers: &[&Layer], part: &PixelWindow) -> Vec<u16> {
    let width = (part.columns as usize).max(1);
    let mut codes = vec![Layer::NO_DATA; part.len()];
    codes.par_chunks_mut(width).enumerate().for_each(|(row, codes)| {
        let mut strongest = vec![0_u16; width];
        let mut before = 0;
        for (signal, server) in signals.iter().zip(servers) {
            let sources = row_of(signal, part, row).iter().zip(row_of(server, part, row));
            for ((code, strongest), (&signal, &server)) in codes.iter_mut().zip(&mut strongest).zip(sources) {
                let signal = signal.wrapping_add(1);
                if signal > *strongest {
                    *strongest = signal;
                    *code = (before + usize::from(server)).min(usize::from(Layer::NO_DATA)) as u16;
                }
            }
            before += server.cells.len();
        }
    });
    codes
}

/// What the signals of one plane are worth under a load.
struct Judge<'a> {
    groups: &'a Groups,
    group: &'a PlaneGroup,
    load: f32,
}

impl Judge<'_> {
    /// SINR (dB) and throughput (Mbit/s); `None` for a server that the plane does not have.
    #[inline]
    fn quality(&self, signal: u16, server: u16, interference: u16) -> Option<(f32, f32)> {
        let channel = *self.group.channel_of.get(usize::from(server))? as usize;
        let channel = self.groups.channels.get(channel)?;
        let disturbance_mw = self.load * interference_mw(interference) + channel.noise_mw;
        let (base_dbm, step_db) = Quantity::Signal.quantisation();
        let sinr_db = base_dbm + f32::from(signal) * step_db - 10.0 * disturbance_mw.log10();
        Some((sinr_db, channel.throughput(sinr_db)))
    }
}

/// Probability code by signal code.
fn probability_by_signal(technology: Technology, parameters: &CoverageParameters) -> Vec<u16> {
    let threshold_dbm = parameters.thresholds.of(technology);
    let (base, step) = Quantity::Signal.quantisation();
    let sigma_db = parameters.sigma_db();
    (0..=u16::MAX)
        .map(|code| {
            let median_dbm = f64::from(base) + f64::from(code) * f64::from(step);
            let probability = point_probability(median_dbm, threshold_dbm, sigma_db);
            Layer::encode(Quantity::Probability, probability as f32)
        })
        .collect()
}

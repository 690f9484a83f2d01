/** A small invented province for working on the page without the service. Nothing here is real. */

const WEST = 105.1, SOUTH = 17.95, EAST = 106.35, NORTH = 18.75;
export const bounds = [WEST, SOUTH, EAST, NORTH];

function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = generator(7);
const first = ['Kỳ', 'Hương', 'Thạch', 'Cẩm', 'Đức', 'Can', 'Nghi', 'Vũng', 'Sơn', 'Toàn'];
const second = ['Anh', 'Khê', 'Hà', 'Xuyên', 'Thọ', 'Lộc', 'Xuân', 'Áng', 'Tây', 'Lưu'];

/** Ground height, m: mountains in the west, plain in the east. */
export function heightM(lon, lat) {
  const west = Math.max(0, 1 - (lon - WEST) / 0.75);
  return 1400 * west ** 1.5 * (0.6 + 0.4 * Math.sin(lon * 41) * Math.cos(lat * 37)) + 40 * (1 + Math.sin(lon * 90 + lat * 70));
}

const COLUMNS = Number(process.env.MOCK_COLUMNS ?? 10), ROWS = Number(process.env.MOCK_ROWS ?? 7);
const corner = (i, j) => [
  WEST + ((EAST - WEST) * i) / COLUMNS + (i % COLUMNS ? 0.24 * ((EAST - WEST) / COLUMNS) * Math.sin(i * 3 + j * 5) : 0),
  SOUTH + ((NORTH - SOUTH) * j) / ROWS + (j % ROWS ? 0.22 * ((NORTH - SOUTH) / ROWS) * Math.cos(i * 7 + j * 2) : 0),
];
const feature = (geometry, properties) => ({ type: 'Feature', id: properties.code, geometry, properties });
const collection = (features) => ({ type: 'FeatureCollection', features });

export const communes = collection(Array.from({ length: COLUMNS * ROWS }, (_, n) => {
  const i = n % COLUMNS, j = Math.floor(n / COLUMNS);
  const ring = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1), corner(i, j)];
  return feature({ type: 'Polygon', coordinates: [ring] }, { code: String(18001 + n), name: `${n % 9 === 4 ? 'Phường' : 'Xã'} ${first[(i * 3 + j) % 10]} ${second[(j * 4 + i) % 10]}`, kind: 'commune' });
}));

export const zones = collection(Array.from({ length: 12 }, (_, n) => {
  const lon = 105.75 + random() * 0.5, lat = SOUTH + 0.08 + random() * 0.62, size = n < 2 ? 0.05 : 0.014;
  const ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size * 0.7], [lon, lat + size * 0.7], [lon, lat]];
  const kind = n < 2 ? 'economic_zone' : n < 6 ? 'industrial_park' : 'industrial_cluster';
  return feature({ type: 'Polygon', coordinates: [ring] }, { code: `Z${n + 1}`, name: `${{ economic_zone: 'KKT', industrial_park: 'KCN', industrial_cluster: 'CCN' }[kind]} ${first[n % 10]} ${second[(n + 3) % 10]}`, kind });
}));

function somewhere(east) {
  const lon = WEST + (EAST - WEST) * (1 - random() ** east);
  return [lon, SOUTH + (NORTH - SOUTH) * random()];
}
const OPERATORS = ['Viettel', 'VNPT', 'MobiFone'];
export const sites = collection(Array.from({ length: Number(process.env.MOCK_SITES ?? 900) }, (_, n) => {
  const owner = OPERATORS[n % 3];
  const shared = random() < 0.16;
  const has5g = random() < 0.05;
  return feature({ type: 'Point', coordinates: somewhere(2.2) }, {
    code: `HT${String(n + 1).padStart(4, '0')}`, name: `Trạm ${n + 1}`, owner, operators: shared ? [owner, OPERATORS[(n + 1) % 3]] : [owner],
    technologies: has5g ? ['4g', '5g'] : ['4g'], mast_type: 'A2b', mast_height_m: 42,
  });
}));
export const cells = collection(sites.features.flatMap((site) => site.properties.operators.flatMap((operator) => [0, 120, 240].map((azimuth) =>
  feature(site.geometry, { code: `${site.properties.code}-${operator}-${azimuth}`, operator, technology: '4g', azimuth_deg: azimuth + 20, horizontal_beamwidth_deg: 65 })))));
export const places = collection(Array.from({ length: 1900 }, (_, n) => feature({ type: 'Point', coordinates: somewhere(1.5) }, {
  code: `V${n + 1}`, name: `Thôn ${second[n % 10]} ${(n % 14) + 1}`, kind: 'village', population: 80 + Math.floor(random() * 900),
})));
for (const place of places.features) {
  const [lon, lat] = place.geometry.coordinates;
  const i = Math.min(COLUMNS - 1, Math.floor(((lon - WEST) / (EAST - WEST)) * COLUMNS)), j = Math.min(ROWS - 1, Math.floor(((lat - SOUTH) / (NORTH - SOUTH)) * ROWS));
  place.properties.commune_code = communes.features[j * COLUMNS + i].properties.code;
}

const side = 0.06;
const buckets = new Map();
for (const site of sites.features) {
  const key = site.geometry.coordinates.map((value) => Math.floor(value / side)).join();
  buckets.set(key, [...(buckets.get(key) ?? []), site]);
}

/** A made-up signal, dBm: falls with distance and with height; -150 where nothing is near. */
export function signalDbm(lon, lat, technology, operator) {
  let best = -150, server = null;
  const x = Math.floor(lon / side), y = Math.floor(lat / side);
  for (let dx = -1; dx <= 1; dx += 1) for (let dy = -1; dy <= 1; dy += 1) for (const site of buckets.get(`${x + dx},${y + dy}`) ?? []) {
    if (!site.properties.technologies.includes(technology)) continue;
    if (operator !== 'any' && !site.properties.operators.includes(operator)) continue;
    const [a, b] = site.geometry.coordinates;
    const km = Math.hypot((lon - a) * 105.5, (lat - b) * 111) + 0.05;
    const dbm = -58 - 34 * Math.log10(km) - Math.abs(heightM(lon, lat) - heightM(a, b)) / 14;
    if (dbm > best) { best = dbm; server = site.properties.code; }
  }
  return { dbm: best, server };
}

/**
 * A stand-in for `phusong serve`, for working on the page alone: `npm run mock`, then `npm run dev`.
 * It also serves `dist` under a strict content security policy. Development only.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { tile } from './png.mjs';
import { roomAnswer } from './rooms.mjs';
import { bounds, cells, communes, heightM, places, signalDbm, sites, zones } from './province.mjs';

const PORT = Number(process.env.PORT ?? 8080);
const DIST = process.env.MOCK_DIST ?? join(import.meta.dirname, '..', 'dist');
const CSP = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'";
const collections = { communes, zones, places, sites };
const now = () => new Date().toISOString();
const short = (text) => [...text].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7).toString(16).padStart(8, '0').repeat(4);
const THRESHOLD = -105;
const STOPS = [[-120, 68, 1, 84], [-110, 59, 82, 139], [-100, 33, 145, 140], [-90, 94, 201, 98], [-80, 190, 220, 60], [-70, 253, 231, 37]];

const dataset = (kind, rows, name) => ({ kind, version: 1, rows, name, created_at: now() });
const projects = [{
  id: 'demo', name: 'Tỉnh mẫu', synthetic: true, created_at: now(), bounds, latest_coverage_run: null, latest_plan_run: null,
  datasets: [dataset('areas', communes.features.length, 'xa.geojson'), dataset('sites', sites.features.length, 'tram.xlsx'), dataset('zones', zones.features.length, 'khu.geojson'),
    dataset('places', places.features.length, 'thon.geojson'), dataset('terrain', 1, 'do-cao.tif'), dataset('population', 1, 'dan-so.tif')],
}];
const runs = [], jobs = [], imports = [];

const problem = (status, code, vi, en, todo) => ({ status, body: { type: 'about:blank', title: code, status, code, detail_vi: vi, detail_en: en, where: 'tram.csv, dòng 1', what_to_do_vi: todo, what_to_do_en: 'Add the missing columns.' } });

function inside([lon, lat], ring) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i], [bx, by] = ring[j];
    if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

function areaRows(areas, technology, operator) {
  const steps = areas.features.length > 500 ? 5 : 14;
  return areas.features.map((area) => {
    const ring = area.geometry.coordinates[0];
    const box = [Math.min(...ring.map((p) => p[0])), Math.min(...ring.map((p) => p[1])), Math.max(...ring.map((p) => p[0])), Math.max(...ring.map((p) => p[1]))];
    let all = 0, covered = 0;
    for (let a = 0.5; a < steps; a += 1) for (let b = 0.5; b < steps; b += 1) {
      const at = [box[0] + ((box[2] - box[0]) * a) / steps, box[1] + ((box[3] - box[1]) * b) / steps];
      if (!inside(at, ring)) continue;
      all += 1;
      if (signalDbm(at[0], at[1], technology, operator).dbm >= THRESHOLD) covered += 1;
    }
    const km2 = (box[2] - box[0]) * 105.5 * (box[3] - box[1]) * 111 * (all / steps ** 2);
    const within = places.features.filter((place) => inside(place.geometry.coordinates, ring));
    const people = within.reduce((sum, place) => sum + place.properties.population, 0);
    const served = within.filter((place) => signalDbm(...place.geometry.coordinates, technology, operator).dbm >= THRESHOLD);
    const coveredPeople = served.reduce((sum, place) => sum + place.properties.population, 0);
    const share = (part, whole) => (whole > 0 ? (100 * part) / whole : null);
    return { area_code: area.properties.code, name: area.properties.name, kind: area.properties.kind, technology, operator: operator === 'any' ? null : operator, km2, covered_km2: (km2 * covered) / all, people, covered_people: coveredPeople, places: within.length, served_places: served.length, area_percent: share(covered, all), people_percent: share(coveredPeople, people), places_percent: share(served.length, within.length) };
  });
}

/** Thousands of communes and masts take half a minute: counted once, and before the first question. */
const counted = new Map();
function knownAreaRows(kind, technology, operator) {
  const key = `${kind}/${technology}/${operator}`;
  if (!counted.has(key)) counted.set(key, areaRows(kind === 'zone' ? zones : communes, technology, operator));
  return counted.get(key);
}
for (const kind of ['commune', 'zone']) knownAreaRows(kind, '4g', 'any');

function placeRows(technology, operator) {
  const names = new Map(communes.features.map((area) => [area.properties.code, area.properties.name]));
  return places.features.map((place, n) => {
    const { dbm, server } = signalDbm(...place.geometry.coordinates, technology, operator);
    const served = dbm >= THRESHOLD;
    return { place_code: place.properties.code, name: place.properties.name, kind: 'village', commune: names.get(place.properties.commune_code), population: place.properties.population, served, signal_dbm: dbm > -150 ? dbm : null, margin_db: dbm > -150 ? dbm - THRESHOLD : null, best_cell: server, village_class: served ? (n % 17 === 0 ? 'hollow' : 'served') : 'white' };
  });
}

function candidates(run) {
  const wanted = placeRows(run.parameters.technology ?? '5g', 'any').filter((row) => !row.served).sort((a, b) => b.population - a.population).slice(0, run.parameters.actions);
  const actions = ['upgrade', 'co_locate', 'upgrade', 'new_tower', 'pole_small_cell'];
  return { type: 'FeatureCollection', features: wanted.map((row, n) => {
    const place = places.features.find((one) => one.properties.code === row.place_code);
    const people = Math.round(2400 / (1 + n / 8));
    return { type: 'Feature', geometry: place.geometry, properties: { rank: n + 1, id: `${actions[n % 5]}:Viettel:${n}`, action: actions[n % 5], operator: ['Viettel', 'VNPT', 'MobiFone'][n % 3], site_code: n % 5 === 3 ? null : `HT${String(n + 11).padStart(4, '0')}`, commune_code: place.properties.commune_code, zone_codes: n % 6 === 0 ? ['Z1'] : [], capital_million_vnd: [380, 450, 380, 1100, 160][n % 5], gain: { people, value: people, villages: [{ code: row.place_code, name: row.name }], places: [], zone_km2: 0 }, lost_without: { people: people * 0.8, villages: [], places: [] }, cost_per_person_million_vnd: 0.4, runner_up: { id: 'upgrade:VNPT:HT0099', difference: -35 }, reason_vi: `Thêm ${people} người có sóng, 1 thôn (${row.name})`, reason_en: `${people} more people with signal, 1 village (${row.name})` } };
  }) };
}

function startJob(kind, project, seconds, finish) {
  const job = { id: `job-${jobs.length + 1}`, kind, project, status: 'running', progress: { fraction: 0, stage_vi: 'Quét địa hình quanh 900 cột', stage_en: 'Sweeping terrain around 900 masts', eta_seconds: seconds }, created_at: now() };
  jobs.unshift(job);
  const began = Date.now();
  const timer = setInterval(() => {
    const fraction = (Date.now() - began) / 1000 / seconds;
    if (job.status === 'cancelled') clearInterval(timer);
    else if (fraction >= 1) { clearInterval(timer); job.progress.fraction = 1; job.result = finish(); job.status = 'succeeded'; }
    else Object.assign(job.progress, { fraction, eta_seconds: seconds * (1 - fraction) }, kind === 'plan' ? { objective: 20000 * fraction ** 0.3, bound: 26000 - 4000 * fraction } : {});
  }, 250);
  return job;
}

function report() {
  const rows = Array.from({ length: 40 }, (_, n) => ({ file: 'tram.xlsx', sheet: 'Viettel', row: n + 2, status: n % 9 === 4 ? 'rejected' : n % 5 === 2 ? 'repaired' : 'accepted', issues: n % 9 === 4 ? [{ column: 'Kinh độ', code: 'outside_province', message_vi: 'Điểm nằm ngoài tỉnh 42 km', message_en: 'The point lies 42 km outside the province', from: '107,93', to: null }] : n % 5 === 2 ? [{ column: 'Kinh độ', code: 'swapped', message_vi: '18,3428 giống vĩ độ; đã đổi chỗ kinh độ và vĩ độ', message_en: '18.3428 looks like a latitude; swapped', from: '18,3428', to: '105,9012' }] : [] }));
  const count = (status) => rows.filter((row) => row.status === status).length;
  return { rows_in: 40, accepted: count('accepted'), repaired: count('repaired'), rejected: count('rejected'), crs: { epsg: 9209, message_vi: 'VN-2000 / TM-3 105°30′: 39/40 điểm rơi đúng xã khai báo', message_en: 'VN-2000 / TM-3 105°30′: 39/40 points fall in their commune' }, rows };
}

const lonOf = (x, z) => (x / 2 ** z) * 360 - 180;
const latOf = (y, z) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;

/** Tiles are made once, and coarsely: drawing them would else take the processor from the browser that is measured. */
const drawnTiles = new Map();
function raster(name, z, x, y, paint) {
  const key = `${name}/${z}/${x}/${y}`;
  if (!drawnTiles.has(key)) drawnTiles.set(key, tile((column, row) => paint(lonOf(x + column / 256, z), latOf(y + row / 256, z)), name === 'ground' ? 1 : 4));
  return drawnTiles.get(key);
}
function shade(lon, lat) {
  const step = 0.004;
  const slope = (heightM(lon + step, lat) - heightM(lon - step, lat) + heightM(lon, lat - step) - heightM(lon, lat + step)) / 900;
  const grey = Math.max(90, Math.min(250, 222 + slope * 90));
  return lon > 106.35 || lon < 105.1 || lat < 17.95 || lat > 18.75 ? [0, 0, 0, 0] : [grey, grey, grey - 6, 255];
}
function signalColour(dbm) {
  if (dbm < THRESHOLD) return [0, 0, 0, 0];
  const at = Math.max(1, STOPS.findIndex((stop) => stop[0] > dbm));
  const [a, b] = dbm >= -70 ? [STOPS[5], STOPS[5]] : [STOPS[at - 1], STOPS[at]];
  const part = a === b ? 0 : (dbm - a[0]) / (b[0] - a[0]);
  return [1, 2, 3].map((k) => Math.round(a[k] + (b[k] - a[k]) * part)).concat(255);
}

const hex = ([, r, g, b]) => `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
function layers(run) {
  return ['4g', '5g'].flatMap((technology) => ['any', 'Viettel', 'VNPT', 'MobiFone'].map((operator) => ({ key: `${technology}-${operator}-signal`, technology, operator: operator === 'any' ? null : operator, quantity: 'signal', unit: 'dBm', legend: STOPS.map((stop) => ({ value: stop[0], color: hex(stop) })), threshold: THRESHOLD, tiles: `/api/projects/demo/runs/${run}/tiles/${technology}-${operator}-signal/{z}/{x}/{y}.png` })));
}

function finishCoverage(parameters) {
  const run = { id: short(`c${runs.length}`), kind: 'coverage', created_at: now(), parameters: { model: 'p1812', zoom: 12, edge_probability: 0.9, thresholds: { '4g': THRESHOLD, '5g': THRESHOLD }, ...parameters }, summary: {}, stale: false };
  runs.unshift(run);
  return { run: run.id };
}
function finishPlan(parameters) {
  const run = { id: short(`p${runs.length}`), kind: 'plan', created_at: now(), parameters, summary: {}, stale: false };
  const found = candidates(run).features;
  run.summary = { objective: 24100, bound: 24700, status: 'feasible', totals: { actions: found.length, in_zones: found.filter((one) => one.properties.zone_codes.length).length, people: found.reduce((sum, one) => sum + one.properties.gain.people, 0), villages: found.length, capital_million_vnd: found.reduce((sum, one) => sum + one.properties.capital_million_vnd, 0) } };
  runs.unshift(run);
  return { run: run.id };
}
if (!process.env.MOCK_NO_RUN) finishCoverage({});
if (process.env.MOCK_PLAN) finishPlan({ actions: 60 });

function answer(method, url, body) {
  const path = url.pathname;
  const q = Object.fromEntries(url.searchParams);
  let m;
  const room = roomAnswer(method, path, q, body);
  if (room !== undefined) return room;
  if (path === '/api/version') return { version: '0.0.0-mock' };
  if (path === '/api/projects' && method === 'GET') return projects;
  if (path === '/api/projects') { const made = { id: `p${projects.length}`, name: body.name, synthetic: false, created_at: now(), bounds: null, datasets: [], latest_coverage_run: null, latest_plan_run: null }; projects.push(made); return made; }
  if (path === '/api/demo') return startJob('demo', 'demo', 3, () => ({ project: 'demo' }));
  if (path === '/api/jobs') return jobs.filter((job) => !q.project || job.project === q.project);
  if ((m = /^\/api\/jobs\/([^/]+)$/.exec(path))) { const job = jobs.find((one) => one.id === m[1]); if (method === 'DELETE') job.status = 'cancelled'; return job; }
  if (/^\/ogc\/[^/]+\/collections\/cells\/items$/.test(path)) { const [w, s, e, n] = (q.bbox ?? '-180,-90,180,90').split(',').map(Number); return { type: 'FeatureCollection', features: cells.features.filter(({ geometry: { coordinates: [x, y] } }) => x >= w && x <= e && y >= s && y <= n) }; }
  if (/\/footprints\//.test(path)) return { type: 'FeatureCollection', features: [] };
  if ((m = /^\/ogc\/[^/]+\/collections\/(\w+)\/items$/.exec(path))) return collections[m[1]] ?? { type: 'FeatureCollection', features: [] };
  if (!(m = /^\/api\/projects\/([^/]+)(.*)$/.exec(path))) return null;
  const project = projects.find((one) => one.id === m[1]);
  const rest = m[2];
  if (!project) return problem(404, 'project_not_found', 'Không có dự án này.', 'There is no such project.', 'Chọn dự án khác.');
  if (rest === '') return project;
  if (rest === '/imports' && method === 'POST') {
    if (q.kind === 'zones') return problem(422, 'missing_columns', 'Tệp thiếu cột mã và tên khu.', 'The file has no code and name columns.', 'Thêm hai cột “Mã” và “Tên” rồi nạp lại.');
    const record = { id: `i${imports.length + 1}`, kind: q.kind, status: 'awaiting_commit', report: report() };
    imports.push(record);
    return record;
  }
  if (rest === '/imports') return imports;
  if ((m = /^\/imports\/(\w+)(\/commit)?$/.exec(rest))) {
    const record = imports.find((one) => one.id === m[1]);
    if (m[2]) { record.status = 'committed'; project.datasets = [...project.datasets.filter((one) => one.kind !== record.kind), dataset(record.kind, 36, 'tram.xlsx')]; project.bounds ??= bounds; }
    else if (method === 'DELETE') record.status = 'discarded';
    return record;
  }
  if (rest === '/coverage-runs') return startJob('coverage', project.id, 6, () => finishCoverage(body));
  if (rest === '/plan-runs') return startJob('plan', project.id, 6, () => finishPlan(body));
  if (rest === '/runs') return project.id === 'demo' ? runs.filter((run) => run.kind === q.kind) : [];
  if (rest === '/path') { const [[a, b], [c, d]] = [q.from, q.to].map((one) => one.split(',').map(Number)); const n = 200; const at = (k) => [a + ((c - a) * k) / n, b + ((d - b) * k) / n]; const km = Math.hypot((c - a) * 105.5, (d - b) * 111); return { distance_m: Array.from({ length: n + 1 }, (_, k) => (km * 1000 * k) / n), height_m: Array.from({ length: n + 1 }, (_, k) => heightM(...at(k))), clutter_m: Array.from({ length: n + 1 }, (_, k) => (k % 40 < 25 ? 12 : 0)) }; }
  if ((m = /^\/runs\/(\w+)\/(areas|places|layers|candidates|point)$/.exec(rest))) {
    const operator = q.operator ?? 'any';
    if (m[2] === 'layers') return layers(m[1]);
    if (m[2] === 'areas') return { rows: knownAreaRows(q.kind === 'zone' ? 'zone' : 'commune', q.technology, operator), totals: null, parameters: {} };
    if (m[2] === 'places') return { rows: placeRows(q.technology, operator) };
    if (m[2] === 'candidates') return candidates(runs.find((run) => run.id === m[1]));
    const [lon, lat] = [Number(q.lon), Number(q.lat)];
    return { lon, lat, height_m: heightM(lon, lat), layers: ['4g', '5g'].flatMap((technology) => ['any', 'Viettel', 'VNPT', 'MobiFone'].map((one) => { const { dbm, server } = signalDbm(lon, lat, technology, one); return { technology, operator: one === 'any' ? null : one, signal_dbm: dbm > -150 ? dbm : null, sinr_db: 8.2, throughput_mbps: 61, best_cell: server, served: dbm >= THRESHOLD }; })) };
  }
  return null;
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://local');
  const send = (status, type, data) => { response.writeHead(status, { 'content-type': type, 'content-security-policy': CSP, ...(type === 'image/png' ? { 'cache-control': 'max-age=3600' } : {}) }); response.end(data); };
  let m;
  if ((m = /\/hillshade\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(url.pathname))) return send(200, 'image/png', raster('ground', +m[1], +m[2], +m[3], shade));
  if ((m = /\/tiles\/(\w+)-(\w+)-signal\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(url.pathname))) return send(200, 'image/png', raster(`${m[1]}-${m[2]}`, +m[3], +m[4], +m[5], (lon, lat) => signalColour(signalDbm(lon, lat, m[1], m[2]).dbm)));
  if ((m = /^\/api\/jobs\/([^/]+)\/events$/.exec(url.pathname))) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => { const job = jobs.find((one) => one.id === m[1]); response.write(`event: job\ndata: ${JSON.stringify(job)}\n\n`); if (!['queued', 'running'].includes(job?.status)) { clearInterval(timer); response.end(); } }, 300);
    request.on('close', () => clearInterval(timer));
    return undefined;
  }
  if (url.pathname.startsWith('/api/') || url.pathname.startsWith('/ogc/')) {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const isJson = request.headers['content-type']?.startsWith('application/json');
      const result = answer(request.method, url, isJson ? JSON.parse(Buffer.concat(parts).toString() || '{}') : {});
      if (result === null && request.method === 'DELETE') return send(204, 'application/json', '');
      if (result === null || result === undefined) return send(404, 'application/problem+json', JSON.stringify(problem(404, 'not_found', 'Không có.', 'Not found.', '').body));
      if (result?.body && result.status) return send(result.status, 'application/problem+json', JSON.stringify(result.body));
      return send(200, 'application/json', JSON.stringify(result));
    });
    return undefined;
  }
  const asked = normalize(join(DIST, url.pathname === '/' ? 'index.html' : url.pathname));
  const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
  if (!asked.startsWith(DIST) || !existsSync(asked)) return send(404, 'text/plain', 'not found');
  response.writeHead(200, { 'content-type': types[extname(asked)] ?? 'application/octet-stream', 'content-security-policy': CSP });
  return createReadStream(asked).pipe(response);
}).listen(PORT, '127.0.0.1', () => console.log(`mock service on http://127.0.0.1:${PORT}`));

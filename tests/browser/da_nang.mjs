// A project on real ground: the communes, terrain, places and land use of Da Nang, with a site list made on them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const files = {
  communes: 'communes_2025/full/communes_48_da_nang.geojson',
  terrain: 'terrain/vn_30m_clips_lora/danang_30m.tif',
  places: 'places/places_da_nang.csv',
  landUse: 'landcover/osm_landuse_danang/landuse_danang.geojson',
  population: 'population/vnm_ppp_2020_1km_Aggregated_UNadj.tif',
};

/** Bounds of the terrain clip, degrees: west, south, east, north. */
const clip = [108.08, 15.87, 108.32, 16.12];

const rings = (geometry) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates);

function inRing([x, y], ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Whether a position lies in a polygon or multipolygon: even-odd rule, the plainest there is. */
export const inside = (position, geometry) =>
  rings(geometry).some(([outer, ...holes]) => inRing(position, outer) && !holes.some((hole) => inRing(position, hole)));

/** Area of a geometry in km², on the sphere of WGS 84's authalic radius. */
export function areaKm2(geometry) {
  const radius = 6371.0072;
  const sine = (degrees) => Math.sin((degrees * Math.PI) / 180);
  const ringArea = (ring) =>
    Math.abs(ring.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = ring[(i + 1) % ring.length];
      return sum + ((nextX - x) * Math.PI) / 180 * (2 + sine(y) + sine(nextY));
    }, 0)) * radius ** 2 / 2;
  return rings(geometry).reduce((sum, [outer, ...holes]) => sum + ringArea(outer) - holes.reduce((all, hole) => all + ringArea(hole), 0), 0);
}

const insideClip = ([x, y], margin = 0) =>
  x > clip[0] + margin && x < clip[2] - margin && y > clip[1] + margin && y < clip[3] - margin;

/** Writes the communes that lie wholly on the terrain clip; gives their features. */
export function communes(data, folder) {
  const all = JSON.parse(readFileSync(join(data, files.communes), 'utf8'));
  const onClip = all.features.filter((feature) => rings(feature.geometry).flat(2).every((vertex) => insideClip(vertex)));
  const path = join(folder, 'xa_phuong_da_nang.geojson');
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: onClip }));
  return { path, features: onClip };
}

/** Writes a site list with one mast every 1.5 km or so where there is a commune; every fourth is shared, every fifth has 5G. */
export function siteList(features, folder, { outside = 0 } = {}) {
  const operators = ['Viettel', 'VNPT', 'MobiFone'];
  const lines = ['Mã trạm,Tên trạm,Doanh nghiệp,Kinh độ,Vĩ độ,Chiều cao cột (m),Loại cột,Công nghệ'];
  let count = 0;
  for (let y = clip[1] + 0.004; y < clip[3]; y += 0.014) {
    for (let x = clip[0] + 0.004; x < clip[2]; x += 0.014) {
      const feature = features.find((candidate) => inside([x, y], candidate.geometry));
      if (!feature) continue;
      count += 1;
      const technology = count % 5 === 0 ? '4G/5G' : '4G';
      lines.push(`DN${String(count).padStart(4, '0')},${feature.properties.name} ${count},${operators[count % 3]},${x.toFixed(6)},${y.toFixed(6)},42,A2b,${technology}`);
    }
  }
  for (let extra = 1; extra <= outside; extra += 1) {
    lines.push(`XA${extra},Ngoài địa bàn ${extra},Viettel,105.8${extra},21.0${extra},42,A2b,4G`);
  }
  const path = join(folder, 'vi_tri_tram.csv');
  writeFileSync(path, lines.join('\r\n'));
  return { path, count, rows: count + outside };
}

/** Writes the named places on the communes as points; gives how many. */
export function places(data, features, folder) {
  const [header, ...rows] = readFileSync(join(data, files.places), 'utf8').trim().split(/\r?\n/);
  const columns = header.split(',');
  const at = (name) => columns.indexOf(name);
  const kept = rows
    .map((row) => row.split(','))
    .map((row) => ({ name: row[at('name_vi')] || row[at('name')], position: [Number(row[at('lon')]), Number(row[at('lat')])], code: row[at('geonameid')] }))
    .filter(({ position }) => features.some((feature) => inside(position, feature.geometry)));
  const path = join(folder, 'thon_to_dan_pho.geojson');
  const points = kept.map(({ name, position, code }) => ({ type: 'Feature', properties: { code, name, kind: 'village' }, geometry: { type: 'Point', coordinates: position } }));
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: points }));
  return { path, count: kept.length };
}

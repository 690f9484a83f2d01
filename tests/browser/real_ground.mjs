// Projects on real ground: communes, terrain, places and people of two provinces, with site lists made on them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A province of the test data. `clip` bounds what is used of it (degrees: west, south, east, north); masts of the site list stand on a
 * lattice `spacing` degrees apart.
 */
export const daNang = {
  code: 'DN',
  files: {
    communes: 'communes_2025/full/communes_48_da_nang.geojson',
    terrain: 'terrain/vn_30m_clips_lora/danang_30m.tif',
    places: 'places/places_da_nang.csv',
    landUse: 'landcover/osm_landuse_danang/landuse_danang.geojson',
    population: 'population/vnm_ppp_2020_1km_Aggregated_UNadj.tif',
  },
  clip: [108.08, 15.87, 108.32, 16.12],
  spacing: 0.014,
};

/** All of Ha Tinh. There is no open terrain for it: the demo's synthetic elevation, which lies at its place, stands in. */
export const haTinh = {
  code: 'HT',
  files: {
    communes: 'communes_2025/full/communes_42_ha_tinh.geojson',
    places: 'places/places_ha_tinh.csv',
    population: 'population/vnm_ppp_2020_1km_Aggregated_UNadj.tif',
  },
  clip: [105, 17.8, 106.6, 18.9],
  spacing: 0.055,
};

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

const insideClip = ([x, y], clip) => x > clip[0] && x < clip[2] && y > clip[1] && y < clip[3];

/** Writes the communes that lie wholly in the province's clip; gives their features. */
export function communes(data, folder, province) {
  const all = JSON.parse(readFileSync(join(data, province.files.communes), 'utf8'));
  const kept = all.features.filter((feature) => rings(feature.geometry).flat(2).every((vertex) => insideClip(vertex, province.clip)));
  const path = join(folder, 'xa_phuong.geojson');
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: kept }));
  return { path, features: kept };
}

/** Writes a site list with a mast at each lattice point in a commune; every fifth has 5G. `outside` rows more stand near Hanoi. */
export function siteList(features, folder, { code, clip, spacing }, { outside = 0 } = {}) {
  const operators = ['Viettel', 'VNPT', 'MobiFone'];
  const lines = ['Mã trạm,Tên trạm,Doanh nghiệp,Kinh độ,Vĩ độ,Chiều cao cột (m),Loại cột,Công nghệ'];
  let count = 0;
  for (let y = clip[1] + 0.004; y < clip[3]; y += spacing) {
    for (let x = clip[0] + 0.004; x < clip[2]; x += spacing) {
      const feature = features.find((candidate) => inside([x, y], candidate.geometry));
      if (!feature) continue;
      count += 1;
      const technology = count % 5 === 0 ? '4G/5G' : '4G';
      lines.push(`${code}${String(count).padStart(4, '0')},${feature.properties.name} ${count},${operators[count % 3]},${x.toFixed(6)},${y.toFixed(6)},42,A2b,${technology}`);
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
export function places(data, features, folder, province) {
  const [header, ...rows] = readFileSync(join(data, province.files.places), 'utf8').trim().split(/\r?\n/);
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

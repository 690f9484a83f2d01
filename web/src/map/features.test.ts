import { describe, expect, it } from 'vitest';
import type { PlaceRow } from '../api/types';
import { palettes } from './palette';
import { ghostOf, labels, listOf, operatorsAt, reportFeatures, sectors, shownPlaces, shownSites, type Collection, type Feature } from './features';

const point = (properties: Record<string, unknown>): Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [105, 18] }, properties });
const collect = (...features: Feature[]): Collection => ({ type: 'FeatureCollection', features });
const symbols = (collection: Collection) => collection.features.map((feature) => feature.properties?.symbol);

describe('lists in properties', () => {
  it('reads arrays, JSON text and separated text', () => {
    expect(listOf(['4g', '5g'])).toEqual(['4g', '5g']);
    expect(listOf('["4g","5g"]')).toEqual(['4g', '5g']);
    expect(listOf('2G/3G, 4G')).toEqual(['2G', '3G', '4G']);
    expect([listOf(null), listOf(''), listOf('[broken')]).toEqual([[], [], []]);
  });
});

describe('sites on the map', () => {
  const sites = collect(
    point({ code: 'a', owner: 'Viettel', operators: ['Viettel', 'VNPT'], technologies: ['4g'] }),
    point({ code: 'b', owner: 'MobiFone', technologies: '4G,5G' }),
    point({ code: 'c', owner: 'Gtel' }),
  );

  it('marks shared masts and unknown operators', () => {
    expect(symbols(shownSites(sites, 'any', null))).toEqual(['site-shared', 'site-MobiFone', 'site-other']);
    expect(operatorsAt(sites.features[1]!)).toEqual(['MobiFone']);
  });

  it('shows one operator and one technology', () => {
    expect(symbols(shownSites(sites, 'VNPT', '4g'))).toEqual(['site-VNPT']);
    expect(symbols(shownSites(sites, 'any', '5g'))).toEqual(['site-MobiFone', 'site-other']);
  });
});

describe('villages on the map', () => {
  const places = collect(point({ code: 'v1', kind: 'village' }), point({ code: 'v2' }), point({ code: 's', kind: 'school' }));

  it('draws classes of the run and leaves other kinds out', () => {
    const rows = [{ place_code: 'v1', served: false, village_class: 'hollow' }] as PlaceRow[];
    expect(symbols(shownPlaces(places, rows))).toEqual(['village-hollow', 'village-unknown']);
    expect(symbols(shownPlaces(places, null))).toEqual(['village-unknown', 'village-unknown']);
  });

  it('falls back to served or not where the run gives no class', () => {
    const rows = [{ place_code: 'v1', served: false, village_class: null }, { place_code: 'v2', served: true, village_class: null }] as PlaceRow[];
    expect(symbols(shownPlaces(places, rows))).toEqual(['village-white', 'village-served']);
  });
});

it('labels every feature that has a place', () => {
  expect(labels(collect(point({ name: 'Kỳ Anh', code: '1' }), { type: 'Feature', geometry: null as never, properties: {} })).features).toHaveLength(1);
});

it('draws cells of the chosen technology and operator as sectors, omnidirectional ones as rings', () => {
  const cells = collect(
    point({ operator: 'Viettel', technology: '4g', azimuth_deg: 120, horizontal_beamwidth_deg: 65 }),
    point({ operator: 'VNPT', technology: '4g', azimuth_deg: null }),
    point({ operator: 'VNPT', technology: '5g', azimuth_deg: 0 }),
  );
  const drawn = sectors(cells, 'any', '4g', palettes.light).features;
  expect(drawn.map((one) => one.properties?.colour)).toEqual([palettes.light.operators.Viettel, palettes.light.operators.VNPT]);
  const ring = (one: Feature) => (one.geometry as GeoJSON.Polygon).coordinates[0]!;
  expect(ring(drawn[0]!)[0]).toEqual([105, 18]);
  expect(ring(drawn[1]!)).not.toContainEqual([105, 18]);
  expect(sectors(cells, 'VNPT', '5g', palettes.light).features).toHaveLength(1);
});

it('shows the newest report of each village that has a place', () => {
  const report = (place: string, finding: string, at: string, position: [number, number] | null = [105, 18]) =>
    ({ id: at, place_code: place, place_name: place, position, finding, operators: [], download_mbps: null, note: '', observed_at: at, who: 'x', received_at: at }) as never;
  const drawn = reportFeatures([report('a', 'no_signal', '2026-01-02'), report('a', 'good', '2026-01-01'), report('b', 'weak', '2026-01-01', null)]);
  expect(drawn.features.map((one) => one.properties)).toEqual([{ code: 'a', finding: 'no_signal', name: 'a' }]);
});

it('draws what came second beside the chosen candidate', () => {
  const ghost = ghostOf(point({ action: 'new_tower', runner_up: { id: 'upgrade:S1', position: [105.5, 18.2] } }));
  expect(ghost.features.map((one) => one.geometry.type)).toEqual(['LineString', 'Point']);
  expect(ghost.features[1]!.properties).toEqual({ action: 'upgrade' });
  expect(ghostOf(point({ action: 'new_tower', runner_up: null })).features).toEqual([]);
  expect(ghostOf(null).features).toEqual([]);
});

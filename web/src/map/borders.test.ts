import { describe, expect, it } from 'vitest';
import { borders, namedFrom } from './borders';
import type { Collection } from './features';

const square = (west: number, south: number): GeoJSON.Feature => ({
  type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]] },
});
const collect = (...features: GeoJSON.Feature[]): Collection => ({ type: 'FeatureCollection', features });
const edges = (collection: Collection) => collection.features.flatMap(({ geometry }) => (geometry as GeoJSON.MultiLineString).coordinates.flatMap((line) => line.slice(1).map((to, index) => [line[index]!.join(), to.join()].sort().join(' '))));

describe('borders', () => {
  it('draws what two areas share once, and nothing is lost', () => {
    const alone = [square(105, 18), square(106, 18), square(105, 19)];
    const all = alone.flatMap((one) => edges(borders(collect(one))));
    const joined = edges(borders(collect(...alone)));
    expect(all).toHaveLength(12);
    expect(joined).toHaveLength(10);
    expect(new Set(joined)).toEqual(new Set(all));
    expect(new Set(joined).size).toBe(joined.length);
  });

  it('takes an untouched ring as one line, islands and holes too', () => {
    const [ring] = (square(105, 18).geometry as GeoJSON.Polygon).coordinates;
    const [hole] = (square(105.2, 18.2).geometry as GeoJSON.Polygon).coordinates;
    const lines = borders(collect({ type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates: [[ring!, hole!]] } })).features[0]!.geometry as GeoJSON.MultiLineString;
    expect(lines.coordinates).toEqual([ring, hole]);
    expect(borders(collect()).features).toEqual([]);
  });
});

describe('names', () => {
  it('shows one of two neighbours far off and both near', () => {
    const [first, second, distant] = namedFrom([[105.5, 18.5], [105.52, 18.5], [107, 20]]);
    expect(first).toBe(5);
    expect(second).toBeGreaterThan(7);
    expect(second).toBeLessThan(14);
    expect(distant).toBeLessThan(second!);
  });

  it('shows at no zoom more names than there is room for', () => {
    const places = Array.from({ length: 400 }, (_, n) => [105 + (n % 20) * 0.01, 18 + Math.floor(n / 20) * 0.01] as const);
    const from = namedFrom(places);
    const world = 512 * 2 ** 9;
    const room = Math.ceil((0.2 / 360) * world / 44 + 1) * Math.ceil((0.21 / 360) * world / 22 + 1);
    expect(from.filter((zoom) => zoom <= 9).length).toBeLessThanOrEqual(room);
    expect(Math.max(...from)).toBeLessThanOrEqual(14);
  });
});

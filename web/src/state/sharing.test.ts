import { describe, expect, it } from 'vitest';
import type { Collection, Feature } from '../map/features';
import { destination, distanceM, type LonLat } from '../map/geometry';
import { closePairs, sharingRatios } from './sharing';

const site = (code: string, owner: string, at: LonLat, operators?: string[]): Feature => ({
  type: 'Feature', properties: { code, owner, operators }, geometry: { type: 'Point', coordinates: [...at] },
});
const collect = (features: Feature[]): Collection => ({ type: 'FeatureCollection', features });

describe('the sharing ratio', () => {
  it('gives 19.0, 32 and 16 % for 100 tenancies on 84 locations, 16 of them with two', () => {
    const sites = Array.from({ length: 84 }, (_, index) => site(`${index}`, 'Viettel', [105 + index / 100, 18], index < 16 ? ['Viettel', 'VNPT'] : ['Viettel']));
    const ratios = sharingRatios(collect(sites));
    expect(ratios.byLocation).toBeCloseTo(19.0, 1);
    expect([ratios.byStation, ratios.byTenant]).toEqual([32, 16]);
  });
});

describe('close pairs', () => {
  it('are those that comparing everything with everything gives', () => {
    const centre: LonLat = [105.9, 18.3];
    const sites = Array.from({ length: 60 }, (_, index) => site(`${index}`, ['Viettel', 'VNPT'][index % 2]!, destination(centre, index * 37, (index * 29) % 700)));
    for (const limit of [50, 150, 400]) {
      let expected = 0;
      sites.forEach((a, i) => sites.forEach((b, j) => {
        const position = (one: Feature) => (one.geometry as GeoJSON.Point).coordinates as [number, number];
        if (j > i && a.properties?.owner !== b.properties?.owner && distanceM(position(a), position(b)) <= limit) expected += 1;
      }));
      expect(closePairs(collect(sites), limit)).toHaveLength(expected);
    }
  });
});

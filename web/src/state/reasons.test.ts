import { describe, expect, it } from 'vitest';
import type { Collection } from '../map/features';
import { distanceM } from '../map/geometry';
import { nearestSites, reasonOf } from './reasons';

/** A small reproducible generator (mulberry32), so that the random layout is the same each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function scatter(count: number, seed: number, properties: (index: number) => Record<string, unknown>): Collection {
  const random = generator(seed);
  return {
    type: 'FeatureCollection',
    features: Array.from({ length: count }, (_, index) => ({
      type: 'Feature', properties: { code: `${index}`, ...properties(index) },
      geometry: { type: 'Point', coordinates: [105 + random() * 1.5, 17.8 + random() * 1.2] },
    })),
  };
}

describe('the nearest site', () => {
  const places = scatter(120, 1, () => ({}));
  const sites = scatter(90, 2, (index) => ({ owner: index % 3 === 0 ? 'VNPT' : 'Viettel' }));

  it('is the one that comparing with every site gives', () => {
    for (const operator of ['any', 'VNPT']) {
      const found = nearestSites(places, sites, operator);
      for (const place of places.features) {
        const from = (place.geometry as GeoJSON.Point).coordinates as [number, number];
        const all = sites.features
          .filter((site) => operator === 'any' || site.properties?.owner === operator)
          .map((site) => distanceM(from, (site.geometry as GeoJSON.Point).coordinates as [number, number]));
        expect(found.get(String(place.properties?.code))?.metres).toBeCloseTo(Math.min(...all), 6);
      }
    }
  });

  it('is nothing without sites', () => {
    expect(nearestSites(places, null, 'any').size).toBe(0);
    expect(nearestSites(places, sites, 'Gtel').size).toBe(0);
  });
});

it('names the nearest reason for a village without signal', () => {
  expect(reasonOf('served', -80, 100)).toBeNull();
  expect(reasonOf('hollow', -80, 100)).toBe('hollow');
  expect([reasonOf('white', null, null), reasonOf('white', -120, 9000)]).toEqual(['no_site', 'no_site']);
  expect([reasonOf('white', -120, 1000), reasonOf('white', null, 5000)]).toEqual(['terrain', 'terrain']);
  expect(reasonOf('white', -120, 5000)).toBe('distance');
});

import { describe, expect, it } from 'vitest';
import { boxOf, destination, distanceM, labelPoint, wedge, type LonLat, bearingDeg } from './geometry';

describe('distances', () => {
  it('knows a quarter of a meridian and a known pair', () => {
    expect(distanceM([105, 0], [105, 90])).toBeCloseTo((Math.PI / 2) * 6_371_008.8, 3);
    // Hà Nội – Đà Nẵng on a sphere of the same radius, computed separately.
    expect(distanceM([105.8342, 21.0278], [108.2022, 16.0544]) / 1000).toBeCloseTo(606.7099, 3);
  });

  it('arrives where it was sent', () => {
    const from: LonLat = [105.9, 18.3];
    for (const azimuth of [0, 45, 133, 270, 359]) {
      expect(distanceM(from, destination(from, azimuth, 12_345))).toBeCloseTo(12_345, 3);
    }
    expect(destination(from, 90, 1000)[0]).toBeGreaterThan(from[0]);
    expect(destination(from, 0, 1000)[1]).toBeGreaterThan(from[1]);
  });
});

describe('drawings', () => {
  it('closes wedges and keeps them within the radius', () => {
    for (const beamwidth of [65, 360]) {
      const ring = wedge([105.9, 18.3], 120, beamwidth, 400);
      expect(ring[0]).toEqual(ring[ring.length - 1]);
      for (const point of ring) expect(distanceM([105.9, 18.3], point)).toBeLessThanOrEqual(400.001);
    }
  });

  it('boxes any geometry and refuses an empty one', () => {
    expect(boxOf({ type: 'MultiPolygon', coordinates: [[[[1, 2], [3, 2], [3, 5], [1, 2]]], [[[-1, 0], [0, 0], [0, 1], [-1, 0]]]] })).toEqual([-1, 0, 3, 5]);
    expect(boxOf({ type: 'MultiPoint', coordinates: [] })).toBeNull();
    expect(boxOf(null)).toBeNull();
  });

  it('labels the largest part', () => {
    const square = (x: number, side: number) => [[[x, 0], [x + side, 0], [x + side, side], [x, side], [x, 0]]];
    const point = labelPoint({ type: 'MultiPolygon', coordinates: [square(0, 1), square(10, 4)] });
    expect(point?.[0]).toBeCloseTo(12, 9);
    expect(point?.[1]).toBeCloseTo(2, 9);
  });
});

it('tells the direction from one point to another', () => {
  expect(bearingDeg([105, 18], [105, 19])).toBeCloseTo(0);
  expect(bearingDeg([105, 18], [106, 18])).toBeCloseTo(90, 0);
  expect(bearingDeg([105, 18], [104, 18])).toBeCloseTo(270, 0);
});

import { describe, expect, it } from 'vitest';
import { profileOf, sightLine } from './profile';

const flat = (km: number) => {
  const distance = Array.from({ length: 101 }, (_, index) => index * km * 10);
  return { distance, height: distance.map(() => 0), clutter: distance.map(() => 0) };
};

describe('line of sight', () => {
  it('meets the horizon where the textbook puts it', () => {
    // d = √(2 kR h): two antennas of 30 m see each other up to 2·22.57 km over a 4/3 Earth.
    expect(sightLine(flat(45), 30, 30).clear).toBe(true);
    expect(sightLine(flat(45.3), 30, 30).clear).toBe(false);
  });

  it('is blocked by a hill and by trees on it, and says by how much', () => {
    const hill = flat(2);
    hill.height[50] = 25;
    const sight = sightLine(hill, 30, 30);
    expect(sight.clear).toBe(true);
    expect(sight.worst).toBeCloseTo(5 - (1000 * 1000) / (2 * (4 / 3) * 6_371_000), 6);
    hill.clutter[50] = 10;
    expect(sightLine(hill, 30, 30).clear).toBe(false);
  });
});

describe('the service’s path', () => {
  it('is read as lists or as points', () => {
    const lists = profileOf({ distance_m: [0, 10], height_m: [1, 2], clutter_m: [0, 5] });
    expect(lists).toEqual({ distance: [0, 10], height: [1, 2], clutter: [0, 5] });
    expect(profileOf({ profile: [{ distance_m: 0, height_m: 1 }, { distance_m: 10, height_m: 2, clutter_m: 5 }] })).toEqual(lists);
    expect(profileOf({ profile: { distance_m: [0, 10], height_m: [1, 2] } }).clutter).toEqual([0, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import type { AreaRow, AreaTable } from '../api/types';
import { tenths, totalsOf } from './totals';

const row = (km2: number, covered: number, people: number | null) => ({ km2, covered_km2: covered, people, covered_people: people === null ? null : people / 2, places: 2, served_places: 1 }) as AreaRow;

describe('totals', () => {
  it('add rows up where the service gives none, unknown people as none', () => {
    const totals = totalsOf({ rows: [row(10, 5, 100), row(30, 5, null)], totals: null, parameters: {} });
    expect(totals).toMatchObject({ km2: 40, covered_km2: 10, area_percent: 25, people: 100, people_percent: 50, places_percent: 50 });
    expect(totalsOf({ rows: [], totals: null, parameters: {} }).area_percent).toBeNull();
  });

  it('take the service’s own, which counts nested areas once', () => {
    const table: AreaTable = { rows: [row(10, 5, 100), row(4, 4, 10)], totals: { km2: 10, covered_km2: 5, area_percent: 50 }, parameters: {} };
    expect(totalsOf(table)).toMatchObject({ km2: 10, covered_km2: 5, area_percent: 50 });
  });
});

it('counts tenths', () => {
  expect(tenths([0, 9.99, 10, 99.9, 100, null, Number.NaN])).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
});

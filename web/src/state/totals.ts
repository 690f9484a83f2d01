/** Sums of an area table. The service's own totals win, because it counts nested areas once. */
import type { AreaTable } from '../api/types';

export interface Totals {
  km2: number;
  covered_km2: number;
  people: number;
  covered_people: number;
  places: number;
  served_places: number;
  area_percent: number | null;
  people_percent: number | null;
  places_percent: number | null;
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}

export function totalsOf(table: AreaTable): Totals {
  const own = table.totals ?? {};
  const sum = (name: 'km2' | 'covered_km2' | 'people' | 'covered_people' | 'places' | 'served_places') =>
    own[name] ?? table.rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  const figures = {
    km2: sum('km2'), covered_km2: sum('covered_km2'), people: sum('people'),
    covered_people: sum('covered_people'), places: sum('places'), served_places: sum('served_places'),
  };
  return {
    ...figures,
    area_percent: own.area_percent ?? share(figures.covered_km2, figures.km2),
    people_percent: own.people_percent ?? share(figures.covered_people, figures.people),
    places_percent: own.places_percent ?? share(figures.served_places, figures.places),
  };
}

/** The tenth of 0–100 that a value falls in, from 0; 100 itself falls in the last. */
export function tenthOf(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.min(9, Math.max(0, Math.floor(value / 10)));
}

/** How many values fall in each tenth. */
export function tenths(values: readonly (number | null)[]): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const value of values) {
    const at = tenthOf(value);
    if (at !== null) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

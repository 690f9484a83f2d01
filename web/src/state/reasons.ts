/** How far a village is from the nearest mast: the first thing to know about a village without signal. */
import { ANY_OPERATOR } from '../api/types';
import { codeOf, operatorsAt, type Collection } from '../map/features';
import { distanceM, type LonLat } from '../map/geometry';

export interface Nearest {
  site: string;
  metres: number;
}

function positionOf(feature: GeoJSON.Feature): LonLat | null {
  return feature.geometry?.type === 'Point' ? [feature.geometry.coordinates[0] ?? 0, feature.geometry.coordinates[1] ?? 0] : null;
}

/** Side of a bucket, degrees: about 5.5 km, so that the nearest mast is nearly always in the first rings. */
const BUCKET = 0.05;

/**
 * The nearest site of every place, for one operator or any. Sites are put into square buckets and rings of buckets
 * are searched outwards until no nearer site can follow.
 */
export function nearestSites(places: Collection | null, sites: Collection | null, operator: string): Map<string, Nearest> {
  const buckets = new Map<string, { code: string; at: LonLat }[]>();
  for (const site of sites?.features ?? []) {
    const at = positionOf(site);
    if (!at || (operator !== ANY_OPERATOR && !operatorsAt(site).includes(operator))) continue;
    const key = `${Math.floor(at[0] / BUCKET)},${Math.floor(at[1] / BUCKET)}`;
    const bucket = buckets.get(key);
    if (bucket) bucket.push({ code: codeOf(site), at });
    else buckets.set(key, [{ code: codeOf(site), at }]);
  }
  const found = new Map<string, Nearest>();
  if (buckets.size === 0) return found;
  for (const place of places?.features ?? []) {
    const at = positionOf(place);
    const nearest = at && search(buckets, at);
    if (nearest) found.set(codeOf(place), nearest);
  }
  return found;
}

function search(buckets: ReadonlyMap<string, { code: string; at: LonLat }[]>, from: LonLat): Nearest | null {
  const column = Math.floor(from[0] / BUCKET);
  const row = Math.floor(from[1] / BUCKET);
  const sideM = distanceM(from, [from[0] + BUCKET, from[1]]);
  let best: Nearest | null = null;
  for (let ring = 0; ring <= 60; ring += 1) {
    // Everything in this ring is at least (ring − 1) bucket sides away.
    if (best && best.metres < (ring - 1) * sideM) break;
    for (let dx = -ring; dx <= ring; dx += 1) {
      for (let dy = -ring; dy <= ring; dy += Math.abs(dx) === ring || ring === 0 ? 1 : 2 * ring) {
        for (const { code, at } of buckets.get(`${column + dx},${row + dy}`) ?? []) {
          const metres = distanceM(from, at);
          if (!best || metres < best.metres) best = { site: code, metres };
        }
      }
    }
  }
  return best;
}

export const REASONS = ['no_site', 'distance', 'terrain', 'hollow'] as const;
export type Reason = (typeof REASONS)[number];

/** Farther than this no mast is near, m. */
export const FAR_M = 8000;
/** Nearer than this a mast's signal would come through, were nothing in between, m. */
export const NEAR_M = 3000;

/** The nearest reason for a village without signal: nothing near, ground in between, or too little left. */
export function reasonOf(village: 'white' | 'hollow' | 'served', signalDbm: number | null, nearestM: number | null): Reason | null {
  if (village === 'served') return null;
  if (village === 'hollow') return 'hollow';
  if (nearestM === null || nearestM > FAR_M) return 'no_site';
  return signalDbm === null || nearestM < NEAR_M ? 'terrain' : 'distance';
}

/** Sharing of masts, from the site list alone: the three ratios in use, and masts of different owners that stand close. */
import { codeOf, operatorsAt, type Collection } from '../map/features';
import { distanceM, type LonLat } from '../map/geometry';

export interface SharingRatios {
  locations: number;
  sharedLocations: number;
  /** Operators counted once at each location where they have a station. */
  tenancies: number;
  /** Tenancies at shared locations. */
  sharingTenancies: number;
  /** Tenancies beyond the first at each location. */
  hosted: number;
  byLocation: number | null;
  byStation: number | null;
  byTenant: number | null;
}

function percentOf(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}

/** All three formulas, because documents use each of them and they differ two-fold. */
export function sharingRatios(sites: Collection): SharingRatios {
  let sharedLocations = 0;
  let tenancies = 0;
  let sharingTenancies = 0;
  let hosted = 0;
  for (const site of sites.features) {
    const tenants = Math.max(1, new Set(operatorsAt(site)).size);
    tenancies += tenants;
    hosted += tenants - 1;
    if (tenants > 1) {
      sharedLocations += 1;
      sharingTenancies += tenants;
    }
  }
  const locations = sites.features.length;
  return {
    locations, sharedLocations, tenancies, sharingTenancies, hosted,
    byLocation: percentOf(sharedLocations, locations), byStation: percentOf(sharingTenancies, tenancies), byTenant: percentOf(hosted, tenancies),
  };
}

export interface ClosePair {
  a: string;
  b: string;
  ownerA: string;
  ownerB: string;
  metres: number;
}

/** Pairs of masts of different owners within `limit` metres, closest first. */
export function closePairs(sites: Collection, limit: number): ClosePair[] {
  const side = Math.max(limit, 20) / 100_000;
  const buckets = new Map<string, { code: string; owner: string; at: LonLat }[]>();
  const pairs: ClosePair[] = [];
  for (const site of sites.features) {
    if (site.geometry?.type !== 'Point') continue;
    const at: LonLat = [site.geometry.coordinates[0] ?? 0, site.geometry.coordinates[1] ?? 0];
    const here = { code: codeOf(site), owner: String(site.properties?.owner ?? operatorsAt(site)[0] ?? ''), at };
    const column = Math.floor(at[0] / side);
    const row = Math.floor(at[1] / side);
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (const other of buckets.get(`${column + dx},${row + dy}`) ?? []) {
          const metres = distanceM(at, other.at);
          if (other.owner !== here.owner && metres <= limit) pairs.push({ a: other.code, b: here.code, ownerA: other.owner, ownerB: here.owner, metres });
        }
      }
    }
    const key = `${column},${row}`;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(here);
    else buckets.set(key, [here]);
  }
  return pairs.sort((a, b) => a.metres - b.metres);
}

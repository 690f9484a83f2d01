/** A terrain profile and the line of sight over it. */

export interface Profile {
  /** Metres from the first end. */
  distance: number[];
  /** Ground height, m above sea level. */
  height: number[];
  /** Height of buildings or trees above the ground, m. */
  clutter: number[];
}

type Bag = Record<string, unknown>;

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map((one) => (typeof one === 'number' ? one : Number.NaN)) : [];
}

/** Reads the service's path answer: three lists, or one list of points. */
export function profileOf(answer: Bag): Profile {
  const inner = (typeof answer.profile === 'object' && answer.profile !== null ? answer.profile : answer) as Bag | Bag[];
  if (Array.isArray(inner)) {
    return {
      distance: inner.map((point) => Number(point.distance_m)),
      height: inner.map((point) => Number(point.height_m)),
      clutter: inner.map((point) => Number(point.clutter_m ?? 0)),
    };
  }
  const distance = numbers(inner.distance_m);
  const clutter = numbers(inner.clutter_m);
  return { distance, height: numbers(inner.height_m), clutter: clutter.length === distance.length ? clutter : distance.map(() => 0) };
}

/** Effective Earth radius for a standard atmosphere: 4/3 of 6,371 km, m (ITU-R P.453, P.530). */
const EFFECTIVE_RADIUS_M = (4 / 3) * 6_371_000;

export interface Sight {
  /** Height of the ray above sea level at each point, bent by the effective Earth, m. */
  line: number[];
  clear: boolean;
  /** Least clearance over ground and clutter between the ends, m; negative when blocked. */
  worst: number;
}

/** The straight ray between antennas `a` and `b` metres above the ground at the ends, over an Earth of 4/3 radius. */
export function sightLine(profile: Profile, a: number, b: number): Sight {
  const last = profile.distance.length - 1;
  const total = profile.distance[last] ?? 0;
  const start = (profile.height[0] ?? 0) + a;
  const end = (profile.height[last] ?? 0) + b;
  let worst = Infinity;
  const line = profile.distance.map((distance, index) => {
    const bulge = (distance * (total - distance)) / (2 * EFFECTIVE_RADIUS_M);
    const ray = start + ((end - start) * distance) / (total || 1) - bulge;
    if (index > 0 && index < last) worst = Math.min(worst, ray - (profile.height[index] ?? 0) - (profile.clutter[index] ?? 0));
    return ray;
  });
  return { line, clear: worst > 0, worst };
}

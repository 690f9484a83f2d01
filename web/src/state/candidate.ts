/** Reads a chosen action: what it gains, what it costs and why it was taken. */
import type { CandidateProperties } from '../api/types';

type Bag = Record<string, unknown>;

export interface NamedPlace {
  code: string;
  name: string;
}

export interface Gain {
  people: number | null;
  zoneKm2: number | null;
  villages: NamedPlace[];
  places: NamedPlace[];
}

function object(value: unknown): Bag {
  if (typeof value === 'string' && value.startsWith('{')) {
    try {
      return JSON.parse(value) as Bag;
    } catch {
      return {};
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {};
}

/** An object that the map may have turned into text; `null` where there is none. */
export function bagOf(value: unknown): Bag | null {
  const bag = object(value);
  return Object.keys(bag).length > 0 ? bag : null;
}

function array(value: unknown): unknown[] {
  if (typeof value === 'string' && value.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(value);
      return Array.isArray(parsed) ? parsed : [];
    } catch {
      return [];
    }
  }
  return Array.isArray(value) ? value : [];
}

function numeric(...values: unknown[]): number | null {
  for (const value of values) if (typeof value === 'number' && Number.isFinite(value)) return value;
  return null;
}

function named(value: unknown): NamedPlace[] {
  return array(value).map((entry) => {
    if (typeof entry === 'string') return { code: entry, name: entry };
    const bag = object(entry);
    return { code: String(bag.code ?? ''), name: String(bag.name ?? bag.code ?? '') };
  });
}

/** What is won (`gain`) or lost without it (`lost_without`); nested, or flat with a prefix such as `gain_people`. */
export function gainOf(properties: CandidateProperties, part: 'gain' | 'lost_without' = 'gain'): Gain {
  const bag = object(properties[part]);
  return {
    people: numeric(bag.people, properties[`${part}_people`]),
    zoneKm2: numeric(bag.zone_km2, properties[`${part}_zone_km2`]),
    villages: named(bag.villages ?? properties[`${part}_villages`]),
    places: named(bag.places ?? properties[`${part}_places`]),
  };
}

/** How many villages are won, also where only their number is told. */
export function villagesGained(properties: CandidateProperties): number | null {
  const { villages } = gainOf(properties);
  const bag = object(properties.gain);
  return villages.length > 0 ? villages.length : numeric(bag.villages, properties.gain_villages) ?? (Array.isArray(bag.villages) ? 0 : null);
}

/** Capital cost, million VND. */
export function capitalOf(properties: CandidateProperties): number | null {
  return numeric(properties.capital_million_vnd, properties.cost_million_vnd);
}

export function zonesOf(properties: CandidateProperties): string[] {
  return array(properties.zone_codes).map(String);
}

/** The action's stable name, for pinning and forbidding. */
export function actionId(properties: CandidateProperties): string {
  const id = properties.id;
  return typeof id === 'string' ? id : `${properties.action}:${properties.operator ?? ''}:${properties.site_code ?? properties.rank}`;
}

/** The parts of an action's id that say something to a reader: what kind it is, and whose and where. `null` for ids of another make. */
export function partsOf(id: string): { action: string; rest: string[] } | null {
  const [action = '', ...rest] = id.split(':');
  return /^(upgrade|co_locate|new_tower|pole_small_cell|leo|hand)$/.test(action) && rest.length > 0 ? { action, rest } : null;
}

/** One point of the cost–coverage curve: what the first `actions` actions cost and win together. */
export interface CurvePoint {
  actions: number;
  costMillion: number;
  people: number;
}

/** The cost–coverage curve of a plan in the order of its ranks. */
export function curve(candidates: readonly CandidateProperties[]): CurvePoint[] {
  const points: CurvePoint[] = [{ actions: 0, costMillion: 0, people: 0 }];
  for (const candidate of [...candidates].sort((a, b) => a.rank - b.rank)) {
    const last = points[points.length - 1]!;
    points.push({
      actions: last.actions + 1,
      costMillion: last.costMillion + (capitalOf(candidate) ?? 0),
      people: last.people + (gainOf(candidate).people ?? 0),
    });
  }
  return points;
}

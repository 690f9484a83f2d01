/** Reads the answer of a point query into rows. */
import type { Technology } from '../api/types';

export interface Level {
  key: string;
  technology: Technology;
  /** `null` = any operator. */
  operator: string | null;
  /** Median signal, dBm. */
  signal: number | null;
  /** dB at the run's load. */
  sinr: number | null;
  /** Estimated download speed, Mbit/s. */
  speed: number | null;
  server: string | null;
  served: boolean;
}

type Bag = Record<string, unknown>;

function numberOf(...values: unknown[]): number | null {
  for (const value of values) if (typeof value === 'number' && Number.isFinite(value)) return value;
  return null;
}

function textOf(...values: unknown[]): string | null {
  for (const value of values) if (typeof value === 'string' && value !== '') return value;
  return null;
}

/**
 * One row per technology and operator. Two shapes are read: rows with named quantities, and one entry per layer
 * (`{technology, operator, quantity, value}`), which are gathered.
 */
export function levelsOf(answer: Bag, edgeProbability = 0.9): Level[] {
  const listed = [answer.levels, answer.layers, answer.values, answer.rows].find(Array.isArray) as Bag[] | undefined;
  const rows = new Map<string, Level>();
  for (const entry of listed ?? []) {
    const technology = textOf(entry.technology) as Technology | null;
    if (!technology) continue;
    const operator = textOf(entry.operator);
    const any = operator === null || operator === 'any';
    const key = `${technology}-${any ? 'any' : operator}`;
    const row = rows.get(key) ?? { key, technology, operator: any ? null : operator, signal: null, sinr: null, speed: null, server: null, served: false };
    const gathered: Bag = typeof entry.quantity === 'string' ? { [entry.quantity]: entry.value ?? entry.text } : entry;
    row.signal ??= numberOf(gathered.signal_dbm, gathered.signal);
    row.sinr ??= numberOf(gathered.sinr_db, gathered.sinr);
    row.speed ??= numberOf(gathered.throughput_mbps, gathered.throughput_mbit_s, gathered.throughput);
    row.server ??= textOf(gathered.best_cell, gathered.best_server, gathered.cell, entry.cell);
    // The run counts a point as covered where the threshold is exceeded with the cell-edge probability.
    if (typeof gathered.probability === 'number') row.served = gathered.probability >= edgeProbability;
    if (typeof gathered.served === 'boolean') row.served = gathered.served;
    else if (typeof gathered.covered === 'boolean') row.served = gathered.covered;
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => a.technology.localeCompare(b.technology) || Number(a.operator !== null) - Number(b.operator !== null) || (a.operator ?? '').localeCompare(b.operator ?? ''));
}

/** The link budget, if the service gives one: name and value in its order. */
export function budgetOf(answer: Bag): [string, unknown][] {
  const budget = answer.link_budget ?? answer.budget;
  if (typeof budget !== 'object' || budget === null) return [];
  return Object.entries(budget).filter(([, value]) => typeof value === 'number' || typeof value === 'string');
}

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

export interface Budget {
  /** Loss of the run's model from antenna to receiver, dB. */
  loss: number | null;
  /** What the antenna's pattern, the body and a wall do besides, dB; negative takes away. */
  antenna: number | null;
  threshold: number;
  /** Level over the threshold, dB. */
  margin: number;
}

/** The parts between what is sent and what is received; they add up to the level. */
export function budgetBetween(eirpDbm: number, lossDb: number | null, levelDbm: number, thresholdDbm: number): Budget {
  return { loss: lossDb, antenna: lossDb === null ? null : levelDbm - eirpDbm + lossDb, threshold: thresholdDbm, margin: levelDbm - thresholdDbm };
}

/** The loss by ITU-R P.1812 in a path's answer, dB. */
export function modelLoss(answer: Bag): number | null {
  const losses = Array.isArray(answer.losses) ? (answer.losses as Bag[]) : [];
  return numberOf(losses.find((one) => String(one.model).replace(/\W/g, '').toLowerCase().includes('p1812'))?.loss_db);
}

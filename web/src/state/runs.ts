/** Reads the parameters that a run was made with. */
import type { Run, Technology } from '../api/types';

type Bag = Record<string, unknown>;

/** The served threshold of a coverage run for one technology, dBm; `null` where the run does not say. */
export function thresholdOf(run: Run, technology: Technology): number | null {
  const thresholds = (run.parameters.thresholds ?? {}) as Bag;
  const value = thresholds[technology] ?? thresholds[`${technology}_dbm`];
  return typeof value === 'number' ? value : null;
}

/** A number among a run's parameters. */
export function parameter(run: Run | null, name: string): number | null {
  const value = run?.parameters[name];
  return typeof value === 'number' ? value : null;
}

/** Size of one pixel on the ground, m, at a zoom of the web-map pyramid (256-pixel tiles) and a latitude. */
export function pixelSizeM(zoom: number, latDeg: number): number {
  return (40_075_016.686 * Math.cos((latDeg * Math.PI) / 180)) / (256 * 2 ** zoom);
}

/** The name of the scenario that a run was computed for; `null` = the network as it was imported. */
export function scenarioOf(run: Run | null): string | null {
  const scenario = run?.parameters.scenario;
  const name = typeof scenario === 'object' && scenario !== null ? (scenario as Bag).name : scenario;
  return typeof name === 'string' && name !== '' ? name : null;
}

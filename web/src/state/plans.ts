/** Reads what a plan run found out of its summary and parameters. */
import type { Run } from '../api/types';

type Bag = Record<string, unknown>;

export interface PlanFacts {
  actions: number | null;
  inZones: number | null;
  people: number | null;
  villages: number | null;
  capitalMillion: number | null;
  objective: number | null;
  bound: number | null;
  /** Gap between value and bound, percent of the bound. */
  gapPercent: number | null;
  status: string | null;
}

function numeric(...values: unknown[]): number | null {
  for (const value of values) if (typeof value === 'number' && Number.isFinite(value)) return value;
  return null;
}

/** Gap between the value of a plan and the most there can be, percent of the bound; `null` where there is no bound yet. */
export function gapOf(point: { objective: number | null; bound: number | null } | undefined): number | null {
  if (!point || point.objective === null || point.bound === null || !(point.bound > 0)) return null;
  return Math.max(0, (100 * (point.bound - point.objective)) / point.bound);
}

export function planFacts(run: Run): PlanFacts {
  const summary = (run.summary ?? {}) as Bag;
  const totals = (typeof summary.totals === 'object' && summary.totals !== null ? summary.totals : summary) as Bag;
  const solution = (typeof summary.solution === 'object' && summary.solution !== null ? summary.solution : summary) as Bag;
  const objective = numeric(solution.objective, summary.objective);
  const boundValue = solution.bound ?? summary.bound;
  const bound = numeric(boundValue, typeof boundValue === 'object' && boundValue !== null ? (boundValue as Bag).value : null);
  const gap = numeric(solution.gap, summary.gap);
  return {
    actions: numeric(totals.actions, run.parameters.actions),
    inZones: numeric(totals.in_zones),
    people: numeric(totals.people),
    villages: numeric(totals.villages),
    capitalMillion: numeric(totals.capital_million_vnd),
    objective,
    bound,
    gapPercent: gap !== null ? gap * 100 : solution.status === 'bound_uninformative' ? null : gapOf({ objective, bound }),
    status: typeof solution.status === 'string' ? solution.status : null,
  };
}

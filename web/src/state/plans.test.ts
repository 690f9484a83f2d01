import { describe, expect, it } from 'vitest';
import type { Run } from '../api/types';
import { gapOf, planFacts } from './plans';

const run = (summary: unknown, parameters: unknown = {}) => ({ summary, parameters }) as Run;

describe('what a plan found', () => {
  it('is read from nested totals and solution', () => {
    const facts = planFacts(run({ totals: { actions: 330, in_zones: 40, people: 1200, villages: 12, capital_million_vnd: 9 }, solution: { objective: 95, bound: 100, status: 'feasible' } }));
    expect(facts).toEqual({ actions: 330, inZones: 40, people: 1200, villages: 12, capitalMillion: 9, objective: 95, bound: 100, gapPercent: 5, status: 'feasible' });
  });

  it('is read flat, with the service’s own gap', () => {
    expect(planFacts(run({ actions: 5, objective: 95, bound: { value: 100 }, gap: 0.04 }))).toMatchObject({ actions: 5, bound: 100, gapPercent: 4 });
  });

  it('gives no gap to a bound that tells nothing', () => {
    const facts = planFacts(run({ solution: { objective: 95, bound: 100, gap: null, status: 'bound_uninformative' } }));
    expect(facts).toMatchObject({ bound: 100, gapPercent: null });
  });

  it('is told while the search runs, once there is a bound', () => {
    expect(gapOf({ objective: 90, bound: 120 })).toBe(25);
    expect([gapOf(undefined), gapOf({ objective: 90, bound: null }), gapOf({ objective: null, bound: 5 }), gapOf({ objective: 0, bound: 0 })]).toEqual([null, null, null, null]);
  });

  it('does not invent a gap without a bound', () => {
    expect(planFacts(run({ objective: 95, bound: null }, { actions: 7 }))).toMatchObject({ actions: 7, gapPercent: null, status: null });
  });
});

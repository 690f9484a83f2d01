import { describe, expect, it } from 'vitest';
import type { CandidateProperties } from '../api/types';
import { actionId, capitalOf, curve, gainOf, partsOf, villagesGained, zonesOf } from './candidate';

const nested = {
  rank: 2, action: 'upgrade', operator: 'Viettel', site_code: 'HT1', id: 'upgrade:Viettel:HT1', capital_million_vnd: 400, zone_codes: ['KKT-1'],
  gain: { people: 120, villages: [{ code: 'v', name: 'Thôn Một' }], places: [], zone_km2: 0.2 }, lost_without: { people: 80, villages: [], places: [] },
} as CandidateProperties;
const flat = { rank: 1, action: 'leo', operator: null, site_code: null, gain_people: 7, gain_villages: 3, cost_million_vnd: 50, zone_codes: '["KCN-2"]' } as CandidateProperties;

describe('a chosen action', () => {
  it('is named by the parts of its id', () => {
    expect(partsOf('upgrade:Viettel:HT1')).toEqual({ action: 'upgrade', rest: ['Viettel', 'HT1'] });
    expect(partsOf('HT1')).toBeNull();
    expect(partsOf('raise:Viettel:HT1')).toBeNull();
  });

  it('is read nested, as it is in the plan', () => {
    expect(gainOf(nested)).toEqual({ people: 120, zoneKm2: 0.2, villages: [{ code: 'v', name: 'Thôn Một' }], places: [] });
    expect(gainOf(nested, 'lost_without').people).toBe(80);
    expect([villagesGained(nested), capitalOf(nested), actionId(nested)]).toEqual([1, 400, 'upgrade:Viettel:HT1']);
  });

  it('is read flat, as it is in a table', () => {
    expect([gainOf(flat).people, villagesGained(flat), capitalOf(flat), zonesOf(flat)]).toEqual([7, 3, 50, ['KCN-2']]);
    expect(actionId(flat)).toBe('leo::1');
    expect(villagesGained({ ...flat, gain_villages: undefined })).toBeNull();
  });
});

it('adds a plan up in the order of its ranks', () => {
  expect(curve([nested, flat])).toEqual([
    { actions: 0, costMillion: 0, people: 0 }, { actions: 1, costMillion: 50, people: 7 }, { actions: 2, costMillion: 450, people: 127 },
  ]);
});

import { describe, expect, it } from 'vitest';
import { Problem } from '../api/client';
import { flush, type Shelf, type Waiting } from './outbox';

const waiting = (id: string, minute: number): Waiting => ({ project: 'p', report: {
  id, place_code: 'T1', place_name: 'Thôn 1', position: null, finding: 'no_signal', operators: [], download_mbps: null, note: '', observed_at: `2026-03-01T08:${String(minute).padStart(2, '0')}:00Z`,
} });

function shelf(...items: Waiting[]): Shelf & { kept: Map<string, Waiting> } {
  const kept = new Map(items.map((item) => [item.report.id, item]));
  return { kept, all: async () => [...kept.values()], put: async (item) => void kept.set(item.report.id, item), drop: async (id) => void kept.delete(id) };
}

describe('reports that wait for a connection', () => {
  it('are sent oldest first and leave the shelf', async () => {
    const kept = shelf(waiting('b', 2), waiting('a', 1));
    const order: string[] = [];
    const result = await flush(kept, async ({ report }) => order.push(report.id));
    expect(order).toEqual(['a', 'b']);
    expect(result.sent).toBe(2);
    expect(kept.kept.size).toBe(0);
  });

  it('stay where there is no connection, and nothing more is tried', async () => {
    const kept = shelf(waiting('a', 1), waiting('b', 2), waiting('c', 3));
    let tries = 0;
    const result = await flush(kept, async ({ report }) => { tries += 1; if (report.id === 'b') throw new TypeError('offline'); });
    expect(tries).toBe(2);
    expect(result.sent).toBe(1);
    expect(result.waiting.map((one) => one.report.id)).toEqual(['b', 'c']);
    expect([...kept.kept.keys()]).toEqual(['b', 'c']);
  });

  it('are kept and named when the service refuses them, and do not hold up the others', async () => {
    const kept = shelf(waiting('a', 1), waiting('b', 2));
    const result = await flush(kept, async ({ report }) => { if (report.id === 'a') throw new Problem({ code: 'unknown_place', status: 422 }); });
    expect(result.refused[0]?.problem.document.code).toBe('unknown_place');
    expect([...kept.kept.keys()]).toEqual(['a']);
  });

  it('wait when somebody must sign in first', async () => {
    const kept = shelf(waiting('a', 1));
    const result = await flush(kept, async () => { throw new Problem({ code: 'sign_in_needed', status: 401 }); });
    expect(result.refused).toEqual([]);
    expect(result.waiting.length).toBe(1);
  });
});

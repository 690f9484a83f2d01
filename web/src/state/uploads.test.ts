import { beforeEach, describe, expect, it, vi } from 'vitest';
import { service } from '../api/endpoints';
import { Problem } from '../api/client';
import type { ImportRecord, Job } from '../api/types';
import { jobs } from './jobs.svelte';
import { bring, sendingOf, wasStopped, type Sending } from './uploads';

const job = (change: Partial<Job>): Job => ({ id: 'j', project: 'p', kind: 'import', status: 'running', ...change }) as Job;
const record = { id: 'i', report: {} } as unknown as ImportRecord;

/** Brings a file; `end` ends its job. Gives what the page was told and how it came out. */
function start() {
  let end: (job: Job) => void = () => undefined;
  vi.spyOn(service, 'importFiles').mockImplementation((_project, _kind, _options, _files, onProgress) => {
    onProgress(0.5);
    return Promise.resolve(job({}));
  });
  vi.spyOn(service, 'import').mockResolvedValue(record);
  vi.spyOn(jobs, 'follow').mockImplementation((_job, onEnd) => { end = onEnd!; });
  const sending = sendingOf([new File(['a'], 'a.csv'), new File(['bc'], 'b.csv')]);
  const told: Partial<Sending>[] = [];
  const outcome = bring({ project: 'p', kind: 'sites', options: {}, files: [], signal: sending.stop.signal, tell: (change) => told.push(change) });
  return { sending, told, outcome, end: (change: Partial<Job>) => end(job(change)) };
}
const settled = () => new Promise((soon) => setTimeout(soon));

describe('files on their way', () => {
  beforeEach(() => { vi.restoreAllMocks(); });

  it('are sent, then read by a job whose import is given', async () => {
    const { sending, told, outcome, end } = start();
    expect(sending).toMatchObject({ names: 'a.csv, b.csv', bytes: 3, fraction: 0, job: null });
    await settled();
    expect(told).toEqual([{ fraction: 0.5 }, { job: 'j', fraction: 1 }]);
    end({ status: 'succeeded', result: { import: 'i' } });
    expect(await outcome).toBe(record);
    expect(service.import).toHaveBeenCalledWith('p', 'i');
  });

  it('are stopped by stopping the job', async () => {
    const { sending, outcome, end } = start();
    const cancel = vi.spyOn(jobs, 'cancel').mockResolvedValue();
    await settled();
    sending.stop.abort();
    expect(cancel).toHaveBeenCalledWith('j');
    end({ status: 'cancelled' });
    expect(wasStopped(await outcome.catch((error: unknown) => error))).toBe(true);
  });

  it('say what was wrong with them', async () => {
    const { outcome, end } = start();
    await settled();
    end({ status: 'failed', problem: { code: 'unreadable' } as never });
    const error = await outcome.catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Problem);
    expect(wasStopped(error)).toBe(false);
    expect((error as Problem).document.code).toBe('unreadable');
  });
});

/** Files on their way into a project: sent, then read by a job that tells how far it is and can be stopped. */
import { Problem } from '../api/client';
import { service } from '../api/endpoints';
import type { DatasetKind, ImportRecord, Job } from '../api/types';
import { jobs } from './jobs.svelte';

/** Whether an upload ended because somebody stopped it, here or among the jobs. */
export const wasStopped = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** What the page shows of files on their way. */
export interface Sending {
  names: string;
  bytes: number;
  /** Share of the bytes sent, 0–1. */
  fraction: number;
  /** The job that reads the files; its progress is among `jobs`. */
  job: string | null;
  stop: AbortController;
}

export function sendingOf(files: readonly File[]): Sending {
  return { names: files.map((file) => file.name).join(', '), bytes: files.reduce((sum, file) => sum + file.size, 0), fraction: 0, job: null, stop: new AbortController() };
}

export interface Upload {
  project: string;
  kind: DatasetKind;
  options: { epsg?: string; operator?: string };
  files: readonly File[];
  /** What changed of the way: bytes sent, or the job that reads them. */
  tell: (change: Partial<Sending>) => void;
  signal: AbortSignal;
}

/** The import that the files became. Rejects with what was wrong with them, or with an `AbortError` when stopped. */
export async function bring({ project, kind, options, files, tell, signal }: Upload): Promise<ImportRecord> {
  const answer = await service.importFiles(project, kind, options, files, (fraction) => tell({ fraction }), signal);
  if ('report' in answer) return answer;
  tell({ job: answer.id, fraction: 1 });
  const stop = () => void jobs.cancel(answer.id).catch(() => undefined);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const ended = await new Promise<Job>((resolve) => jobs.follow(answer, resolve));
  signal.removeEventListener('abort', stop);
  const made = ended.result?.import;
  if (ended.status === 'failed' && ended.problem) throw new Problem(ended.problem);
  if (ended.status !== 'succeeded' || !made) throw new DOMException('cancelled', 'AbortError');
  return service.import(project, made);
}

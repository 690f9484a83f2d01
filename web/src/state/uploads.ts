/** Files on their way into a project: sent, then read by a job that tells how far it is and can be stopped. */
import { Problem } from '../api/client';
import { service } from '../api/endpoints';
import type { DatasetKind, ImportRecord, Job } from '../api/types';
import { jobs } from './jobs.svelte';

export interface Upload {
  project: string;
  kind: DatasetKind;
  options: { epsg?: string; operator?: string };
  files: readonly File[];
  /** Share of the bytes sent, 0–1. */
  onsent: (fraction: number) => void;
  /** The job that reads the files; its progress is among `jobs`. */
  onreading: (job: string) => void;
  signal: AbortSignal;
}

/** The import that the files became. Rejects with what was wrong with them, or with the signal's reason when stopped. */
export async function bring({ project, kind, options, files, onsent, onreading, signal }: Upload): Promise<ImportRecord> {
  const answer = await service.importFiles(project, kind, options, files, onsent, signal);
  if ('report' in answer) return answer;
  onreading(answer.id);
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

/** Follows the service's jobs by their events, and falls back to asking when events do not come. */
import { address, service } from '../api/endpoints';
import { asProblem } from '../api/client';
import type { Job, JobStatus } from '../api/types';

const ENDED: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled'];

export function ended(job: Job): boolean {
  return ENDED.includes(job.status);
}

/** One point of a plan run's progress: best value so far and proved bound. */
export interface ProgressPoint {
  seconds: number;
  objective: number | null;
  bound: number | null;
}

/** A reader follows no more than two changes a second. */
const SHOW_EVERY_MS = 500;

class Jobs {
  all = $state.raw<Job[]>([]);
  /** Progress of plan runs by job, for the value/bound/gap plot. */
  history = $state.raw<Record<string, ProgressPoint[]>>({});
  #followed = new Map<string, () => void>();

  get active(): Job[] {
    return this.all.filter((job) => !ended(job));
  }

  find(id: string | null): Job | null {
    return id === null ? null : (this.all.find((job) => job.id === id) ?? null);
  }

  /** Loads the list and follows what is still running. */
  async refresh(project?: string, onEnd?: (job: Job) => void): Promise<void> {
    const listed = await service.jobs(project);
    const known = new Set(listed.map((job) => job.id));
    this.all = [...listed, ...this.all.filter((job) => !known.has(job.id) && !ended(job))].sort(newestFirst);
    for (const job of listed) if (!ended(job)) this.follow(job, onEnd);
  }

  /** Keeps `job` up to date until it ends, then calls `onEnd` once. */
  follow(job: Job, onEnd?: (job: Job) => void): void {
    this.#put(job);
    if (ended(job)) {
      onEnd?.(job);
      return;
    }
    if (this.#followed.has(job.id)) return;
    const events = new EventSource(address.jobEvents(job.id));
    const timer = setInterval(() => void ask(), 2500);
    const stop = () => {
      events.close();
      clearInterval(timer);
      this.#followed.delete(job.id);
    };
    this.#followed.set(job.id, stop);
    // A run tells of itself many times a second; the page draws what is new now and then, and the end at once.
    let shownAt = 0;
    const receive = (next: Job) => {
      if (!this.#followed.has(job.id)) return;
      const now = performance.now();
      if (!ended(next) && now - shownAt < SHOW_EVERY_MS) return;
      shownAt = now;
      this.#put(next);
      if (ended(next)) {
        stop();
        onEnd?.(next);
      }
    };
    const ask = async () => {
      try {
        receive(await service.job(job.id));
      } catch (error) {
        if (asProblem(error).document.status === 404) stop();
      }
    };
    events.addEventListener('job', (event) => {
      try {
        receive(JSON.parse((event as MessageEvent<string>).data) as Job);
      } catch {
        // A broken event is skipped; the timer asks again.
      }
    });
  }

  async cancel(id: string): Promise<void> {
    const answer = await service.cancelJob(id);
    if (answer && typeof answer === 'object' && 'id' in answer) this.#put(answer);
    else this.#put(await service.job(id));
  }

  #put(job: Job): void {
    this.all = [job, ...this.all.filter((other) => other.id !== job.id)].sort(newestFirst);
    const { objective, bound } = job.progress ?? {};
    if (objective === undefined && bound === undefined) return;
    const points = this.history[job.id] ?? [];
    const last = points[points.length - 1];
    if (last && last.objective === (objective ?? null) && last.bound === (bound ?? null)) return;
    const seconds = (Date.now() - new Date(job.created_at).getTime()) / 1000;
    this.history = { ...this.history, [job.id]: [...points, { seconds, objective: objective ?? null, bound: bound ?? null }] };
  }
}

function newestFirst(a: Job, b: Job): number {
  return b.created_at.localeCompare(a.created_at);
}

export const jobs = new Jobs();

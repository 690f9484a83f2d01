/** Reports that wait for a connection, kept by the browser until the service has taken them. */
import { asProblem } from '../api/client';
import type { SignalReport } from '../api/signal_reports';

export interface Waiting {
  project: string;
  report: SignalReport;
}

/** Where waiting reports are kept. */
export interface Shelf {
  all(): Promise<Waiting[]>;
  put(waiting: Waiting): Promise<void>;
  drop(id: string): Promise<void>;
}

/** A shelf in IndexedDB: it outlives the page, the browser and the battery. */
export function browserShelf(): Shelf {
  const opened = new Promise<IDBDatabase>((found, failed) => {
    const asked = indexedDB.open('phusong', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('outbox', { keyPath: 'report.id' });
    asked.onsuccess = () => found(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const work = async <T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const database = await opened;
    return new Promise((found, failed) => {
      const asked = act(database.transaction('outbox', mode).objectStore('outbox'));
      asked.onsuccess = () => found(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  };
  return {
    all: () => work('readonly', (store) => store.getAll() as IDBRequest<Waiting[]>),
    put: async (waiting) => void (await work('readwrite', (store) => store.put(waiting))),
    drop: async (id) => void (await work('readwrite', (store) => store.delete(id))),
  };
}

export interface Flushed {
  sent: number;
  /** Still on the shelf because the service could not be reached. */
  waiting: Waiting[];
  /** Refused by the service with a reason: kept, so that nothing that somebody wrote is lost in silence. */
  refused: { waiting: Waiting; problem: ReturnType<typeof asProblem> }[];
}

/** Sends what waits, oldest first; stops at the first sign that there is no connection. */
export async function flush(shelf: Shelf, send: (waiting: Waiting) => Promise<unknown>): Promise<Flushed> {
  const all = (await shelf.all()).sort((a, b) => a.report.observed_at.localeCompare(b.report.observed_at));
  const result: Flushed = { sent: 0, waiting: [], refused: [] };
  for (const [index, waiting] of all.entries()) {
    try {
      await send(waiting);
      await shelf.drop(waiting.report.id);
      result.sent += 1;
    } catch (error) {
      const problem = asProblem(error);
      const status = problem.document.status ?? 0;
      if (status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429) result.refused.push({ waiting, problem });
      else {
        result.waiting = all.slice(index);
        break;
      }
    }
  }
  return result;
}

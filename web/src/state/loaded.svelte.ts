import { asProblem, type Problem } from '../api/client';

/**
 * One thing fetched from the service. A new key starts a new fetch and drops an older one still under way;
 * the last value stays visible while its successor loads, so that tables do not flash.
 */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  #key: string | null = null;
  #turn = 0;

  /** Fetches unless `key` is what is already here; `null` empties. */
  async load(key: string | null, fetcher: () => Promise<T>): Promise<void> {
    if (key === this.#key) return;
    this.#key = key;
    const turn = ++this.#turn;
    if (key === null) {
      this.value = null;
      this.problem = null;
      this.loading = false;
      return;
    }
    this.loading = true;
    this.problem = null;
    try {
      const value = await fetcher();
      if (turn === this.#turn) this.value = value;
    } catch (error) {
      if (turn === this.#turn) {
        this.value = null;
        this.problem = asProblem(error);
        this.#key = null;
      }
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** The next `load` fetches again even with the same key. */
  forget(): void {
    this.#key = null;
  }
}

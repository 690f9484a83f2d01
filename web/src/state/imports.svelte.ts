import { service } from '../api/endpoints';
import type { ImportRecord } from '../api/types';

/** Imports of the open project: uploaded, checked, waiting to be taken or thrown away. */
class Imports {
  all = $state.raw<ImportRecord[]>([]);
  #project: string | null = null;

  async load(project: string): Promise<void> {
    if (project === this.#project) return;
    this.#project = project;
    this.all = [];
    try {
      this.all = await service.imports(project);
    } catch {
      // The list is a convenience; uploads answer with their own record.
    }
  }

  put(record: ImportRecord): void {
    this.all = [record, ...this.all.filter((other) => other.id !== record.id)];
  }

  /** Fetches an import with all its rows; the list leaves them out. */
  async show(project: string, id: string): Promise<void> {
    const known = this.find(id);
    if (known && known.report.rows.length > 0) return;
    try {
      this.put(await service.import(project, id));
    } catch {
      // What is known of it stays on the page.
    }
  }

  find(id: string | null): ImportRecord | null {
    return this.all.find((record) => record.id === id) ?? null;
  }
}

export const imports = new Imports();

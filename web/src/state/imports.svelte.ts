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
    // In its place, so that a list that is being worked on does not jump.
    this.all = this.all.some((other) => other.id === record.id) ? this.all.map((other) => (other.id === record.id ? record : other)) : [record, ...this.all];
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

  /** Fetches an import again, with all its rows. */
  async refresh(project: string, id: string): Promise<void> {
    this.put(await service.import(project, id));
  }

  find(id: string | null): ImportRecord | null {
    return this.all.find((record) => record.id === id) ?? null;
  }
}

export const imports = new Imports();

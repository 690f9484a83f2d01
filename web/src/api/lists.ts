/** Imports looked at more closely: how columns were read, what was decided row by row, what a commit would change. */
import { request } from './client';
import type { ChangedRow, DatasetKind, ImportDifference, ImportOptions, ImportRecord } from './types';

const part = encodeURIComponent;
const base = (project: string, id: string) => `/api/projects/${part(project)}/imports/${part(id)}`;

export const lists = {
  setOptions: (project: string, id: string, options: ImportOptions) => request<ImportRecord>(`${base(project, id)}/options`, { method: 'PUT', body: options }),
  difference: (project: string, id: string, limit = 500) =>
    request<{ against_version: number | null; counts: ImportDifference; rows: ChangedRow[] }>(`${base(project, id)}/difference?limit=${limit}`),
  fields: (kind: DatasetKind) => request<{ field: string; synonyms: string[] }[]>(`/api/import-fields?kind=${part(kind)}`),
  forgetMapping: (project: string, kind: DatasetKind) => request<null>(`/api/projects/${part(project)}/mappings/${part(kind)}`, { method: 'DELETE' }),
  /** The uploaded tables with remarks at their cells. */
  workbook: (project: string, id: string) => `${base(project, id)}/report.xlsx`,
};

/** Imports looked at more closely: how columns were read, what was decided row by row, what a commit would change. */
import { request } from './client';
import type { ChangedRow, DatasetKind, DatasetVersion, ImportDifference, ImportOptions, ImportRecord } from './types';

const part = encodeURIComponent;
const base = (project: string, id: string) => `/api/projects/${part(project)}/imports/${part(id)}`;
const versionsOf = (project: string, kind: DatasetKind) => `/api/projects/${part(project)}/datasets/${part(kind)}/versions`;

export const lists = {
  setOptions: (project: string, id: string, options: ImportOptions) => request<ImportRecord>(`${base(project, id)}/options`, { method: 'PUT', body: options }),
  difference: (project: string, id: string, limit = 500) =>
    request<{ against_version: number | null; counts: ImportDifference; rows: ChangedRow[] }>(`${base(project, id)}/difference?limit=${limit}`),
  versions: (project: string, kind: DatasetKind) => request<DatasetVersion[]>(versionsOf(project, kind)),
  versionDifference: (project: string, { kind, version, against }: { kind: DatasetKind; version: number; against: number }, limit = 500) =>
    request<{ counts: ImportDifference; rows: ChangedRow[] }>(`${versionsOf(project, kind)}/${version}/difference?against=${against}&limit=${limit}`),
  useVersion: (project: string, kind: DatasetKind, version: number) => request<unknown>(`${versionsOf(project, kind)}/${version}/use`, { method: 'POST' }),
  fields: (kind: DatasetKind) => request<{ field: string; synonyms: string[] }[]>(`/api/import-fields?kind=${part(kind)}`),
  forgetMapping: (project: string, kind: DatasetKind) => request<null>(`/api/projects/${part(project)}/mappings/${part(kind)}`, { method: 'DELETE' }),
  /** The uploaded tables with remarks at their cells. */
  workbook: (project: string, id: string) => `${base(project, id)}/report.xlsx`,
};

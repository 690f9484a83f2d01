/** Programmes: plan documents measured on the project. */
import { request } from './client';

const part = encodeURIComponent;

export interface ProgrammeSummary {
  key: string;
  title_vi: string;
  title_en: string;
  document: string;
}

/** Where an indicator stands against its next target. */
export type Standing = 'met' | 'on_track' | 'at_risk' | 'late' | 'not_computable' | 'no_target';

export interface Reading {
  id: string;
  used: boolean;
  name_vi: string;
  name_en: string;
  formula: string;
  unit: string;
  target: number | null;
  status: Standing;
  figure: { value: number; numerator: number | null; denominator: number | null; rows: string[]; by_operator: Record<string, number>; notes: string[] } | null;
  reason: string | null;
}

export interface Indicator {
  id: string;
  row: number;
  name_vi: string;
  name_en: string;
  /** A = computed from the map, B = reported by people, C = cited only. */
  class: 'A' | 'B' | 'C';
  unit: string;
  denominator_vi: string | null;
  denominator_en: string | null;
  clause: string;
  national: boolean;
  baseline: number | null;
  target: number | null;
  deadline: string | null;
  value: number | null;
  gap: number | null;
  status: Standing;
  reason: string | null;
  readings: Reading[];
  reported: { value: number; date: string; source: string; who: string }[];
  conflict: number | null;
}

export interface Evaluation {
  programme: string;
  title_vi: string;
  title_en: string;
  document: string;
  today: string;
  run: string | null;
  indicators: Indicator[];
  planner: { technology: string; actions: number | null; minimum_in_zones: number | null; quotas: [string, number][] };
  warnings: string[];
}

export const programmes = {
  list: () => request<ProgrammeSummary[]>('/api/programmes'),
  evaluation: (project: string, key: string, run: string | null) =>
    request<Evaluation>(`/api/projects/${part(project)}/programmes/${part(key)}/evaluation${run ? `?run=${part(run)}` : ''}`),
  report: (project: string, key: string, entry: { indicator: string; value: number; date: string; source: string }) =>
    request<unknown>(`/api/projects/${part(project)}/programmes/${part(key)}/reported`, { method: 'POST', body: entry }),
  document: (project: string, key: string, format: string, run: string | null) =>
    `/api/projects/${part(project)}/programmes/${part(key)}/report?format=${format}${run ? `&run=${part(run)}` : ''}`,
};

/** Programmes: plan documents measured on the project, their workflow and their papers. */
import { request } from './client';

const part = encodeURIComponent;

/** A text in both languages. */
export interface Text {
  vi: string;
  en: string;
}

export interface ProgrammeSummary {
  key: string;
  title_vi: string;
  title_en: string;
  document: string;
  /** Made in this project, from one that ships. */
  own?: boolean;
}

/** Where an indicator stands against its next target. */
export type Standing = 'met' | 'on_track' | 'at_risk' | 'late' | 'not_computable' | 'no_target';

export interface Reading {
  id: string;
  used: boolean;
  name_vi: string;
  name_en: string;
  formula: string;
  formula_vi?: string;
  unit: string;
  target: number | null;
  status: Standing;
  figure: { value: number; numerator: number | null; denominator: number | null; rows: string[]; by_operator: Record<string, number>; notes: (Text | string)[]; range?: [number, number] | null } | null;
  reason: Text | string | null;
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
  baseline_date?: string | null;
  target: number | null;
  deadline: string | null;
  targets?: { value: number; by: string; note_vi: string | null }[];
  value: number | null;
  gap: number | null;
  status: Standing;
  status_reason?: Text | string | null;
  reason: Text | string | null;
  readings: Reading[];
  reported: { value: number; date: string; source: string; who: string }[];
  /** Modelled value beside a reported one. */
  estimate?: { value: number; unit: string; reading: string } | null;
  conflict: number | null;
  /** Where a straight way from baseline to target would be today. */
  expected?: number | null;
}

export interface Evaluation {
  programme: string;
  title_vi: string;
  title_en: string;
  document: string;
  today: string;
  run: string | null;
  run_stale?: boolean;
  area?: { name_vi: string; exact: boolean; note: Text } | null;
  indicators: Indicator[];
  planner: { technology: string; actions: number | null; minimum_in_zones: number | null; quotas: [string, number][]; coverage?: { indicator: string }[]; missing?: { indicator: string; name_vi: string; name_en: string; gap: number; unit: string }[] };
  warnings: (Text | string)[];
}

export interface Projection {
  plan: string | null;
  indicators: { id: string; baseline: number | null; value: number | null; target: number | null; projected: number | null; status: Standing; projected_status: Standing }[];
  /** After each phase, those before it included. */
  phases?: { phase: string | null; actions: number; indicators: { id: string; value: number | null }[] }[];
  binding?: Text[];
}

/** What a programme asks of the planner: the body of a plan run. */
export interface PlanWish {
  technology: '4g' | '5g' | null;
  actions: number | null;
  minimum_in_zones: number | null;
  quotas: Record<string, number>;
  goal: 'most_served' | { least_cost: { targets: { of: string; share: number }[] } };
  must_serve: string[];
}

/** A site of an operator's list on its way from plan to air. */
export interface PlannedSite {
  code: string;
  operator: string;
  action: string;
  stage: string;
  commune_code: string | null;
  history: { stage: string; date: string; who: string }[];
  built: { site_code: string; distance_m: number } | null;
}

/** Part of a commune of the past in a commune of today. */
export interface CrosswalkRow { from_code: string; from_name: string; to_code: string; exact: boolean }

export interface Workflow {
  quotas: { operator: string; quota: number; listed: number; on_air: number; difference: number }[];
  deliveries: { deliverable: string; name_vi: string; name_en: string; who: string; due: string | null; received: string | null; status: 'received' | 'received_late' | 'missing' | 'open'; clause: string }[];
  lists: { operator: string; date: string; who: string; sites: number; by_action: Record<string, number>; findings: Finding[] }[];
  conflicts: { first: string; first_operator: string; second: string; second_operator: string; distance_m: number }[];
  stages: Record<string, number>;
  against_built: { done: string[]; outstanding: string[]; unplanned: string[]; moved: { code: string; distance_m: number }[] };
}

export interface Finding {
  code: string;
  severity: 'error' | 'warning';
  message: Text;
  sites: string[];
  other_operator: string | null;
}

export interface Call {
  id: string;
  kind: 'demand_area' | 'sharing_call';
  from: string;
  title: string;
  note: string | null;
  zone_code: string | null;
  position: [number, number] | null;
  date: string;
  due: string | null;
  answers: { operator: string; answer: 'joins' | 'declines' | 'considers'; note: string | null; date: string; who: string }[];
}

export interface IndicatorRows {
  total: number;
  unit: string;
  columns: { key: string; title_vi: string; title_en: string }[];
  rows: Record<string, unknown>[];
}

export interface AnnualPlan {
  year: number;
  totals: { quarter: number | string; commune_code: string; commune: string; build: number; upgrade: number; share: number }[];
  rows: unknown[];
}

/** A programme's document, as far as the page's form shows it; everything else in it is kept. */
export interface ProgrammeDocument {
  key: string;
  title_vi: string;
  title_en: string;
  document: { number: string; date: string; to_year?: number; [more: string]: unknown };
  indicators: { id: string; name_vi: string; name_en: string; unit: string; clause?: string; baseline?: { value: number; date?: string } | null; targets?: { value: number; by?: string }[]; [more: string]: unknown }[];
  quotas?: { operator: string; actions: number; [more: string]: unknown }[];
  deliverables?: { id: string; name_vi: string; name_en: string; due?: string; [more: string]: unknown }[];
  [more: string]: unknown;
}

/** A value of an indicator on a day, and where it comes from. */
export interface HistoryPoint { day: string; value: number; run: string | null; source: 'baseline' | 'run' | 'reported' }

const base = (project: string) => `/api/projects/${part(project)}`;
const of = (project: string, key: string) => `${base(project)}/programmes/${part(key)}`;
const runQuery = (run: string | null) => (run ? `?run=${part(run)}` : '');

export const programmes = {
  list: (project: string) => request<ProgrammeSummary[]>(`${base(project)}/programmes`),
  evaluation: (project: string, key: string, run: string | null) => request<Evaluation>(`${of(project, key)}/evaluation${runQuery(run)}`),
  projection: (project: string, key: string, plan: string) => request<Projection>(`${of(project, key)}/projection?plan=${part(plan)}`),
  /** How every figure came, by indicator. */
  history: async (project: string, key: string) =>
    new Map((await request<{ indicators: { id: string; points: HistoryPoint[] }[] }>(`${of(project, key)}/history`)).indicators.map(({ id, points }) => [id, points])),
  workflow: (project: string, key: string) => request<Workflow>(`${of(project, key)}/workflow`),
  rows: (project: string, key: string, indicator: string, reading: string, which: 'counted' | 'others', limit: number) =>
    request<IndicatorRows>(`${of(project, key)}/indicators/${part(indicator)}/rows?reading=${part(reading)}&part=${which}&limit=${limit}`),
  report: (project: string, key: string, entry: { indicator: string; value: number; date: string; source: string }) =>
    request<unknown>(`${of(project, key)}/reported`, { method: 'POST', body: entry }),
  submit: (project: string, key: string, entry: { deliverable: string; who: string; date: string; note?: string }) =>
    request<unknown>(`${of(project, key)}/submissions`, { method: 'POST', body: entry }),
  /** Takes a checked import of kind `sites` as the list of an operator. */
  takeList: (project: string, key: string, entry: { import: string; operator: string; date: string }) =>
    request<{ operator: string; date: string; sites: number; findings: Finding[] }>(`${of(project, key)}/site-lists/from-import`, { method: 'POST', body: entry }),
  /** Takes every row of a checked import of kind `figures` as a reported value. */
  takeFigures: (project: string, key: string, entry: { import: string }) =>
    request<{ entered: number; refused: { row: number; reason: Text }[] }>(`${of(project, key)}/reported/from-import`, { method: 'POST', body: entry }),
  crosswalk: (project: string, key: string) => request<{ rows: CrosswalkRow[] }>(`${of(project, key)}/crosswalk`),
  makeCrosswalk: (project: string, key: string, from_codes: string[]) =>
    request<{ rows: CrosswalkRow[] }>(`${of(project, key)}/crosswalk/from-list`, { method: 'POST', body: { from_codes } }),
  wish: (project: string, key: string, indicator: string | null) => request<PlanWish>(`${of(project, key)}/planner${indicator ? `?indicator=${part(indicator)}` : ''}`),
  sites: (project: string, key: string) => request<PlannedSite[]>(`${of(project, key)}/sites`),
  setStage: (project: string, key: string, code: string, entry: { stage: string; date: string; operator: string }) =>
    request<unknown>(`${of(project, key)}/sites/${part(code)}/stage`, { method: 'POST', body: entry }),
  calls: (project: string, key: string) => request<Call[]>(`${of(project, key)}/calls`),
  call: (project: string, key: string, entry: { kind: Call['kind']; from: string; title: string; note?: string; zone_code?: string; position?: [number, number]; date: string; due?: string }) =>
    request<Call>(`${of(project, key)}/calls`, { method: 'POST', body: entry }),
  answer: (project: string, key: string, id: string, entry: { operator: string; answer: string; note?: string; date: string }) =>
    request<unknown>(`${of(project, key)}/calls/${part(id)}/answers`, { method: 'POST', body: entry }),
  annualPlan: (project: string, key: string, year: number, plan: string | null) =>
    request<AnnualPlan>(`${of(project, key)}/annual-plan?year=${year}&format=json${plan ? `&plan=${part(plan)}` : ''}`),
  annualPlanFile: (project: string, key: string, year: number, plan: string | null, format: string, lang: string) =>
    `${of(project, key)}/annual-plan?year=${year}&format=${format}&lang=${lang}${plan ? `&plan=${part(plan)}` : ''}`,
  document: (project: string, key: string, format: string, run: string | null, lang = 'vi') => `${of(project, key)}/report?format=${format}&lang=${lang}${run ? `&run=${part(run)}` : ''}`,
  text: (project: string, key: string) => request<{ key: string; own: boolean; text: string; programme: ProgrammeDocument }>(of(project, key)),
  copy: (project: string, copyOf: string, key: string) => request<{ key: string }>(`${base(project)}/programmes`, { method: 'POST', body: { copy_of: copyOf, key } }),
  save: (project: string, key: string, text: string) => request<unknown>(of(project, key), { method: 'PUT', body: { text } }),
  saveDocument: (project: string, key: string, programme: ProgrammeDocument) => request<unknown>(of(project, key), { method: 'PUT', body: { programme } }),
  villageRules: (project: string) => request<{ text: string; own: boolean }>(`${base(project)}/village-rules`),
  saveVillageRules: (project: string, text: string) => request<{ text: string; own: boolean }>(`${base(project)}/village-rules`, { method: 'PUT', body: { text } }),
  shippedVillageRules: (project: string) => request<null>(`${base(project)}/village-rules`, { method: 'DELETE' }),
  decisionFile: (project: string, run: string | null, format: string) => `${base(project)}/village-decisions?format=${format}${run ? `&run=${part(run)}` : ''}`,
};

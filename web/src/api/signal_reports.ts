/** What people on the ground say about the signal at a village. */
import { request } from './client';

export const FINDINGS = ['no_signal', 'weak', 'no_data', 'good'] as const;
export type Finding = (typeof FINDINGS)[number];

export interface SignalReport {
  /** Made by the page: a report that is sent twice counts once. */
  id: string;
  place_code: string | null;
  place_name: string;
  /** Longitude, latitude in degrees. */
  position: [number, number] | null;
  finding: Finding;
  operators: string[];
  download_mbps: number | null;
  note: string;
  observed_at: string;
}

export interface ReceivedReport extends SignalReport {
  who: string;
  received_at: string;
}

/** Which class a village falls in and what follows from it. */
export interface VillageDecision {
  code: string;
  name: string;
  commune_code: string | null;
  commune: string | null;
  population: number | null;
  class: 'white' | 'hollow' | 'served';
  rule: string;
  route_vi: string;
  route_en: string;
  action: string | null;
  position: [number, number] | null;
}

const base = (project: string) => `/api/projects/${encodeURIComponent(project)}`;

export const signalReports = {
  send: (project: string, report: SignalReport) => request<ReceivedReport>(`${base(project)}/signal-reports`, { method: 'POST', body: report }),
  list: async (project: string) => (await request<{ reports: ReceivedReport[] }>(`${base(project)}/signal-reports`)).reports,
  decisions: (project: string, run: string | null) =>
    request<{ rows: VillageDecision[]; totals: { class: string; rule: string; route_vi: string; route_en: string; villages: number; people: number }[] }>(
      `${base(project)}/village-decisions${run ? `?run=${encodeURIComponent(run)}` : ''}`),
};

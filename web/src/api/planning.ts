/** Plans in full: phases, what binds, the curve, changes by hand, comparison; sharing runs; scenario comparison. */
import { request } from './client';
import type { Job } from './types';

const part = encodeURIComponent;
const base = (project: string) => `/api/projects/${part(project)}`;

export interface Text {
  text_vi: string;
  text_en: string;
}

export interface Sums {
  objective: number | null;
  bound?: number | null;
  gap?: number | null;
  capital_million_vnd: number | null;
  people: number | null;
  villages: number | null;
  actions: number | null;
  status?: string | null;
}

export interface Backhaul {
  kind: 'on_site' | 'fibre' | 'microwave' | 'satellite' | 'unknown';
  distance_m: number | null;
  to?: string | null;
  hops?: number | null;
  fresnel_ratio?: number | null;
}

export interface Binding extends Text {
  constraint: string;
  price: number;
  unit?: 'demand' | 'million_vnd';
  lower_limit?: boolean;
}

export interface PlanDocument {
  totals: Record<string, number>;
  by_phase?: { name: string; actions: number; capital_million_vnd: number; objective_gain: number; people: number; villages: number }[];
  binding?: Binding[];
  price_of_last_unit?: number | null;
  curve?: { points: { budget: number; cost: number; served: number; bound?: number | null }[]; knee?: number | null } | null;
  satellite_advice?: { code: string; name: string; position: [number, number]; cheapest_ground?: { id: string; capital_million_vnd: number; people: number } | null }[];
  filtered?: Record<string, number>;
  solution?: { infeasibility?: { conflicting?: (Text & { name: string })[] } | null };
}

export interface Adjustment {
  pin?: string[];
  forbid?: string[];
  add?: { position: [number, number]; action?: string; operator?: string; antenna_height_m?: number }[];
  move?: { id: string; position: [number, number] }[];
}

export interface ShortAction {
  id: string;
  action: string;
  operator: string | null;
  position: [number, number];
  capital_million_vnd: number;
  people: number;
}

export interface Adjusted {
  before: Sums;
  after: Sums;
  added: ShortAction[];
  removed: ShortAction[];
  moved: { id: string; new_id: string; gain_people: number }[];
  seconds: number;
}

export interface PlanComparison {
  both: string[];
  only_a: ShortAction[];
  only_b: ShortAction[];
  differences: Record<'objective' | 'capital_million_vnd' | 'people' | 'villages' | 'actions' | 'in_zones', number | null>;
  villages_only_a: { code: string; name: string }[];
  villages_only_b: { code: string; name: string }[];
}

export interface SharedMast {
  /** `null` where the reader may not know whose mast it is: an operator sees its own only. */
  site_code: string | null;
  owner: string | null;
  mast_type?: string | null;
  mast_height_m?: number | null;
  free_height_m?: number | null;
  tenants?: string[];
  load?: 'free_height_known' | 'unknown' | 'full';
  position?: [number, number] | null;
}

export interface SharingGroup {
  rank: number;
  rule: string;
  rule_text_vi: string;
  rule_text_en: string;
  distance_m: number;
  settlement?: 'dense' | 'sparse';
  keep: SharedMast;
  leave: SharedMast;
  tenants_moved: { operator: string; technology: string; people_before: number; people_kept: number; people_lost: number; people_gained: number; km2_lost: number; mean_change_db: number | null; worst_change_db: number | null }[];
  capital_saved_million_vnd: number | null;
  yearly_saved_million_vnd: number | null;
  confidence: 'high' | 'medium' | 'low';
  confidence_reasons: Text[];
}

export interface SharingRatiosNow {
  by_location: number | null;
  by_station: number | null;
  by_hosted_tenant: number | null;
}

export interface SharingResult {
  share_before: SharingRatiosNow;
  share_after: SharingRatiosNow;
  groups: SharingGroup[];
  restricted_counted?: number;
  pairs_looked_at?: number;
}

interface Part { km2: number; people: number }

export interface Comparison {
  before: { run: string; scenario: string | null };
  after: { run: string; scenario: string | null };
  technology: string[];
  technology_after: string[];
  totals: Record<'gained' | 'lost' | 'kept' | 'neither', Part>;
  areas: { code: string; name: string; kind: string; gained_km2: number; lost_km2: number; kept_km2: number; gained_people: number; lost_people: number; kept_people: number }[];
  places: { code: string; name: string; kind: string; position: [number, number]; population: number | null; change: 'gained' | 'lost' }[];
  tiles: string;
  legend: { key: string; color: string; label_vi: string; label_en: string }[];
}

export const planning = {
  plan: (project: string, run: string) => request<PlanDocument>(`${base(project)}/runs/${part(run)}/plan`),
  adjust: (project: string, run: string, change: Adjustment) => request<Adjusted>(`${base(project)}/runs/${part(run)}/adjust`, { method: 'POST', body: change }),
  compare: (project: string, a: string, b: string) => request<PlanComparison>(`${base(project)}/plans/compare?a=${part(a)}&b=${part(b)}`),
  /** One printable page about a candidate: map, profiles, reasons, parameters. */
  sheet: (project: string, run: string, id: string) => `${base(project)}/runs/${part(run)}/candidates/${part(id)}/sheet?format=html`,
  runSharing: (project: string, parameters: Record<string, unknown>) => request<Job>(`${base(project)}/sharing-runs`, { method: 'POST', body: parameters }),
  sharing: (project: string, run: string) => request<SharingResult>(`${base(project)}/runs/${part(run)}/sharing`),
  scenarios: (project: string, before: string, after: string, technology: string, technologyAfter: string, operator: string) =>
    request<Comparison>(`${base(project)}/compare?${new URLSearchParams({ before, after, technology, technology_after: technologyAfter, operator }).toString()}`),
};

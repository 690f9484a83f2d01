/** The shapes that cross the HTTP border. Names and units are the service's own (snake_case). */

export type Technology = '2g' | '3g' | '4g' | '5g';
export const ANY_OPERATOR = 'any';

export type DatasetKind =
  | 'sites' | 'areas' | 'zones' | 'places' | 'terrain' | 'landcover' | 'population' | 'measurements';

export interface DatasetSummary {
  kind: DatasetKind;
  version: number | string;
  rows: number;
  name: string;
  created_at: string;
}

export interface Project {
  id: string;
  name: string;
  synthetic: boolean;
  created_at: string;
  /** West, south, east, north in degrees. */
  bounds: [number, number, number, number] | null;
  datasets: DatasetSummary[];
  latest_coverage_run: string | null;
  latest_plan_run: string | null;
}

export type RowStatus = 'accepted' | 'repaired' | 'rejected';

export interface ImportIssue {
  column: string | null;
  code: string;
  message_vi: string;
  message_en: string;
  from?: unknown;
  to?: unknown;
}

export interface ImportRow {
  file: string;
  sheet: string | null;
  row: number;
  status: RowStatus;
  issues: ImportIssue[];
}

/** How one column of a file was understood; `field` is `null` when it is not used. */
export interface ColumnReading {
  file: string;
  sheet: string | null;
  column: string;
  header: string;
  field: string | null;
}

export interface CrsCandidate {
  epsg: number;
  name: string;
  swapped: boolean;
  rows_inside: number;
  rows_tried: number;
}

export interface CrsEvidence {
  file: string;
  sheet: string | null;
  epsg: number | null;
  name: string;
  candidates: CrsCandidate[];
  message_vi: string;
  message_en: string;
}

export interface FileNote {
  file: string;
  sheet: string | null;
  code: string;
  message_vi: string;
  message_en: string;
}

export interface ImportReport {
  rows_in: number;
  accepted: number;
  repaired: number;
  rejected: number;
  crs?: { epsg?: number | null; message_vi?: string; message_en?: string; sheets?: CrsEvidence[] } | null;
  columns?: ColumnReading[];
  notes?: FileNote[];
  rows: ImportRow[];
}

export interface ImportRecord {
  id: string;
  kind: DatasetKind;
  status: 'awaiting_commit' | 'committed' | 'discarded';
  report: ImportReport;
}

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface JobProgress {
  fraction: number;
  stage_vi?: string;
  stage_en?: string;
  eta_seconds?: number | null;
  /** A plan run reports its best value and proved bound as it goes. */
  objective?: number | null;
  bound?: number | null;
}

export interface Job {
  id: string;
  project: string | null;
  kind: string;
  status: JobStatus;
  progress: JobProgress;
  result?: { run?: string; project?: string } | null;
  problem?: ProblemDocument | null;
  created_at: string;
  finished_at?: string | null;
}

/** RFC 9457, with the texts in both languages. */
export interface ProblemDocument {
  type?: string;
  title?: string;
  status?: number;
  code: string;
  detail?: string;
  detail_vi?: string;
  detail_en?: string;
  where?: unknown;
  what_to_do_vi?: string;
  what_to_do_en?: string;
}

export type RunKind = 'coverage' | 'plan';

export interface Run {
  id: string;
  kind: RunKind;
  created_at: string;
  parameters: Record<string, unknown>;
  summary: Record<string, unknown>;
  /** The project's data changed after this run was computed. */
  stale: boolean;
}

export interface AreaRow {
  area_code: string;
  name: string;
  kind: string;
  technology: Technology;
  operator: string | null;
  km2: number;
  covered_km2: number;
  people: number | null;
  covered_people: number | null;
  places: number;
  served_places: number;
  area_percent: number | null;
  people_percent: number | null;
  places_percent: number | null;
}

export interface AreaTable {
  rows: AreaRow[];
  totals: Partial<AreaRow> | null;
  parameters: Record<string, unknown>;
}

export type VillageClass = 'white' | 'hollow' | 'served';

export interface PlaceRow {
  place_code: string;
  name: string;
  kind?: string;
  commune: string | null;
  population: number | null;
  served: boolean;
  signal_dbm: number | null;
  margin_db: number | null;
  best_cell: string | null;
  village_class: VillageClass | null;
  position?: [number, number] | { lon_deg: number; lat_deg: number } | null;
}

export interface LegendStop {
  value: number;
  color: string;
}

export interface LayerInfo {
  key: string;
  technology: Technology;
  operator: string | null;
  quantity: 'signal' | 'probability' | 'best_server' | 'sinr' | 'throughput' | string;
  unit: string;
  legend: LegendStop[];
  threshold: number | null;
  tiles: string;
  /** Zoom of the run's own pixels. */
  zoom?: number;
}

/** Read through `state/candidate.ts`, which knows the shapes of gains and reasons. */
export interface CandidateProperties {
  rank: number;
  action: string;
  operator: string | null;
  site_code: string | null;
  name?: string | null;
  [gain: string]: unknown;
}

export type Candidates = GeoJSON.FeatureCollection<GeoJSON.Point, CandidateProperties>;

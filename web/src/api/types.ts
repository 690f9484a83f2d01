/** The shapes that cross the HTTP border. Names and units are the service's own (snake_case); what its description types is taken from there. */
import type { components } from './generated';

type Schemas = components['schemas'];

export type Technology = '2g' | '3g' | '4g' | '5g';
export const ANY_OPERATOR = 'any';

export type DatasetKind =
  | 'sites' | 'areas' | 'zones' | 'places' | 'terrain' | 'landcover' | 'population' | 'measurements' | 'figures' | 'crosswalk';

/** A version of a dataset, in use or not. */
export type DatasetVersion = DatasetSummary & { in_use: boolean };
export type DatasetSummary = Omit<Schemas['DatasetView'], 'kind'> & { kind: DatasetKind };

export type Project = Omit<Schemas['ProjectView'], 'bounds' | 'datasets'> & {
  /** West, south, east, north in degrees. */
  bounds: [number, number, number, number] | null;
  datasets: DatasetSummary[];
};

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

export type ImportRecord = Pick<Schemas['ImportView'], 'id' | 'files' | 'created_at'> & {
  kind: DatasetKind;
  status: 'awaiting_commit' | 'committed' | 'discarded';
  report: ImportReport;
  /** What the planner set for the reading of the files. */
  options?: ImportOptions;
  /** What a commit would change in the version in use; `null` for rasters. */
  difference?: ImportDifference | null;
};

/** `null` leaves a column unused. */
export type ColumnMapping = Record<string, string | null>;

export interface RowDecision {
  file: string;
  sheet: string | null;
  row: number;
  /** Accept a doubtful row, leave a row out, or take it as a second tenant of a mast. */
  action: 'take' | 'leave' | 'merge';
}

export interface ImportOptions {
  epsg?: number | null;
  operator?: string | null;
  province?: string | null;
  columns?: ColumnMapping;
  decisions?: RowDecision[];
}

export type ImportDifference = Record<'added' | 'moved' | 'changed' | 'removed' | 'unchanged', number>;

export interface ChangedRow {
  change: 'added' | 'moved' | 'changed' | 'removed';
  layer: string;
  code: string;
  name: string | null;
  distance_m?: number | null;
  fields: { field: string; from: unknown; to: unknown }[];
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
  result?: { run?: string; project?: string; import?: string } | null;
  problem?: ProblemDocument | null;
  created_at: string;
  finished_at?: string | null;
}

/** RFC 9457, with the texts in both languages. The page makes some itself, so only the code is certain. */
export type ProblemDocument = Partial<Omit<Schemas['Problem'], 'where' | 'code'>> & { code: string; where?: unknown };

export type RunKind = 'coverage' | 'plan' | 'sharing';

export type Run = Omit<Schemas['RunView'], 'kind' | 'parameters' | 'summary' | 'inputs'> & {
  kind: RunKind;
  /** Program version and the hash of each dataset that went into it; what an account may not see is left out. */
  inputs?: { versions?: { program?: string; datasets?: Partial<Record<DatasetKind, string | null>> } } | null;
  parameters: Record<string, unknown>;
  summary: Record<string, unknown>;
};

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

export type LegendStop = Schemas['LegendStop'];

export type LayerInfo = Omit<Schemas['LayerView'], 'technology' | 'zoom'> & {
  technology: Technology;
  /** Zoom of the run's own pixels. */
  zoom?: number;
  /** Finest zoom at which this account is shown the layer. */
  maximum_zoom?: number | null;
};

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

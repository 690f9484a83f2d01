/** Measured levels against a run's predictions: how far off it is, where, and what would correct it. */
import { request } from './client';

export interface ErrorFigures {
  count: number;
  /** Predicted less measured, dB. */
  bias_db: number | null;
  rmse_db: number | null;
  sigma_db: number | null;
}

export interface Offset {
  frequency_mhz: number;
  clutter: string | null;
  offset_db: number;
  points?: number;
}

export interface MeasurementReport {
  points: number;
  matched: number;
  without_prediction: number;
  overall: ErrorFigures;
  by_distance: (ErrorFigures & { from_m: number; to_m: number | null })[];
  by_clutter: (ErrorFigures & { clutter: string; label_vi: string; label_en: string })[];
  by_band: (ErrorFigures & { frequency_mhz: number })[];
  calibration: { held_out_points: number; offsets: Offset[]; before: ErrorFigures; after: ErrorFigures } | null;
}

const of = (project: string, run: string) => `/api/projects/${encodeURIComponent(project)}/runs/${encodeURIComponent(run)}/measurements`;

export const measurements = {
  report: (project: string, run: string, heldOut = 0.3) => request<MeasurementReport>(`${of(project, run)}?held_out=${heldOut}`),
  points: (project: string, run: string) => request<GeoJSON.FeatureCollection>(`${of(project, run)}/points`),
};

/** Every address of the service that the page uses, in one place. */
import { request, upload } from './client';
import type {
  AreaTable, Candidates, DatasetKind, ImportRecord, Job, LayerInfo, PlaceRow, Project, Run, RunKind,
} from './types';

const part = encodeURIComponent;

function query(values: Record<string, string | number | undefined | null>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** Some lists come bare and some inside an object; both are read. */
function list<T>(answer: unknown, ...names: string[]): T[] {
  if (Array.isArray(answer)) return answer as T[];
  if (typeof answer === 'object' && answer !== null) {
    for (const name of [...names, 'items', 'rows']) {
      const inner = (answer as Record<string, unknown>)[name];
      if (Array.isArray(inner)) return inner as T[];
    }
  }
  return [];
}

export const service = {
  version: () => request<Record<string, unknown>>('/api/version'),

  projects: async () => list<Project>(await request('/api/projects'), 'projects'),
  project: (id: string) => request<Project>(`/api/projects/${part(id)}`),
  createProject: (name: string) => request<Project>('/api/projects', { method: 'POST', body: { name } }),
  renameProject: (id: string, name: string) =>
    request<Project>(`/api/projects/${part(id)}`, { method: 'PATCH', body: { name } }),
  deleteProject: (id: string) => request<null>(`/api/projects/${part(id)}`, { method: 'DELETE' }),
  makeDemo: () => request<Job>('/api/demo', { method: 'POST' }),

  /** Answers the job that reads the files, or the import itself where the service reads them at once. */
  importFiles: (project: string, kind: DatasetKind, options: { epsg?: string; operator?: string }, files: readonly File[], onProgress: (f: number) => void, signal?: AbortSignal) =>
    upload<ImportRecord | Job>(`/api/projects/${part(project)}/imports${query({ kind, ...options, as_job: 'true' })}`, files, onProgress, signal),
  imports: async (project: string) => list<ImportRecord>(await request(`/api/projects/${part(project)}/imports`), 'imports'),
  import: (project: string, id: string) => request<ImportRecord>(`/api/projects/${part(project)}/imports/${part(id)}`),
  commitImport: (project: string, id: string) =>
    request<unknown>(`/api/projects/${part(project)}/imports/${part(id)}/commit`, { method: 'POST' }),
  discardImport: (project: string, id: string) =>
    request<unknown>(`/api/projects/${part(project)}/imports/${part(id)}`, { method: 'DELETE' }),
  undoDataset: (project: string, kind: DatasetKind) =>
    request<unknown>(`/api/projects/${part(project)}/datasets/${part(kind)}/undo`, { method: 'POST' }),

  runCoverage: (project: string, parameters: Record<string, unknown>) =>
    request<Job>(`/api/projects/${part(project)}/coverage-runs`, { method: 'POST', body: parameters }),
  runPlan: (project: string, parameters: Record<string, unknown>) =>
    request<Job>(`/api/projects/${part(project)}/plan-runs`, { method: 'POST', body: parameters }),
  runs: async (project: string, kind: RunKind) =>
    list<Run>(await request(`/api/projects/${part(project)}/runs${query({ kind })}`), 'runs'),
  run: (project: string, id: string) => request<Run>(`/api/projects/${part(project)}/runs/${part(id)}`),

  areas: (project: string, run: string, technology: string, operator: string, kind: 'commune' | 'zone', signal?: AbortSignal) =>
    request<AreaTable>(
      `/api/projects/${part(project)}/runs/${part(run)}/areas${query({ technology, operator, kind })}`,
      signal ? { signal } : {},
    ),
  places: async (project: string, run: string, technology: string, operator: string, signal?: AbortSignal) =>
    list<PlaceRow>(
      await request(
        `/api/projects/${part(project)}/runs/${part(run)}/places${query({ technology, operator })}`,
        signal ? { signal } : {},
      ),
      'rows',
    ),
  warnings: async (project: string, run: string) =>
    list<{ message_vi: string; message_en: string }>(await request(`/api/projects/${part(project)}/runs/${part(run)}/warnings`), 'warnings'),
  layers: async (project: string, run: string) =>
    list<LayerInfo>(await request(`/api/projects/${part(project)}/runs/${part(run)}/layers`), 'layers'),
  candidates: (project: string, run: string) =>
    request<Candidates>(`/api/projects/${part(project)}/runs/${part(run)}/candidates`),
  point: (project: string, run: string, lon: number, lat: number, signal?: AbortSignal) =>
    request<Record<string, unknown>>(
      `/api/projects/${part(project)}/runs/${part(run)}/point${query({ lon, lat })}`,
      signal ? { signal } : {},
    ),
  path: (project: string, from: readonly [number, number], to: readonly [number, number], radio: { frequency_mhz?: number; tx_height_m?: number; rx_height_m?: number } = {}) =>
    request<Record<string, unknown>>(
      `/api/projects/${part(project)}/path${query({ from: from.join(','), to: to.join(','), ...radio })}`,
    ),

  jobs: async (project?: string) => list<Job>(await request(`/api/jobs${query({ project })}`), 'jobs'),
  job: (id: string) => request<Job>(`/api/jobs/${part(id)}`),
  cancelJob: (id: string) => request<Job | null>(`/api/jobs/${part(id)}`, { method: 'DELETE' }),

  cellsWithin: (project: string, box: readonly number[], signal?: AbortSignal) =>
    request<GeoJSON.FeatureCollection>(`/ogc/${part(project)}/collections/cells/items${query({ bbox: box.join(','), limit: 5000 })}`, signal ? { signal } : {}),
  /** Light poles in zones that the newest plan proposes; nobody's name is on them. */
  poleCandidates: (project: string) => request<Candidates>(`/api/projects/${part(project)}/pole-candidates`),
  cell: (project: string, code: string) => request<GeoJSON.FeatureCollection>(`/ogc/${part(project)}/collections/cells/items${query({ code, limit: 1 })}`),
  collection: (project: string, name: string) =>
    request<GeoJSON.FeatureCollection>(`/ogc/${part(project)}/collections/${name}/items?limit=1000000`),
};

/** Addresses that the map or a link opens by itself. */
export const address = {
  jobEvents: (id: string) => `/api/jobs/${part(id)}/events`,
  hillshade: (project: string) => `/api/projects/${part(project)}/hillshade/{z}/{x}/{y}.png`,
  footprint: (project: string, run: string, technology: string, operator: string) =>
    `/api/projects/${part(project)}/runs/${part(run)}/footprints/${part(technology)}-${part(operator)}.geojson`,
  export: (project: string, layer: string, format: string, view: { run?: string | null | undefined; technology?: string; operator?: string } = {}) =>
    `/api/projects/${part(project)}/export${query({ layer, format, ...view })}`,
};

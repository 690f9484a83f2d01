/** What the forms of a project start from: thresholds and other parameters of a run, and costs. */
import { request } from '../api/client';

export const TEMPLATE_FIELDS = ['eirp_per_re_dbm', 'bandwidth_mhz', 'antenna_height_m', 'mechanical_tilt_deg', 'electrical_tilt_deg', 'horizontal_beamwidth_deg', 'vertical_beamwidth_deg'] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];

/** Other values than the usual ones for what lists leave open, of one technology's cells. */
export type TemplateChange = { technology: string; operator?: string | null; band?: string } & Partial<Record<TemplateField, number>>;
/** A template that ships. */
export type UsualTemplate = TemplateChange & { band: string; source: string };

export const templateKey = (one: TemplateChange): string => [one.technology, one.band ?? '', one.operator ?? ''].filter((part) => part !== '').join('-');

export interface ProjectSettings {
  coverage: {
    thresholds?: Partial<Record<'2g' | '3g' | '4g' | '5g', number>>;
    edge_probability?: number;
    maximum_radius_m?: number;
    sigma_planning_db?: number;
    load?: number;
    templates?: TemplateChange[];
  };
  /** Million VND by kind of action, where they differ from those that ship. */
  costs: { capital_million_vnd?: Record<string, number>; yearly_million_vnd?: Record<string, number> };
}

/** The costs that ship, whole: a plan run takes all of them or none. */
export type UsualCosts = Record<string, unknown> & { capital_million_vnd: Record<string, number>; yearly_million_vnd: Record<string, number> };

/** The project's own figures laid over the usual ones; `null` where there are none of its own. */
export function costsOf(own: ProjectSettings['costs'], usual: UsualCosts | null): UsualCosts | null {
  if (!usual || Object.keys(own).length === 0) return null;
  return { ...usual, capital_million_vnd: { ...usual.capital_million_vnd, ...own.capital_million_vnd }, yearly_million_vnd: { ...usual.yearly_million_vnd, ...own.yearly_million_vnd } };
}

const EMPTY: ProjectSettings = { coverage: {}, costs: {} };

class Settings {
  now = $state.raw<ProjectSettings>(EMPTY);
  usual = $state.raw<UsualCosts | null>(null);
  usualTemplates = $state.raw<UsualTemplate[]>([]);
  #project: string | null = null;

  async load(project: string): Promise<void> {
    if (project === this.#project) return;
    this.#project = project;
    this.now = EMPTY;
    try {
      const found = await request<ProjectSettings & { usual_costs?: UsualCosts; usual_templates?: UsualTemplate[] }>(`/api/projects/${encodeURIComponent(project)}/settings`);
      if (project !== this.#project) return;
      this.now = { coverage: found.coverage ?? {}, costs: found.costs ?? {} };
      this.usual = found.usual_costs ?? null;
      this.usualTemplates = found.usual_templates ?? [];
    } catch {
      // The usual values stand where settings cannot be had; after signing in they can.
      if (project === this.#project) this.#project = null;
    }
  }

  /** What a plan run is sent as its costs. */
  get costs(): UsualCosts | null {
    return costsOf(this.now.costs, this.usual);
  }

  async save(project: string, next: ProjectSettings): Promise<void> {
    this.now = await request<ProjectSettings>(`/api/projects/${encodeURIComponent(project)}/settings`, { method: 'PUT', body: next });
  }
}

export const settings = new Settings();

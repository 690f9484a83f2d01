/**
 * The open project and what is being looked at. The address is the single source of the view;
 * everything fetched follows from it.
 */
import { service } from '../api/endpoints';
import { measurements } from '../api/measurements';
import { signalReports, type ReceivedReport } from '../api/signal_reports';
import { asProblem, type Problem } from '../api/client';
import type {
  AreaTable, Candidates, DatasetKind, Job, LayerInfo, PlaceRow, Project, Run,
} from '../api/types';
import { codeOf, type Collection, type Feature } from '../map/features';
import { boxOf, type Box, type LonLat } from '../map/geometry';
import { readShown, writeShown, type Display } from '../map/shown';
import type { DrawerView } from './drawer';
import { formatAddress, parseAddress, START, type Address, type Room, type Selection } from './address';
import { choices } from './choices.svelte';
import { jobs } from './jobs.svelte';
import { Loaded } from './loaded.svelte';
import type { Reason } from './reasons';
import { session } from './session.svelte';
import { settings } from './settings.svelte';

/** What a click on the map does. */
export type Tool = 'query' | 'measure' | 'profile';

/** The project's own features, as the map and the search use them. */
export type CollectionName = 'communes' | 'zones' | 'places' | 'sites';
const COLLECTIONS: readonly CollectionName[] = ['communes', 'zones', 'places', 'sites'];

class Workspace {
  address = $state.raw<Address>(parseAddress(''));
  projects = new Loaded<Project[]>();
  project = $state.raw<Project | null>(null);
  projectProblem = $state.raw<Problem | null>(null);
  coverageRuns = $state.raw<Run[]>([]);
  planRuns = $state.raw<Run[]>([]);

  layers = new Loaded<LayerInfo[]>();
  communes = new Loaded<AreaTable>();
  zones = new Loaded<AreaTable>();
  places = new Loaded<PlaceRow[]>();
  candidates = new Loaded<Candidates>();
  reports = new Loaded<ReceivedReport[]>();
  measured = new Loaded<Collection>();

  collections: Record<CollectionName, Loaded<Collection>> = {
    communes: new Loaded(), zones: new Loaded(), places: new Loaded(), sites: new Loaded(),
  };
  /** What the map shows; `quantity` chooses the layer of the run. */
  shown = $derived(readShown(this.address.show));
  tool = $state<Tool>('query');
  toolPoints = $state.raw<LonLat[]>([]);
  point = new Loaded<Record<string, unknown>>();
  pointAt = $state.raw<LonLat | null>(null);
  /** Where the map is asked to go; a new object each time. */
  target = $state.raw<{ box: Box; maxZoom?: number } | null>(null);

  /** Whether the live map or a search wants all features; the first view of the map room does without. */
  awake = $state(false);
  /** Raster tiles that are shown in place of the run's layer, such as the difference of two runs. */
  overlay = $state.raw<{ tiles: string; legend: { key: string; color: string; label_vi: string; label_en: string }[] } | null>(null);
  hovered = $state.raw<Selection | null>(null);
  drawer = $state<DrawerView | null>(null);
  /** Which villages their table shows. */
  villages = $state<'unserved' | 'white' | 'hollow' | 'served' | 'all'>('unserved');
  /** The table of villages also shows schools, stations for health and other places that a plan puts first. */
  withPlaces = $state(false);
  /** The table of villages shows only those of this commune, by name. */
  commune = $state<string | null>(null);
  /** The table of masts shows only those that several operators use. */
  sharedOnly = $state(false);
  /** The table of villages shows only those without signal for this reason. */
  reason = $state<Reason | null>(null);
  /** The table of communes shows only those whose share covered lies in this tenth, counted from 0. */
  tenth = $state<number | null>(null);
  /** The table of candidates shows only those in zones, or of one kind of action. */
  picks = $state<string | null>(null);
  /** The form for another coverage run is open. */
  forming = $state(false);
  /** The import whose report is shown. */
  shownImport = $state<string | null>(null);
  /** Two versions of a dataset that are compared. */
  shownVersion = $state.raw<{ kind: DatasetKind; version: number; against: number } | null>(null);
  /** The figure of a programme whose rows are shown. */
  figure = $state.raw<{ programme: string; indicator: string; reading: string; name: string } | null>(null);
  /** What the audit log is narrowed to: the run behind a figure. */
  trailOf = $state<string | null>(null);
  /** Bumped when somebody reported, so that the map shows it. */
  reportsTurn = $state(0);
  /** Bumped when map data changed on the service, so that the map fetches again. */
  revision = $state(0);

  /** The run that the figures come from: the one in the address, else the newest. */
  run = $derived(this.coverageRuns.find((run) => run.id === this.address.run) ?? this.coverageRuns[0] ?? null);
  compareRun = $derived(this.coverageRuns.find((run) => run.id === this.address.compare) ?? null);
  plan = $derived(this.planRuns.find((run) => run.id === this.address.plan) ?? this.planRuns[0] ?? null);

  /** The layer of the run that matches technology, operator and quantity. */
  layer = $derived.by(() => {
    const { technology, operator } = this.address;
    return this.layers.value?.find((layer) => layer.technology === technology && layer.quantity === this.shown.quantity
      && (layer.operator ?? 'any').toLowerCase() === operator.toLowerCase()) ?? null;
  });

  /** Operators that the project's data or run name, in a fixed order. */
  operators = $derived.by(() => {
    const named = new Set<string>(['Viettel', 'VNPT', 'MobiFone']);
    for (const layer of this.layers.value ?? []) if (layer.operator && layer.operator !== 'any') named.add(layer.operator);
    return [...named];
  });

  /** The feature behind a selection. */
  feature(selection: Selection | null): Feature | null {
    if (!selection) return null;
    if (selection.kind === 'candidate') {
      return this.candidates.value?.features.find((feature) => String(feature.properties.rank) === selection.code) ?? null;
    }
    const names: CollectionName[] = selection.kind === 'area' ? ['communes', 'zones'] : selection.kind === 'place' ? ['places'] : ['sites'];
    for (const name of names) {
      const found = this.collections[name].value?.features.find((feature) => codeOf(feature) === selection.code);
      if (found) return found;
    }
    return null;
  }

  /** Selects and moves the map there. */
  visit(selection: Selection): void {
    this.select(selection);
    const box = boxOf(this.feature(selection)?.geometry ?? null);
    if (box) this.target = { box, maxZoom: selection.kind === 'area' ? 13 : 13.5 };
  }

  /** Opens a table, narrowed to the rows that a figure counts, or whole. */
  rows(view: DrawerView, only: { villages?: Workspace['villages']; places?: boolean; commune?: string; reason?: Reason; tenth?: number; picks?: string; shared?: boolean } = {}): void {
    if (only.villages) this.villages = only.villages;
    this.withPlaces = only.places ?? false;
    this.commune = only.commune ?? null;
    this.sharedOnly = only.shared ?? false;
    this.reason = only.reason ?? null;
    this.tenth = only.tenth ?? null;
    this.picks = only.picks ?? null;
    this.drawer = view;
  }

  /** Opens the audit log at everything that was done about a run. */
  trail(subject: string): void {
    this.room('audit');
    this.trailOf = subject;
  }

  display(change: Partial<Display>): void {
    this.go({ show: writeShown({ ...this.shown, ...change }) });
  }

  /** A link that shows this very view, also after newer runs. */
  link(): string {
    return location.href.replace(/#.*$/, '') + formatAddress({ ...this.address, run: this.run?.id ?? null, plan: this.plan?.id ?? null });
  }

  useTool(tool: Tool): void {
    this.tool = this.tool === tool ? 'query' : tool;
    this.toolPoints = [];
    this.pointAt = null;
  }

  dataset(kind: DatasetKind) {
    return this.project?.datasets.find((dataset) => dataset.kind === kind) ?? null;
  }

  start(): void {
    this.address = parseAddress(location.hash);
    addEventListener('hashchange', () => {
      const next = parseAddress(location.hash);
      if (formatAddress(next) !== formatAddress(this.address)) this.#take(next);
    });
    void this.projects.load('all', service.projects);
    if (this.address.project) void this.open(this.address.project);
  }

  /** Forgets everything fetched and fetches it as the account that is signed in now. */
  restart(): void {
    for (const one of [this.projects, this.layers, this.communes, this.zones, this.places, this.candidates, this.reports, this.measured, ...Object.values(this.collections)]) one.forget();
    this.project = null;
    void this.projects.load('all', service.projects);
    if (this.address.project) void this.open(this.address.project);
  }

  /** Changes the view; camera moves replace the history entry, everything else adds one. */
  go(change: Partial<Address>): void {
    const next = { ...this.address, ...change };
    const hash = formatAddress(next);
    if (hash === formatAddress(this.address)) return;
    const onlyCamera = Object.keys(change).every((key) => key === 'camera' || key === 'selection' || key === 'show');
    history[onlyCamera ? 'replaceState' : 'pushState'](null, '', hash);
    this.#take(next);
  }

  room(room: Room): void {
    this.trailOf = null;
    this.go({ room });
  }

  select(selection: Selection | null): void {
    this.go({ selection });
  }

  #take(next: Address): void {
    const changed = next.project !== this.address.project;
    this.address = next;
    if (!changed) return;
    if (next.project) void this.open(next.project);
    else this.#close();
  }

  #close(): void {
    this.project = null;
    this.coverageRuns = [];
    this.planRuns = [];
    this.drawer = null;
    this.hovered = null;
    this.projects.forget();
    void this.projects.load('all', service.projects);
  }

  async open(id: string): Promise<void> {
    this.projectProblem = null;
    if (this.project?.id !== id) {
      choices.clearAll();
      choices.placing = null;
      this.pointAt = null;
      this.project = null;
      this.coverageRuns = [];
      this.planRuns = [];
      this.drawer = null;
    }
    try {
      const [project, coverageRuns, planRuns] = await Promise.all([
        service.project(id), service.runs(id, 'coverage'), service.runs(id, 'plan'), settings.load(id),
      ]);
      if (this.address.project !== id) return;
      // An operator begins with its own network; the figures of all are a choice away.
      if (session.operator && this.address.operator === START.operator) this.go({ operator: session.operator });
      this.coverageRuns = coverageRuns.sort(newestFirst);
      this.planRuns = planRuns.sort(newestFirst);
      this.project = project;
      void jobs.refresh(id, (job) => void this.jobEnded(job)).catch(() => undefined);
    } catch (error) {
      this.projectProblem = asProblem(error);
    }
  }

  /** Fetches the project and its runs again after something changed on the service. */
  async reload(): Promise<void> {
    if (!this.address.project) return;
    await this.open(this.address.project);
    this.revision += 1;
  }

  /** A job came to its end: show what it made. */
  async jobEnded(job: Job): Promise<void> {
    if (job.project !== this.address.project) {
      this.projects.forget();
      void this.projects.load('all', service.projects);
      return;
    }
    await this.reload();
    const run = job.result?.run;
    if (job.status !== 'succeeded' || !run) return;
    if (this.coverageRuns.some((other) => other.id === run)) this.go({ run });
    if (this.planRuns.some((other) => other.id === run)) {
      this.go({ plan: run, selection: null });
      this.rows('candidates');
      // A plan is a matter of the whole project.
      if (this.project?.bounds) this.target = { box: this.project.bounds };
    }
  }

  /** Starts fetching what the present address needs; called from an effect. */
  follow(): void {
    const { technology, operator } = this.address;
    const project = this.project?.id ?? null;
    const run = this.run?.id ?? null;
    const key = project && run ? `${project}/${run}/${technology}/${operator}` : null;
    void this.layers.load(project && run ? `${project}/${run}` : null, () => service.layers(project!, run!));
    void this.communes.load(key, () => service.areas(project!, run!, technology, operator, 'commune'));
    void this.zones.load(key, () => service.areas(project!, run!, technology, operator, 'zone'));
    const full = this.awake || this.address.room !== 'map';
    if (full) void this.places.load(key, () => service.places(project!, run!, technology, operator));
    for (const name of COLLECTIONS) {
      if (!full && name !== 'communes') continue;
      const wanted = name === 'communes' ? 'areas' : name;
      const version = this.project?.datasets.find((dataset) => dataset.kind === wanted)?.version;
      void this.collections[name].load(
        project && version !== undefined ? `${project}/${wanted}/${version}` : null,
        () => service.collection(project!, name),
      );
    }
    const mayReports = session.now !== null && session.now.user?.role !== 'public';
    void this.reports.load(project && full && mayReports ? `${project}/${this.reportsTurn}` : null, () => signalReports.list(project!));
    const measuredVersion = this.dataset('measurements')?.version;
    void this.measured.load(project && run && this.shown.measured && measuredVersion !== undefined ? `${project}/${run}/${measuredVersion}` : null, () => measurements.points(project!, run!));
    const at = this.pointAt;
    void this.point.load(at && project && run ? `${project}/${run}/${at.join()}` : null, () => service.point(project!, run!, at![0], at![1]));
    const plan = this.plan?.id ?? null;
    if (session.role === 'zone_board') void this.candidates.load(project && full ? `${project}/poles` : null, () => service.poleCandidates(project!));
    else void this.candidates.load(project && plan ? `${project}/${plan}` : null, () => service.candidates(project!, plan!));
  }
}

function newestFirst(a: Run, b: Run): number {
  return b.created_at.localeCompare(a.created_at);
}

export const workspace = new Workspace();

/** Reads the service's features and joins them with a run's results for drawing. */
import type { ReceivedReport } from '../api/signal_reports';
import type { PlaceRow, VillageClass } from '../api/types';
import { ANY_OPERATOR } from '../api/types';
import { namedFrom } from './borders';
import { labelPoint, wedge } from './geometry';
import { operatorColour, type Palette } from './palette';

export type Feature = GeoJSON.Feature;
export type Collection = GeoJSON.FeatureCollection;

export const EMPTY: Collection = { type: 'FeatureCollection', features: [] };

type Properties = Record<string, unknown>;

function properties(feature: Feature): Properties {
  return (feature.properties ?? {}) as Properties;
}

/** The code that tables, map and address bar share. */
export function codeOf(feature: Feature): string {
  const value = properties(feature).code ?? properties(feature).site_code ?? feature.id;
  return value === undefined || value === null ? '' : String(value);
}

export function nameOf(feature: Feature): string {
  const value = properties(feature).name;
  return typeof value === 'string' && value !== '' ? value : codeOf(feature);
}

/** A list property that may come as an array, as JSON text or separated by commas. */
export function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string' || value === '') return [];
  if (value.startsWith('[')) {
    try {
      return listOf(JSON.parse(value));
    } catch {
      return [];
    }
  }
  return value.split(/[,;/]/).map((part) => part.trim()).filter((part) => part !== '');
}

/** Operators with a station at a site; its owner where stations are not listed. */
export function operatorsAt(site: Feature): string[] {
  const listed = listOf(properties(site).operators);
  if (listed.length > 0) return listed;
  const owner = properties(site).owner ?? properties(site).operator;
  return typeof owner === 'string' && owner !== '' ? [owner] : [];
}

export function technologiesAt(site: Feature): string[] {
  return listOf(properties(site).technologies).map((technology) => technology.toLowerCase());
}

const SHAPED = ['Viettel', 'VNPT', 'MobiFone'];

/** Sites of one operator (or any) with one technology (or any), each with its symbol. */
export function shownSites(sites: Collection | null, operator: string, technology: string | null): Collection {
  if (!sites) return EMPTY;
  const features = sites.features.flatMap((site) => {
    const operators = operatorsAt(site);
    if (operator !== ANY_OPERATOR && !operators.includes(operator)) return [];
    const technologies = technologiesAt(site);
    if (technology !== null && technologies.length > 0 && !technologies.includes(technology)) return [];
    const one = operator === ANY_OPERATOR ? operators[0] : operator;
    const symbol = operator === ANY_OPERATOR && operators.length > 1 ? 'shared' : SHAPED.includes(one ?? '') ? one : 'other';
    return [{ ...site, properties: { ...site.properties, code: codeOf(site), symbol: `site-${symbol}` } }];
  });
  return { type: 'FeatureCollection', features };
}

/** Places joined with how they are served; without a run every place is drawn as unknown. */
export function shownPlaces(places: Collection | null, rows: readonly PlaceRow[] | null): Collection {
  if (!places) return EMPTY;
  const byCode = new Map((rows ?? []).map((row) => [row.place_code, row]));
  const importance: Record<VillageClass, number> = { white: 2, hollow: 1, served: 0 };
  const features = places.features.flatMap((place) => {
    const code = codeOf(place);
    const row = byCode.get(code);
    const isVillage = (properties(place).kind ?? 'village') === 'village';
    if (!isVillage) return [];
    const state = row?.village_class ?? (row ? (row.served ? 'served' : 'white') : null);
    return [{
      ...place,
      properties: { ...place.properties, code, symbol: `village-${state ?? 'unknown'}`, order: state ? importance[state] : 0 },
    }];
  });
  return { type: 'FeatureCollection', features };
}

/** One label per feature, at its label point, with the zoom `from` which it has room. */
export function labels(collection: Collection | null): Collection {
  if (!collection) return EMPTY;
  const placed = collection.features.flatMap((feature) => {
    const at = labelPoint(feature.geometry);
    return at ? [{ feature, at }] : [];
  });
  const from = namedFrom(placed.map(({ at }) => at));
  const features = placed.map(({ feature, at }, index): Feature => (
    { type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { name: nameOf(feature), code: codeOf(feature), from: from[index] } }
  ));
  return { type: 'FeatureCollection', features };
}

/** Drawn length of a cell's sector, m: long enough to read, short enough not to pass for coverage. */
const WEDGE_M = 260;
/** Beamwidth drawn where a cell does not state one, degrees: the usual three-sector antenna. */
const USUAL_BEAMWIDTH_DEG = 65;

/** Cells as sectors in the operator's colour; an omnidirectional cell is a ring. */
export function sectors(cells: Collection | null, operator: string, technology: string, palette: Palette): Collection {
  const features = (cells?.features ?? []).flatMap((cell): Feature[] => {
    const { operator: own, technology: kind, azimuth_deg: azimuth, horizontal_beamwidth_deg: width } = properties(cell);
    if (cell.geometry?.type !== 'Point' || kind !== technology || (operator !== ANY_OPERATOR && own !== operator)) return [];
    const at: [number, number] = [cell.geometry.coordinates[0] ?? 0, cell.geometry.coordinates[1] ?? 0];
    const beam = typeof azimuth === 'number' ? (typeof width === 'number' ? Math.min(width, 359) : USUAL_BEAMWIDTH_DEG) : 360;
    const ring = wedge(at, typeof azimuth === 'number' ? azimuth : 0, beam, beam === 360 ? WEDGE_M / 2 : WEDGE_M);
    return [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { colour: operatorColour(palette, typeof own === 'string' ? own : null) } }];
  });
  return { type: 'FeatureCollection', features };
}

/** Reports on the map: the newest of each village, where somebody stood or where the village is. */
export function reportFeatures(reports: readonly ReceivedReport[]): Collection {
  const newest = new Map<string, ReceivedReport>();
  for (const report of reports) {
    const key = report.place_code ?? report.place_name;
    const known = newest.get(key);
    if (report.position && (!known || known.observed_at < report.observed_at)) newest.set(key, report);
  }
  return {
    type: 'FeatureCollection',
    features: [...newest.values()].map((report) => ({
      type: 'Feature', geometry: { type: 'Point', coordinates: [...report.position!] },
      properties: { code: report.place_code ?? '', finding: report.finding, name: report.place_name },
    })),
  };
}

/** What came second to a chosen candidate, and a line to it. */
export function ghostOf(chosen: Feature | null): Collection {
  let rival = properties(chosen ?? { type: 'Feature', geometry: null as never, properties: {} }).runner_up as { id?: string; position?: [number, number] } | string | null | undefined;
  if (typeof rival === 'string') {
    try {
      rival = JSON.parse(rival) as { id?: string; position?: [number, number] };
    } catch {
      return EMPTY;
    }
  }
  const at = rival && typeof rival === 'object' ? rival.position : undefined;
  if (!chosen || chosen.geometry?.type !== 'Point' || !at || (at[0] === 0 && at[1] === 0)) return EMPTY;
  const action = /^(upgrade|co_locate|new_tower|pole_small_cell|leo)/.exec((rival as { id?: string }).id ?? '')?.[1] ?? String(properties(chosen).action ?? '');
  return {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', geometry: { type: 'LineString', coordinates: [chosen.geometry.coordinates, [...at]] }, properties: {} },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [...at] }, properties: { action } },
    ],
  };
}

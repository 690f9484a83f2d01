/** What is drawn, from bottom to top, as a plain function of what is to be seen. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Theme } from '../state/preferences.svelte';
import { ERROR_STEPS_DB, palettes, SHARE_STEPS, type Palette } from './palette';

export const FONT = ['Be Vietnam Pro'];

export interface Shown {
  theme: Theme;
  hillshade: boolean;
  communes: boolean;
  zones: boolean;
  villages: boolean;
  /** Villages that are served are left out, so that the others stand out. */
  onlyUnserved: boolean;
  sites: boolean;
  /** Only masts with a station of the technology that is looked at. */
  onlyTechnology: boolean;
  signal: boolean;
  signalOpacity: number;
  footprint: boolean;
  candidates: boolean;
  /** Communes coloured by their share covered. */
  shares: boolean;
  /** What people on the ground reported. */
  reports: boolean;
  /** Measured levels, coloured by how far the prediction is off. */
  measured: boolean;
}

export const SHOWN: Shown = {
  theme: 'light', hillshade: true, communes: true, zones: true, villages: true, onlyUnserved: false, sites: true, onlyTechnology: false,
  signal: true, signalOpacity: 0.65, footprint: true, candidates: true, shares: false, reports: true, measured: false,
};

function visibility(on: boolean): { visibility: 'visible' | 'none' } {
  return { visibility: on ? 'visible' : 'none' };
}

function shareColour(palette: Palette): ExpressionSpecification {
  const steps: (string | number)[] = [palette.share[0]!];
  SHARE_STEPS.forEach((step, index) => steps.push(step, palette.share[index + 1]!));
  return ['step', ['coalesce', ['feature-state', 'share'], 0], ...steps] as unknown as ExpressionSpecification;
}

function byZoom(...stops: [number, number][]): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], ...stops.flat()] as unknown as ExpressionSpecification;
}

function ground(shown: Shown, palette: Palette): LayerSpecification[] {
  return [
    { id: 'background', type: 'background', paint: { 'background-color': palette.ground } },
    {
      id: 'hillshade', type: 'raster', source: 'hillshade', layout: visibility(shown.hillshade),
      paint: {
        'raster-opacity': palette.hillshadeOpacity, 'raster-saturation': -0.15, 'raster-fade-duration': 0,
        'raster-brightness-min': palette.hillshadeBrightness[0], 'raster-brightness-max': palette.hillshadeBrightness[1],
      },
    },
    {
      id: 'commune-share', type: 'fill', source: 'communes', layout: visibility(shown.shares),
      paint: {
        'fill-color': shareColour(palette),
        'fill-opacity': ['case', ['==', ['feature-state', 'share'], null], 0, 0.72] as ExpressionSpecification,
      },
    },
    // Invisible, but answers where the pointer is.
    { id: 'commune-area', type: 'fill', source: 'communes', paint: { 'fill-opacity': 0 } },
    {
      id: 'signal', type: 'raster', source: 'signal', layout: visibility(shown.signal),
      paint: { 'raster-opacity': shown.signalOpacity, 'raster-resampling': 'nearest', 'raster-fade-duration': 0 },
    },
    {
      id: 'footprint-fill', type: 'fill', source: 'footprint', layout: visibility(shown.footprint && !shown.signal),
      paint: { 'fill-color': palette.footprint, 'fill-opacity': 0.18 },
    },
    {
      id: 'footprint', type: 'line', source: 'footprint', layout: { ...visibility(shown.footprint), 'line-join': 'round' },
      paint: { 'line-color': palette.footprint, 'line-width': byZoom([8, 0.6], [13, 1.6]) },
    },
  ];
}

function areas(shown: Shown, palette: Palette): LayerSpecification[] {
  return [
    {
      id: 'commune-line', type: 'line', source: 'commune-lines', layout: visibility(shown.communes),
      paint: { 'line-color': palette.communeLine, 'line-width': byZoom([7, 0.4], [12, 1.4]), 'line-opacity': 0.75 },
    },
    {
      id: 'zone-fill', type: 'fill', source: 'zones', layout: visibility(shown.zones),
      paint: { 'fill-pattern': 'zone-hatch', 'fill-opacity': 0.8 },
    },
    {
      id: 'zone-line', type: 'line', source: 'zones', layout: visibility(shown.zones),
      paint: { 'line-color': palette.zone, 'line-width': byZoom([8, 0.8], [13, 2]) },
    },
    {
      id: 'highlight-line', type: 'line', source: 'highlight', filter: ['!=', ['geometry-type'], 'Point'],
      paint: {
        'line-color': palette.selected,
        'line-width': ['match', ['get', 'role'], 'selected', 3, 1.8],
        'line-opacity': ['match', ['get', 'role'], 'selected', 1, 0.7],
      },
    },
  ];
}

function points(shown: Shown, palette: Palette): LayerSpecification[] {
  return [
    {
      id: 'wedges', type: 'fill', source: 'wedges', minzoom: 12.5, layout: visibility(shown.sites),
      paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.35, 'fill-outline-color': ['get', 'colour'] },
    },
    {
      id: 'villages', type: 'symbol', source: 'villages',
      filter: shown.onlyUnserved ? ['>', ['get', 'order'], 0] : ['has', 'symbol'],
      layout: {
        ...visibility(shown.villages), 'icon-image': ['get', 'symbol'], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'icon-size': byZoom([7, 0.3], [9, 0.45], [11, 0.8], [13, 1.15]), 'symbol-sort-key': ['get', 'order'],
      },
    },
    {
      id: 'sites', type: 'symbol', source: 'sites', filter: ['!', ['has', 'point_count']],
      layout: {
        ...visibility(shown.sites), 'icon-image': ['get', 'symbol'], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'icon-size': byZoom([8, 0.6], [12, 1], [15, 1.4]),
      },
    },
    {
      id: 'measured', type: 'circle', source: 'measured', layout: visibility(shown.measured),
      paint: {
        'circle-radius': byZoom([8, 1.8], [13, 5]), 'circle-stroke-width': 0.6, 'circle-stroke-color': palette.halo,
        'circle-color': ['interpolate', ['linear'], ['coalesce', ['get', 'error_db'], 0], ...ERROR_STEPS_DB.flatMap((step, index) => [step, palette.error[index]!])] as unknown as ExpressionSpecification,
      },
    },
    {
      id: 'reports', type: 'circle', source: 'reports', layout: visibility(shown.reports),
      paint: {
        'circle-radius': byZoom([7, 4], [12, 9]), 'circle-color': palette.halo, 'circle-opacity': 0.9, 'circle-stroke-width': byZoom([7, 2], [12, 3.5]),
        'circle-stroke-color': ['match', ['get', 'finding'], 'good', palette.served, 'no_signal', palette.unserved, palette.hollow] as ExpressionSpecification,
      },
    },
    {
      id: 'ghost-line', type: 'line', source: 'ghost', filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': palette.selected, 'line-width': 1.2, 'line-dasharray': [3, 3], 'line-opacity': 0.7 },
    },
    {
      id: 'ghost', type: 'symbol', source: 'ghost', filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'icon-image': ['concat', 'pin-', ['get', 'action']], 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': byZoom([7, 0.5], [11, 1]),
        'text-field': '2', 'text-font': FONT, 'text-size': 10.5, 'text-offset': [0, -1.52], 'text-allow-overlap': true, 'text-ignore-placement': true,
      },
      paint: { 'icon-opacity': 0.5, 'text-color': palette.pinText },
    },
    {
      id: 'highlight-point', type: 'circle', source: 'highlight', filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 12, 'circle-color': palette.selected, 'circle-opacity': 0.15,
        'circle-stroke-color': palette.selected, 'circle-stroke-width': ['match', ['get', 'role'], 'selected', 2.5, 1.5],
      },
    },
    {
      id: 'candidates', type: 'symbol', source: 'candidates',
      layout: {
        ...visibility(shown.candidates), 'icon-image': ['concat', 'pin-', ['get', 'action']], 'icon-anchor': 'bottom',
        'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['-', 0, ['get', 'rank']],
        'icon-size': byZoom([7, 0.26], [9, 0.48], [10, 0.8], [11, 1]),
        'text-field': ['step', ['zoom'], '', 10, ['to-string', ['get', 'rank']]], 'text-font': FONT, 'text-size': 10.5,
        'text-offset': [0, -1.52], 'text-allow-overlap': true, 'text-ignore-placement': true,
      },
      paint: { 'text-color': palette.pinText },
    },
  ];
}

function names(shown: Shown, palette: Palette): LayerSpecification[] {
  const halo = { 'text-halo-color': palette.halo, 'text-halo-width': 1.5 };
  return [
    {
      id: 'village-names', type: 'symbol', source: 'villages', minzoom: 12.5,
      layout: { ...visibility(shown.villages), 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-optional': true, 'text-max-width': 8 },
      paint: { 'text-color': palette.communeLabel, ...halo },
    },
    {
      id: 'zone-names', type: 'symbol', source: 'zone-names', minzoom: 10,
      layout: { ...visibility(shown.zones), 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-max-width': 9 },
      paint: { 'text-color': palette.zone, ...halo },
    },
    {
      id: 'commune-names', type: 'symbol', source: 'commune-names', filter: ['>=', ['zoom'], ['get', 'from']],
      layout: { ...visibility(shown.communes), 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': byZoom([8, 10.5], [12, 14]), 'text-max-width': 8, 'text-padding': 6 },
      paint: { 'text-color': palette.communeLabel, ...halo },
    },
    // Above the names and placed before them, so that names make room for the counts.
    {
      id: 'site-clusters', type: 'circle', source: 'sites', filter: ['has', 'point_count'], layout: visibility(shown.sites),
      paint: {
        'circle-color': palette.halo, 'circle-opacity': 0.85, 'circle-stroke-color': palette.operators.other!, 'circle-stroke-width': 1.4,
        'circle-radius': ['step', ['get', 'point_count'], 9, 10, 11, 50, 14, 250, 18],
      },
    },
    {
      id: 'site-counts', type: 'symbol', source: 'sites', filter: ['has', 'point_count'],
      layout: {
        ...visibility(shown.sites), 'text-field': ['get', 'point_count_abbreviated'], 'text-font': FONT, 'text-size': 10.5,
        'text-allow-overlap': true, 'text-padding': 8,
      },
      paint: { 'text-color': palette.communeLabel },
    },
    {
      id: 'tool-line', type: 'line', source: 'tool', layout: { 'line-cap': 'round', 'line-join': 'round' },
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': palette.selected, 'line-width': 2.5, 'line-dasharray': [1.5, 1.5] },
    },
    {
      id: 'tool-points', type: 'circle', source: 'tool', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 5, 'circle-color': palette.halo, 'circle-stroke-color': palette.selected, 'circle-stroke-width': 2.5 },
    },
  ];
}

/** All layers of the map in drawing order. */
export function buildLayers(shown: Shown): LayerSpecification[] {
  const palette = palettes[shown.theme];
  return [...ground(shown, palette), ...areas(shown, palette), ...points(shown, palette), ...names(shown, palette)];
}

type Bag = Record<string, unknown>;

export interface LayerChange {
  layer: string;
  part: 'paint' | 'layout' | 'filter';
  property: string;
  value: unknown;
}

/** The property changes that turn layers `before` into `after`; both must list the same layers. */
export function changes(before: readonly LayerSpecification[], after: readonly LayerSpecification[]): LayerChange[] {
  const old = new Map(before.map((layer) => [layer.id, layer as unknown as Bag]));
  return after.flatMap((layer) => {
    const next = layer as unknown as Bag;
    const last = old.get(layer.id) ?? {};
    const found: LayerChange[] = [];
    for (const part of ['paint', 'layout'] as const) {
      const from = (last[part] ?? {}) as Bag;
      const to = (next[part] ?? {}) as Bag;
      for (const property of new Set([...Object.keys(from), ...Object.keys(to)])) {
        if (JSON.stringify(from[property]) !== JSON.stringify(to[property])) {
          found.push({ layer: layer.id, part, property, value: to[property] });
        }
      }
    }
    if (JSON.stringify(last.filter) !== JSON.stringify(next.filter)) {
      found.push({ layer: layer.id, part: 'filter', property: '', value: next.filter });
    }
    return found;
  });
}

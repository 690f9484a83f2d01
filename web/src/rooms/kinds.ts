/** The kinds of data a project is made of, in the order in which a planner brings them. */
import type { DatasetKind } from '../api/types';
import type { IconName } from '../components/Icon.svelte';

export interface Kind {
  kind: DatasetKind;
  icon: IconName;
  /** File endings that the file dialog offers; the service decides what is valid. */
  accept: string;
}

const vector = '.geojson,.json,.zip,.gpkg,.kml,.kmz,.fgb,.csv,.xlsx';

export const KINDS: readonly Kind[] = [
  { kind: 'areas', icon: 'areas', accept: vector },
  { kind: 'sites', icon: 'sharing', accept: '.csv,.txt,.xlsx,.xls,.ods,.geojson,.json,.kml,.kmz,.zip,.gpkg' },
  { kind: 'zones', icon: 'layers', accept: vector },
  { kind: 'places', icon: 'village', accept: vector },
  { kind: 'terrain', icon: 'mountain', accept: '.tif,.tiff,.hgt,.zip' },
  { kind: 'landcover', icon: 'layers', accept: '.tif,.tiff,.geojson,.json' },
  { kind: 'population', icon: 'village', accept: '.tif,.tiff' },
];

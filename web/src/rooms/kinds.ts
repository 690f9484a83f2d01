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
  { kind: 'measurements', icon: 'ruler', accept: '.csv,.txt,.xlsx' },
  { kind: 'crosswalk', icon: 'areas', accept: '.csv,.xlsx,.json' },
];

/** Coordinate systems of Vietnamese lists: EPSG code and name; the meridian is that of the TM-3 zone. */
export const SYSTEMS: readonly (readonly [epsg: string, name: string])[] = [
  ['4326', 'WGS 84'], ['4756', 'VN-2000'],
  ['9205', 'VN-2000 / TM-3 103°00′'], ['9206', 'VN-2000 / TM-3 104°00′'], ['9207', 'VN-2000 / TM-3 104°30′'], ['9208', 'VN-2000 / TM-3 104°45′'],
  ['5897', 'VN-2000 / TM-3 105°00′'], ['9209', 'VN-2000 / TM-3 105°30′'], ['9210', 'VN-2000 / TM-3 105°45′'], ['9211', 'VN-2000 / TM-3 106°00′'],
  ['9212', 'VN-2000 / TM-3 106°15′'], ['9213', 'VN-2000 / TM-3 106°30′'], ['9214', 'VN-2000 / TM-3 107°00′'], ['9215', 'VN-2000 / TM-3 107°15′'],
  ['9216', 'VN-2000 / TM-3 107°30′'], ['5899', 'VN-2000 / TM-3 107°45′'], ['5898', 'VN-2000 / TM-3 108°00′'], ['9217', 'VN-2000 / TM-3 108°15′'], ['9218', 'VN-2000 / TM-3 108°30′'],
  ['3405', 'VN-2000 / UTM 48N'], ['3406', 'VN-2000 / UTM 49N'],
];

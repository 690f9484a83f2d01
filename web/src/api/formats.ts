/** Formats in which each layer can be downloaded, and what it needs first. */
export interface ExportList {
  layer: string;
  formats: readonly string[];
  needs: 'data' | 'run' | 'plan';
}

export const EXPORTS: readonly ExportList[] = [
  { layer: 'sites', formats: ['csv', 'geojson'], needs: 'data' },
  { layer: 'stations', formats: ['csv', 'geojson'], needs: 'data' },
  { layer: 'cells', formats: ['csv', 'geojson'], needs: 'data' },
  { layer: 'communes', formats: ['csv', 'geojson'], needs: 'data' },
  { layer: 'zones', formats: ['csv', 'geojson'], needs: 'data' },
  { layer: 'places', formats: ['csv', 'geojson'], needs: 'data' },
  { layer: 'areas', formats: ['csv', 'geojson'], needs: 'run' },
  { layer: 'footprint', formats: ['geojson'], needs: 'run' },
  { layer: 'signal', formats: ['tif'], needs: 'run' },
  { layer: 'candidates', formats: ['csv', 'geojson'], needs: 'plan' },
];

export const FORMAT_NAMES: Record<string, string> = {
  geojson: 'GeoJSON', csv: 'CSV', xlsx: 'XLSX', kml: 'KML', gpkg: 'GeoPackage', tif: 'GeoTIFF', pmtiles: 'PMTiles',
};

export function formatsOf(layer: string): readonly string[] {
  return EXPORTS.find((list) => list.layer === layer)?.formats ?? [];
}

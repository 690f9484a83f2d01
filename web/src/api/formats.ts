/** Formats in which each layer can be downloaded, and what it needs first. */
export interface ExportList {
  layer: string;
  formats: readonly string[];
  needs: 'data' | 'run' | 'plan';
}

export const EXPORTS: readonly ExportList[] = [
  { layer: 'sites', formats: ['xlsx', 'csv', 'geojson', 'kml', 'gpkg', 'fgb', 'shp'], needs: 'data' },
  { layer: 'stations', formats: ['xlsx', 'csv', 'geojson', 'kml', 'gpkg', 'fgb', 'shp'], needs: 'data' },
  { layer: 'cells', formats: ['xlsx', 'csv', 'geojson', 'kml', 'gpkg', 'fgb', 'shp'], needs: 'data' },
  { layer: 'communes', formats: ['xlsx', 'csv', 'geojson', 'kml', 'gpkg', 'fgb', 'shp'], needs: 'data' },
  { layer: 'zones', formats: ['xlsx', 'csv', 'geojson', 'kml', 'gpkg', 'fgb', 'shp'], needs: 'data' },
  { layer: 'places', formats: ['xlsx', 'csv', 'geojson', 'kml', 'gpkg', 'fgb', 'shp'], needs: 'data' },
  { layer: 'areas', formats: ['xlsx', 'csv', 'geojson', 'gpkg'], needs: 'run' },
  { layer: 'footprint', formats: ['geojson', 'kml', 'gpkg'], needs: 'run' },
  { layer: 'signal', formats: ['tif', 'pmtiles'], needs: 'run' },
  { layer: 'candidates', formats: ['xlsx', 'csv', 'geojson', 'kml'], needs: 'plan' },
];

export const FORMAT_NAMES: Record<string, string> = {
  geojson: 'GeoJSON', csv: 'CSV', xlsx: 'XLSX', kml: 'KML', gpkg: 'GeoPackage', fgb: 'FlatGeobuf', shp: 'Shapefile', tif: 'GeoTIFF', pmtiles: 'PMTiles',
};

export function formatsOf(layer: string): readonly string[] {
  return EXPORTS.find((list) => list.layer === layer)?.formats ?? [];
}

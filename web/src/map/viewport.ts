/** Where things fall on the screen, without the map library: web Mercator as MapLibre counts it (the world is 512 px wide at zoom 0). */
import type { Camera } from '../state/address';
import type { Box, LonLat } from './geometry';

const WORLD_PX = 512;

/** Position on the unit square of web Mercator, from the north-west corner. */
export function mercator([lon, lat]: LonLat): [x: number, y: number] {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

function latitudeAt(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** The free edge that is kept around a box that the map is fitted to, px. */
export function fitPadding(width: number, height: number): number {
  return Math.min(48, width / 6, height / 6);
}

/** The camera that shows a whole box in a view of `width` × `height` px, no nearer than `maxZoom`. */
export function fitCamera(box: Box, width: number, height: number, maxZoom: number): Camera {
  const padding = fitPadding(width, height);
  const [west, north] = mercator([box[0], box[3]]);
  const [east, south] = mercator([box[2], box[1]]);
  const zoomFor = (pixels: number, span: number) => (span > 0 ? Math.log2(Math.max(1, pixels - 2 * padding) / (WORLD_PX * span)) : Infinity);
  const zoom = Math.max(0, Math.min(zoomFor(width, east - west), zoomFor(height, south - north), maxZoom));
  return { zoom, lon: ((west + east) / 2) * 360 - 180, lat: latitudeAt((north + south) / 2) };
}

/** Pixel of a position in a view of `width` × `height` px. */
export function projector(camera: Camera, width: number, height: number): (at: LonLat) => [x: number, y: number] {
  const scale = WORLD_PX * 2 ** camera.zoom;
  const [cx, cy] = mercator([camera.lon, camera.lat]);
  return (at) => {
    const [x, y] = mercator(at);
    return [(x - cx) * scale + width / 2, (y - cy) * scale + height / 2];
  };
}

export interface PlacedTile {
  x: number;
  y: number;
  z: number;
  left: number;
  top: number;
  /** Drawn side, px. */
  side: number;
}

/** The tiles of zoom `z` that cover a view, with the place of each. */
export function tilesOver(camera: Camera, width: number, height: number, z: number): PlacedTile[] {
  const scale = WORLD_PX * 2 ** camera.zoom;
  const side = scale / 2 ** z;
  const [cx, cy] = mercator([camera.lon, camera.lat]);
  const [west, north] = [cx * scale - width / 2, cy * scale - height / 2];
  const tiles: PlacedTile[] = [];
  const last = 2 ** z - 1;
  for (let y = Math.max(0, Math.floor(north / side)); y <= Math.min(last, Math.floor((north + height) / side)); y += 1) {
    for (let x = Math.max(0, Math.floor(west / side)); x <= Math.min(last, Math.floor((west + width) / side)); x += 1) {
      tiles.push({ x, y, z, left: x * side - west, top: y * side - north, side });
    }
  }
  return tiles;
}

/** The outlines of polygons as one SVG path, rounded to half pixels; points that fall together are left out. */
export function outlinePath(features: readonly GeoJSON.Feature[], project: (at: LonLat) => [number, number]): string {
  const parts: string[] = [];
  const ring = (positions: GeoJSON.Position[]) => {
    let last = '';
    const points: string[] = [];
    for (const [lon = 0, lat = 0] of positions) {
      const [x, y] = project([lon, lat]);
      const text = `${Math.round(x * 2) / 2} ${Math.round(y * 2) / 2}`;
      if (text !== last) points.push(text);
      last = text;
    }
    if (points.length > 2) parts.push(`M${points.join('L')}Z`);
  };
  for (const { geometry } of features) {
    if (geometry?.type === 'Polygon') geometry.coordinates.forEach(ring);
    else if (geometry?.type === 'MultiPolygon') geometry.coordinates.forEach((polygon) => polygon.forEach(ring));
  }
  return parts.join('');
}

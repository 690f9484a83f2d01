/** Small geometry on longitude/latitude for drawing and measuring; distances in metres on the sphere. */

export type LonLat = readonly [lon: number, lat: number];
export type Box = [west: number, south: number, east: number, north: number];

/** Mean Earth radius, m (IUGG). */
const EARTH_RADIUS_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** Great-circle distance, m (haversine). */
export function distanceM(a: LonLat, b: LonLat): number {
  const dLat = (b[1] - a[1]) * RAD;
  const dLon = (b[0] - a[0]) * RAD;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The point reached from `from` after `distance_m` in direction `azimuth_deg` (0 = north, 90 = east). */
export function destination(from: LonLat, azimuthDeg: number, distance: number): [number, number] {
  const angle = distance / EARTH_RADIUS_M;
  const lat = from[1] * RAD;
  const azimuth = azimuthDeg * RAD;
  const sinLat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(azimuth);
  const lon = from[0] * RAD + Math.atan2(
    Math.sin(azimuth) * Math.sin(angle) * Math.cos(lat),
    Math.cos(angle) - Math.sin(lat) * sinLat,
  );
  return [lon / RAD, Math.asin(sinLat) / RAD];
}

/** A sector as a closed ring: the drawing of a cell's azimuth and beamwidth. */
export function wedge(centre: LonLat, azimuthDeg: number, beamwidthDeg: number, radius: number): [number, number][] {
  const full = beamwidthDeg >= 360;
  const steps = full ? 24 : 6;
  const ring: [number, number][] = full ? [] : [[centre[0], centre[1]]];
  for (let step = 0; step <= steps; step += 1) {
    ring.push(destination(centre, azimuthDeg - beamwidthDeg / 2 + (beamwidthDeg * step) / steps, radius));
  }
  ring.push(ring[0]!);
  return ring;
}

function visit(coordinates: unknown, see: (position: LonLat) => void): void {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === 'number' && typeof coordinates[1] === 'number') see([coordinates[0], coordinates[1]]);
  else for (const part of coordinates) visit(part, see);
}

/** Bounding box of a geometry; `null` when it has no position. */
export function boxOf(geometry: GeoJSON.Geometry | null): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const see = ([lon, lat]: LonLat) => {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  if (geometry?.type === 'GeometryCollection') {
    for (const part of geometry.geometries) visit('coordinates' in part ? part.coordinates : [], see);
  } else if (geometry) visit(geometry.coordinates, see);
  return Number.isFinite(box[0]) ? box : null;
}

function ringArea(ring: GeoJSON.Position[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) sum += ring[i]![0]! * ring[i + 1]![1]! - ring[i + 1]![0]! * ring[i]![1]!;
  return sum / 2;
}

function ringCentroid(ring: GeoJSON.Position[]): [number, number] {
  const area = ringArea(ring);
  if (Math.abs(area) < 1e-14) return [ring[0]?.[0] ?? 0, ring[0]?.[1] ?? 0];
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [ax = 0, ay = 0] = ring[i]!;
    const [bx = 0, by = 0] = ring[i + 1]!;
    const cross = ax * by - bx * ay;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return [x / (6 * area), y / (6 * area)];
}

/** Where the name of a feature is written: a point itself, or the centroid of the largest polygon. */
export function labelPoint(geometry: GeoJSON.Geometry | null): [number, number] | null {
  if (!geometry) return null;
  if (geometry.type === 'Point') return [geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0];
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  let best: GeoJSON.Position[] | null = null;
  for (const polygon of polygons) {
    const ring = polygon[0];
    if (ring && (!best || Math.abs(ringArea(ring)) > Math.abs(ringArea(best)))) best = ring;
  }
  if (best) return ringCentroid(best);
  const box = boxOf(geometry);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

/** Direction from one point to another, degrees clockwise from north, 0 to 360; on the sphere. */
export function bearingDeg(from: LonLat, to: LonLat): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [fromLat, toLat, turn] = [radians(from[1]), radians(to[1]), radians(to[0] - from[0])];
  const angle = Math.atan2(Math.sin(turn) * Math.cos(toLat), Math.cos(fromLat) * Math.sin(toLat) - Math.sin(fromLat) * Math.cos(toLat) * Math.cos(turn));
  return ((angle * 180) / Math.PI + 360) % 360;
}

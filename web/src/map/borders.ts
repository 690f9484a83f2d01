/** Lines and names of areas, each drawn once: what the map must draw anew on every redraw is kept small. */
import type { Collection } from './features';
import type { LonLat } from './geometry';
import { mercator } from './viewport';

/** Positions nearer than this are one, degrees: about a metre. */
const SAME_DEG = 1e-5;

/** The outlines of areas as lines; a border that two areas share is there once. */
export function borders(areas: Collection): Collection {
  const ids = new Map<number, number>();
  const drawn = new Set<number>();
  const lines: GeoJSON.Position[][] = [];
  const idOf = ([lon = 0, lat = 0]: GeoJSON.Position) => {
    const key = Math.round((lon + 180) / SAME_DEG) * 2 ** 25 + Math.round((lat + 90) / SAME_DEG);
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, ids.size);
    return ids.size - 1;
  };
  const ring = (positions: GeoJSON.Position[]) => {
    let line: GeoJSON.Position[] | null = null;
    let before = positions[0] ? idOf(positions[0]) : 0;
    for (let index = 1; index < positions.length; index += 1) {
      const here = idOf(positions[index]!);
      const edge = Math.min(before, here) * 2 ** 26 + Math.max(before, here);
      if (before === here || drawn.has(edge)) {
        if (before !== here) line = null;
      } else {
        drawn.add(edge);
        if (line) line.push(positions[index]!);
        else lines.push((line = [positions[index - 1]!, positions[index]!]));
      }
      before = here;
    }
  };
  for (const { geometry } of areas.features) {
    if (geometry?.type === 'Polygon') geometry.coordinates.forEach(ring);
    else if (geometry?.type === 'MultiPolygon') geometry.coordinates.forEach((polygon) => polygon.forEach(ring));
  }
  return { type: 'FeatureCollection', features: lines.length > 0 ? [{ type: 'Feature', geometry: { type: 'MultiLineString', coordinates: lines }, properties: {} }] : [] };
}

/** The room that a name takes, px. */
const NAME_PX = { width: 44, height: 22 };
const ZOOMS = { first: 5, last: 14 };

/** For each place the whole zoom from which its name has room beside those before it. */
export function namedFrom(places: readonly LonLat[]): number[] {
  const taken = new Set<string>();
  return places.map((at) => {
    const [x, y] = mercator(at);
    for (let zoom = ZOOMS.first; zoom < ZOOMS.last; zoom += 1) {
      const world = 512 * 2 ** zoom;
      const square = `${zoom}/${Math.floor((x * world) / NAME_PX.width)}/${Math.floor((y * world) / NAME_PX.height)}`;
      if (taken.has(square)) continue;
      // From here on its own: nearer in, the squares are smaller.
      for (let nearer = zoom; nearer < ZOOMS.last; nearer += 1) {
        const wide = 512 * 2 ** nearer;
        taken.add(`${nearer}/${Math.floor((x * wide) / NAME_PX.width)}/${Math.floor((y * wide) / NAME_PX.height)}`);
      }
      return zoom;
    }
    return ZOOMS.last;
  });
}

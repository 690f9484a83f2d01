import { describe, expect, it } from 'vitest';
import { fitCamera, fitPadding, mercator, outlinePath, projector, tilesOver } from './viewport';

const box: [number, number, number, number] = [105.3, 17.9, 106.5, 18.7];

describe('the view without the map library', () => {
  it('fits a box so that it touches the padding on one side and stays inside on the other', () => {
    for (const [width, height] of [[980, 848], [360, 400], [1600, 300]] as const) {
      const project = projector(fitCamera(box, width, height, 14), width, height);
      const [left, top] = project([box[0], box[3]]);
      const [right, bottom] = project([box[2], box[1]]);
      const padding = fitPadding(width, height);
      expect(Math.min(left, top)).toBeCloseTo(padding, 6);
      expect(left).toBeCloseTo(width - right, 6);
      expect(top).toBeCloseTo(height - bottom, 6);
      expect(Math.min(width - right, height - bottom)).toBeGreaterThanOrEqual(padding - 1e-6);
    }
    expect(fitCamera(box, 980, 848, 7).zoom).toBe(7);
  });

  it('covers the whole view with tiles, each where its corner falls', () => {
    const camera = { zoom: 9.3, lat: 18.3, lon: 105.9 };
    const project = projector(camera, 700, 500);
    const tiles = tilesOver(camera, 700, 500, 10);
    expect(Math.min(...tiles.map((tile) => tile.left))).toBeLessThanOrEqual(0);
    expect(Math.max(...tiles.map((tile) => tile.left + tile.side))).toBeGreaterThanOrEqual(700);
    expect(Math.max(...tiles.map((tile) => tile.top + tile.side))).toBeGreaterThanOrEqual(500);
    for (const tile of tiles) {
      const lon = (tile.x / 2 ** tile.z) * 360 - 180;
      expect(project([lon, 18])[0]).toBeCloseTo(tile.left, 5);
      expect(mercator([0, 0])).toEqual([0.5, 0.5]);
    }
  });

  it('draws outlines without points that fall together', () => {
    const square = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[[0, 0], [0, 0.0001], [4, 0], [4, 4], [0, 0]]] } } as GeoJSON.Feature;
    expect(outlinePath([square], ([lon, lat]) => [lon, lat])).toBe('M0 0L4 0L4 4L0 0Z');
    expect(outlinePath([{ ...square, geometry: { type: 'Point', coordinates: [1, 1] } }], ([lon, lat]) => [lon, lat])).toBe('');
  });
});

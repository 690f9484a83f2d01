import { describe, expect, it } from 'vitest';
import { buildLayers, changes, SHOWN } from './layers';

describe('layers', () => {
  it('are the same list, in the same order, whatever is shown', () => {
    const ids = buildLayers(SHOWN).map((layer) => layer.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(buildLayers({ ...SHOWN, theme: 'dark', shares: true, sites: false }).map((layer) => layer.id)).toEqual(ids);
  });

  it('change only what was asked for', () => {
    const before = buildLayers(SHOWN);
    expect(changes(before, buildLayers({ ...SHOWN }))).toEqual([]);
    expect(changes(before, buildLayers({ ...SHOWN, signalOpacity: 0.3 }))).toEqual([
      { layer: 'signal', part: 'paint', property: 'raster-opacity', value: 0.3 },
    ]);
    expect(changes(before, buildLayers({ ...SHOWN, onlyUnserved: true }))).toEqual([
      { layer: 'villages', part: 'filter', property: '', value: ['>', ['get', 'order'], 0] },
    ]);
    const hidden = changes(before, buildLayers({ ...SHOWN, zones: false })).map((change) => change.layer);
    expect(hidden).toEqual(['zone-fill', 'zone-line', 'zone-names']);
  });
});

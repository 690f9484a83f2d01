import { describe, expect, it } from 'vitest';
import type { Run } from '../api/types';
import { parameter, pixelSizeM, thresholdOf } from './runs';

const run = { parameters: { thresholds: { '4g': -105, '5g_dbm': -110 }, zoom: 12, model: 'p1812' } } as unknown as Run;

describe('parameters of a run', () => {
  it('are read with their types', () => {
    expect([thresholdOf(run, '4g'), thresholdOf(run, '5g'), thresholdOf(run, '3g')]).toEqual([-105, -110, null]);
    expect([parameter(run, 'zoom'), parameter(run, 'model'), parameter(null, 'zoom')]).toEqual([12, null, null]);
  });

  it('give the ground size of a pixel', () => {
    // DESIGN: zoom 11/12/13 are about 73/36/18 m at 18° N.
    expect([11, 12, 13].map((zoom) => Math.round(pixelSizeM(zoom, 18)))).toEqual([73, 36, 18]);
  });
});

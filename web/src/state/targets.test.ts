import { expect, it } from 'vitest';
import { scaleEnd } from './targets';

it('ends a target bar at 100 percent, or a little beyond the largest figure', () => {
  expect(scaleEnd([16, 92, 98], true)).toBe(100);
  expect(scaleEnd([50, null, 380], false)).toBeCloseTo(399, 9);
  expect([scaleEnd([null, null], false), scaleEnd([0], false)]).toEqual([1, 1]);
});

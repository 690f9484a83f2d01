import { expect, it } from 'vitest';
import { ahead } from './glide';

it('draws ahead of a drag, and in place when it stands', () => {
  expect(ahead(0, 0, 256)).toEqual({ x: 0, y: 0 });
  const { x, y } = ahead(0.5, -0.25, 200);
  expect([x, y]).toEqual([-140, 70]);
  // Never so far that the edge of the picture is in sight at once.
  for (const angle of [0, 1, 2, 3, 4, 5, 6]) {
    const shift = ahead(3 * Math.cos(angle), 3 * Math.sin(angle), 200);
    expect(Math.max(Math.abs(shift.x), Math.abs(shift.y))).toBeLessThan(200);
  }
});

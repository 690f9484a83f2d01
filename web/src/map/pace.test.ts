import type { Map as LibraryMap } from 'maplibre-gl';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from './pace';

let clock = 0;
let frames: (() => void)[] = [];
beforeEach(() => {
  clock = 0;
  frames = [];
  vi.stubGlobal('performance', { now: () => clock });
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => { frames = []; });
});
afterEach(() => vi.unstubAllGlobals());

/** A map whose every drawing takes `cost` ms. */
function mapThatTakes(cost: number, renderer = 'Intel UHD') {
  const did = { repainted: 0, drawn: [] as number[] };
  let ratio = 2;
  const pen = {
    getExtension: () => ({ UNMASKED_RENDERER_WEBGL: 1 }), getParameter: () => renderer, isContextLost: () => false,
    SYNC_STATUS: 2, SIGNALED: 3, fenceSync: () => ({}), flush: () => undefined, getSyncParameter: () => 3, deleteSync: () => undefined,
  };
  const map = {
    triggerRepaint: () => { did.repainted += 1; },
    redraw: () => { did.drawn.push(ratio); clock += cost; },
    getPixelRatio: () => ratio,
    setPixelRatio: (next: number) => { ratio = next; },
    getCanvas: () => ({ getContext: () => pen }),
  };
  return { map: map as unknown as LibraryMap, did };
}
const ended = () => frames.splice(0).forEach((frame) => frame());

it('keeps what is asked for during a drag until it can be afforded', () => {
  const { map, did } = mapThatTakes(20);
  let moving = false;
  const pace = new Pace(map, () => moving);
  map.triggerRepaint();
  expect(did.repainted).toBe(1);

  moving = true;
  pace.draw(true);
  map.triggerRepaint();
  expect([did.repainted, pace.due]).toEqual([1, false]);
  ended();
  clock += 59;
  expect(pace.due).toBe(false);
  clock += 1;
  expect(pace.due).toBe(true);

  moving = false;
  pace.release();
  expect([did.repainted, pace.due]).toEqual([2, false]);
  pace.release();
  expect(did.repainted).toBe(2);
});

it('draws with fewer pixels only where that is slow, and only while the map moves', () => {
  for (const [cost, drawn] of [[20, [2, 2, 2]], [200, [2, 1, 2]]] as const) {
    const { map, did } = mapThatTakes(cost);
    const pace = new Pace(map, () => true);
    pace.draw(true);
    ended();
    pace.draw(true);
    ended();
    pace.draw(false);
    expect(did.drawn).toEqual(drawn);
    expect(pace.rough).toBe(false);
  }
});

it('does not try a software renderer first', () => {
  const { map, did } = mapThatTakes(200, 'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)');
  const pace = new Pace(map, () => true);
  pace.draw(true);
  pace.draw(false);
  expect(did.drawn).toEqual([1, 2]);
});

it('gives the map its own way of repainting back', () => {
  const { map, did } = mapThatTakes(1);
  const pace = new Pace(map, () => true);
  pace.destroy();
  map.triggerRepaint();
  expect(did.repainted).toBe(1);
});

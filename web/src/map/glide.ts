/**
 * Dragging the map without drawing it anew. The canvas is larger than its window on all sides; while it is dragged, the browser moves the
 * finished picture, which costs next to nothing on any machine, and the map is drawn again when the drag rests or its edge is near.
 * Drawing every frame instead costs the whole scene each time: 2 to 5 frames a second where there is no graphics processor. For the same
 * reason tiles that arrive during a drag are drawn no more often than the machine can bear (see pace.ts).
 */
import type { Map as LibraryMap } from 'maplibre-gl';
import { Pace } from './pace';

/** A pointer that moved less than this has clicked, px; the same as the library's. */
const CLICK_TOLERANCE_PX = 3;
/** How long a drag rests before the map is drawn in its new place, ms. */
const REST_MS = 140;
/** Time in which the glide after a flick falls to a third of its speed, ms. */
const FRICTION_MS = 220;
/** Slower than this is standing still, px per ms. */
const STILL = 0.03;
/** How far ahead of a drag the map is drawn, as a part of what reaches beyond the window: it need not be drawn again so soon. */
const AHEAD = 0.7;

interface Shift { x: number; y: number }
interface Sample extends Shift { time: number }

const HOME: Shift = { x: 0, y: 0 };

export class Glide {
  /** Set by whoever must move along, such as a second map over the first. */
  onshift: ((x: number, y: number) => void) | null = null;
  #map: LibraryMap;
  #canvas: HTMLCanvasElement;
  #overscan: number;
  #shift = HOME;
  #from: { pointer: number; x: number; y: number; shiftX: number; shiftY: number } | null = null;
  #dragging = false;
  /** The pointer has moved since it was last put down. */
  #dragged = false;
  #flicking = false;
  #own = false;
  #samples: Sample[] = [];
  #timer = 0;
  #frame = 0;
  #pace: Pace;
  #stop = new AbortController();

  constructor(map: LibraryMap, overscan: number) {
    this.#map = map;
    this.#canvas = map.getCanvas();
    this.#overscan = overscan;
    this.#pace = new Pace(map, () => this.#moving);
    map.dragPan.disable();
    const { signal } = this.#stop;
    const surface = map.getCanvasContainer();
    surface.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    surface.addEventListener('wheel', () => this.settle(), { signal, capture: true, passive: true });
    // The end of a drag is no click, also where the library has forgotten its beginning because the map was drawn anew.
    surface.addEventListener('click', (event) => { if (this.#dragged) event.stopPropagation(); }, { signal, capture: true });
    addEventListener('pointermove', (event) => this.#move(event), { signal });
    addEventListener('pointerup', (event) => this.#up(event), { signal });
    addEventListener('pointercancel', (event) => this.#up(event), { signal });
    // Somebody else moves the map: what was not drawn yet is given up.
    map.on('movestart', () => { if (!this.#own) this.#rest(0, 0); });
    map.on('moveend', () => { if (!this.#own && !this.active) this.#finely(); });
  }

  /** Whether the picture is being moved or not yet drawn in its place. */
  get active(): boolean {
    return this.#dragging || this.#shift.x !== 0 || this.#shift.y !== 0;
  }

  /** Draws the map where it has been dragged to. */
  settle(): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#flicking = false;
    this.#draw(HOME);
    this.#finely();
    this.#pace.release();
  }

  /** What a drag may have left roughly drawn. */
  #finely(): void {
    if (!this.#pace.rough) return;
    this.#own = true;
    this.#pace.draw(false);
    this.#own = false;
  }

  /** Under way, by hand or by its own swing. */
  get #moving(): boolean {
    return this.#dragging || this.#flicking;
  }

  /** Draws the map anew; afterwards the picture stands `rest` from its place. */
  #draw(rest: Shift): void {
    const { x, y } = this.#shift;
    if (x === rest.x && y === rest.y) return;
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const center = this.#map.unproject([clientWidth / 2 - x + rest.x, clientHeight / 2 - y + rest.y]);
    this.#own = true;
    this.#place(rest.x, rest.y);
    this.#map.jumpTo({ center });
    // In the same turn as the picture goes back to its place, so that nothing is seen to jump.
    this.#pace.draw(this.#moving);
    this.#own = false;
  }

  destroy(): void {
    this.#rest(0, 0);
    this.#pace.destroy();
    this.#stop.abort();
  }

  #rest(x: number, y: number): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#flicking = false;
    this.#place(x, y);
    this.#pace.release();
  }

  #place(x: number, y: number): void {
    if (x === this.#shift.x && y === this.#shift.y) return;
    this.#shift = { x, y };
    this.#canvas.style.transform = x === 0 && y === 0 ? '' : `translate3d(${x}px, ${y}px, 0)`;
    this.onshift?.(x, y);
  }

  #down(event: PointerEvent): void {
    if (this.#from) { // A second finger: the library pinches, from where the map has been dragged to.
      this.#from = null;
      this.#dragging = false;
      this.settle();
      return;
    }
    if (event.button !== 0 || event.shiftKey || event.ctrlKey) return;
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#flicking = false;
    this.#dragged = false;
    this.#from = { pointer: event.pointerId, x: event.clientX, y: event.clientY, shiftX: this.#shift.x, shiftY: this.#shift.y };
    this.#samples = [{ time: event.timeStamp, x: event.clientX, y: event.clientY }];
  }

  #move(event: PointerEvent): void {
    const from = this.#from;
    if (!from || event.pointerId !== from.pointer) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!this.#dragging && Math.hypot(dx, dy) <= CLICK_TOLERANCE_PX) return;
    if (!this.#dragging) this.#map.getCanvasContainer().style.cursor = 'grabbing';
    this.#dragging = true;
    this.#dragged = true;
    this.#samples = [...this.#samples.filter((sample) => event.timeStamp - sample.time < 80), { time: event.timeStamp, x: event.clientX, y: event.clientY }];
    const [x, y] = [from.shiftX + dx, from.shiftY + dy];
    this.#place(x, y);
    if (this.#due(x, y)) {
      this.#draw(ahead(...this.#speed(), this.#overscan));
      this.#from = { ...from, x: event.clientX, y: event.clientY, shiftX: this.#shift.x, shiftY: this.#shift.y };
    }
  }

  /** The picture's edge has come into the window, or tiles have come and enough time has passed since it was last drawn. */
  #due(x: number, y: number): boolean {
    return this.#beyond(x, y) || this.#pace.due;
  }

  #beyond(x: number, y: number): boolean {
    return Math.max(Math.abs(x), Math.abs(y)) >= this.#overscan;
  }

  #up(event: PointerEvent): void {
    if (!this.#from || event.pointerId !== this.#from.pointer) return;
    this.#from = null;
    this.#map.getCanvasContainer().style.cursor = '';
    if (!this.#dragging) { // A click: its place must be read off the map as it is seen.
      this.settle();
      return;
    }
    this.#dragging = false;
    const last = this.#samples[this.#samples.length - 1]!;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches || event.timeStamp - last.time > 60;
    const [vx, vy] = this.#speed();
    if (calm || (vx === 0 && vy === 0)) this.#wait();
    else this.#flick(vx, vy);
  }

  /** Of the pointer in its last moments, px per ms. */
  #speed(): [number, number] {
    const first = this.#samples[0]!;
    const last = this.#samples[this.#samples.length - 1]!;
    const time = last.time - first.time;
    return time < 8 ? [0, 0] : [(last.x - first.x) / time, (last.y - first.y) / time];
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.settle(), REST_MS);
  }

  /** Glides on after the pointer let go, px per ms. */
  #flick(vx: number, vy: number): void {
    let before = performance.now();
    this.#flicking = true;
    const step = (now: number) => {
      const time = Math.min(64, now - before);
      before = now;
      const fade = Math.exp(-time / FRICTION_MS);
      this.#place(this.#shift.x + vx * time, this.#shift.y + vy * time);
      vx *= fade;
      vy *= fade;
      if (Math.hypot(vx, vy) < STILL) { this.#wait(); return; }
      if (this.#due(this.#shift.x, this.#shift.y)) this.#draw(ahead(vx, vy, this.#overscan));
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }
}

/** Where the picture stands after it was drawn ahead of a movement: behind its place, so that it has farther to go. */
export function ahead(vx: number, vy: number, overscan: number): Shift {
  const speed = Math.max(Math.abs(vx), Math.abs(vy));
  if (speed < STILL) return HOME;
  return { x: Math.round((-AHEAD * overscan * vx) / speed) + 0, y: Math.round((-AHEAD * overscan * vy) / speed) + 0 };
}

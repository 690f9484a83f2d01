/**
 * How often the map may be drawn anew while it is dragged. A tile that arrives asks for the whole scene again: on a machine without a graphics
 * processor that takes a quarter of a second, and the drag would stand still with every tile. So a drawing is timed to its end on the graphics
 * processor, and what is asked for during a drag waits until three times as long has passed. A quick machine notices nothing.
 */
import type { Map as LibraryMap } from 'maplibre-gl';

/** Time that passes between two drawings of a drag, in times of what one takes. */
const PATIENCE = 3;

export class Pace {
  #map: LibraryMap;
  #repaint: () => void;
  #asked = false;
  #next = 0;
  #watch = 0;

  constructor(map: LibraryMap, moving: () => boolean) {
    this.#map = map;
    this.#repaint = map.triggerRepaint.bind(map);
    map.triggerRepaint = () => {
      if (moving()) this.#asked = true;
      else this.#repaint();
    };
  }

  /** Something new is there to be drawn, and it is time. */
  get due(): boolean {
    return this.#asked && performance.now() >= this.#next;
  }

  /** Draws at once, and takes the time of it. */
  draw(): void {
    this.#asked = false;
    this.#next = Infinity;
    const began = performance.now();
    this.#map.redraw();
    this.#ended(began);
  }

  /** The drag is over: what was kept waiting is drawn. */
  release(): void {
    if (!this.#asked) return;
    this.#asked = false;
    this.#repaint();
  }

  destroy(): void {
    cancelAnimationFrame(this.#watch);
    this.#map.triggerRepaint = this.#repaint;
  }

  #ended(began: number): void {
    cancelAnimationFrame(this.#watch);
    const pen = this.#map.getCanvas().getContext('webgl2');
    const fence = pen?.fenceSync(pen.SYNC_GPU_COMMANDS_COMPLETE, 0) ?? null;
    pen?.flush();
    const look = () => {
      if (pen && fence && !pen.isContextLost() && pen.getSyncParameter(fence, pen.SYNC_STATUS) !== pen.SIGNALED) {
        this.#watch = requestAnimationFrame(look);
        return;
      }
      pen?.deleteSync(fence);
      const now = performance.now();
      this.#next = now + PATIENCE * (now - began);
    };
    this.#watch = requestAnimationFrame(look);
  }
}

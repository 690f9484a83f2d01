/**
 * How often and how finely the map is drawn anew while it is dragged. A tile that arrives asks for the whole scene again: on a machine without a
 * graphics processor that takes a quarter of a second, and the drag would stand still with every tile. So a drawing is timed to its end on the
 * graphics processor; what is asked for during a drag waits until three times as long has passed, and where that is slow, the map is
 * drawn with half as many pixels a side until the drag rests. A quick machine notices nothing of it.
 */
import type { Map as LibraryMap } from 'maplibre-gl';

/** Time that passes between two drawings of a drag, in times of what one takes. */
const PATIENCE = 3;
/** A drawing that takes longer than this makes a drag stutter, ms. */
const SLOW_MS = 80;
/** Of the pixels a side, where the machine is slow and the map moves. */
const ROUGH = 0.5;

export class Pace {
  /** Whether the map was last drawn with fewer pixels. */
  rough = false;
  #map: LibraryMap;
  #repaint: () => void;
  #asked = false;
  #next = 0;
  #watch = 0;
  /** What the last drawing with all pixels took, ms. */
  #took: number;
  #usualRatio = 1;

  constructor(map: LibraryMap, moving: () => boolean) {
    this.#map = map;
    this.#repaint = map.triggerRepaint.bind(map);
    this.#took = drawnBySoftware(map.getCanvas()) ? Infinity : 0;
    map.triggerRepaint = () => {
      if (moving()) this.#asked = true;
      else this.#repaint();
    };
  }

  /** Something new is there to be drawn, and it is time. */
  get due(): boolean {
    return this.#asked && performance.now() >= this.#next;
  }

  /** Draws at once, in the midst of a movement or for good, and takes the time of it. */
  draw(moving: boolean): void {
    this.#resize(moving && this.#took > SLOW_MS);
    this.#asked = false;
    this.#next = Infinity;
    const began = performance.now();
    this.#map.redraw();
    this.#ended(began, this.rough);
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

  #resize(rough: boolean): void {
    if (rough === this.rough) return;
    this.rough = rough;
    if (rough) this.#usualRatio = this.#map.getPixelRatio();
    this.#map.setPixelRatio(rough ? this.#usualRatio * ROUGH : this.#usualRatio);
  }

  #ended(began: number, rough: boolean): void {
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
      if (!rough) this.#took = now - began;
      this.#next = now + PATIENCE * (now - began);
    };
    this.#watch = requestAnimationFrame(look);
  }
}

/** Whether the browser says that it draws without a graphics processor: then the first drag need not find out. */
function drawnBySoftware(canvas: HTMLCanvasElement): boolean {
  const pen = canvas.getContext('webgl2');
  const names = pen?.getExtension('WEBGL_debug_renderer_info');
  return pen && names ? /swiftshader|llvmpipe|basic render|software/i.test(String(pen.getParameter(names.UNMASKED_RENDERER_WEBGL))) : false;
}

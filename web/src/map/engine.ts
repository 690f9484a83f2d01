/** The one place that touches MapLibre. Loaded after the first paint, because it is the largest part of the page. */
import latin from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-400-normal.woff2?url';
import vietnamese from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-400-normal.woff2?url';
import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Camera } from '../state/address';
import { borders } from './borders';
import { EMPTY, type Collection } from './features';
import type { Box, LonLat } from './geometry';
import { Glide } from './glide';
import { drawIcons } from './icons';
import { buildLayers, changes, SHOWN, type Shown } from './layers';
import { palettes } from './palette';
import { fitPadding } from './viewport';

maplibregl.setWorkerUrl(workerUrl);

/** Sources whose features the page hands over. */
export type DataSource =
  | 'communes' | 'zones' | 'commune-names' | 'zone-names' | 'villages' | 'sites' | 'wedges' | 'candidates' | 'footprint' | 'highlight' | 'tool' | 'reports' | 'measured' | 'ghost';

const DATA_SOURCES: readonly DataSource[] = [
  'communes', 'zones', 'commune-names', 'zone-names', 'villages', 'sites', 'wedges', 'candidates', 'footprint', 'highlight', 'tool', 'reports', 'measured', 'ghost',
];

/** A tile with nothing in it, for raster sources that have no address yet. */
const NO_TILES = 'phusong-none://{z}/{x}/{y}';
const EMPTY_PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);
maplibregl.addProtocol('phusong-none', async () => ({ data: EMPTY_PNG.buffer }));

/** What a click or the pointer met. */
export interface Hit {
  layer: string;
  code: string;
  properties: Record<string, unknown>;
}

export interface MapEvents {
  onmove: (camera: Camera) => void;
  onclick: (at: LonLat, hit: Hit | null) => void;
  onhover: (hit: Hit | null) => void;
  ondoubleclick: (at: LonLat) => void;
}

const CLICKABLE = ['candidates', 'reports', 'measured', 'sites', 'site-clusters', 'villages', 'zone-fill', 'commune-area'];
const HOVERABLE = ['candidates', 'reports', 'sites', 'villages', 'zone-fill', 'commune-area'];

export class MapEngine {
  readonly map: maplibregl.Map;
  readonly glide: Glide;
  /** How far the canvas reaches beyond its window on each side, px. */
  #overscan: number;
  #layers = buildLayers(SHOWN);
  #shown: Shown = SHOWN;
  #ready: Promise<void>;
  #tiles = new Map<string, string>();
  #frame = 0;

  constructor(container: HTMLElement, camera: Camera | null, shown: Shown, events: MapEvents) {
    this.#overscan = Math.max(0, (container.clientWidth - (container.parentElement?.clientWidth ?? 0)) / 2);
    this.#layers = buildLayers(shown);
    this.#shown = shown;
    const sources: Record<string, maplibregl.SourceSpecification> = {
      // Half as fine as the screen: the ground is meant soft, and a quarter of the tiles do.
      hillshade: { type: 'raster', tiles: [NO_TILES], tileSize: 512, maxzoom: 13 },
      signal: { type: 'raster', tiles: [NO_TILES], tileSize: 256, maxzoom: 14 },
    };
    for (const name of DATA_SOURCES) {
      sources[name] = { type: 'geojson', data: EMPTY, ...(name === 'communes' || name === 'zones' ? { promoteId: 'code' } : {}) };
    }
    sources['commune-lines'] = { type: 'geojson', data: EMPTY };
    sources.sites = { type: 'geojson', data: EMPTY, cluster: true, clusterMaxZoom: 9, clusterRadius: 48 };
    this.map = new maplibregl.Map({
      container,
      center: camera ? [camera.lon, camera.lat] : [105.9, 18.3],
      zoom: camera?.zoom ?? 8,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: 0,
      style: {
        version: 8,
        'font-faces': {
          'Be Vietnam Pro': [
            { url: new URL(latin, location.href).href, 'unicode-range': ['U+0000-00FF', 'U+2000-206F', 'U+2212'] },
            { url: new URL(vietnamese, location.href).href, 'unicode-range': ['U+0100-02FF', 'U+0300-036F', 'U+1EA0-1EF9', 'U+20AB'] },
          ],
        },
        sources,
        layers: this.#layers,
      } as maplibregl.StyleSpecification,
    });
    this.map.addControl(new maplibregl.ScaleControl({ unit: 'metric', maxWidth: 120 }), 'bottom-left');
    this.map.touchZoomRotate.disableRotation();
    this.glide = new Glide(this.map, this.#overscan);
    this.#addIcons(shown);
    this.#ready = new Promise((resolve) => {
      if (this.map.isStyleLoaded()) resolve();
      else this.map.once('load', () => resolve());
    });
    this.#listen(events);
  }

  /** Resolves when sources and layers can be changed. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  #addIcons(shown: Shown): void {
    for (const { name, image, pixelRatio } of drawIcons(palettes[shown.theme])) {
      if (this.map.hasImage(name)) this.map.updateImage(name, image);
      else this.map.addImage(name, image, { pixelRatio });
    }
  }

  #hitAt(point: maplibregl.PointLike, layers: string[]): Hit | null {
    const [x, y] = Array.isArray(point) ? point : [point.x, point.y];
    const near: [maplibregl.PointLike, maplibregl.PointLike] = [[x - 4, y - 4], [x + 4, y + 4]];
    const pointLayers = layers.filter((layer) => layer !== 'commune-area' && layer !== 'zone-fill');
    const found = this.map.queryRenderedFeatures(near, { layers: pointLayers })[0]
      ?? this.map.queryRenderedFeatures([x, y], { layers })[0];
    if (!found) return null;
    const properties = found.properties as Record<string, unknown>;
    return { layer: found.layer.id, code: String(properties.code ?? properties.rank ?? found.id ?? ''), properties };
  }

  #listen(events: MapEvents): void {
    this.map.on('moveend', () => {
      // During a drag the map is drawn ahead of what is seen.
      if (this.glide.active) return;
      const { lng, lat } = this.map.getCenter();
      events.onmove({ zoom: this.map.getZoom(), lat, lon: lng });
    });
    this.map.on('click', (event) => {
      const hit = this.#hitAt(event.point, CLICKABLE);
      if (hit?.layer === 'site-clusters') this.map.easeTo({ center: event.lngLat, zoom: this.map.getZoom() + 2 });
      else events.onclick([event.lngLat.lng, event.lngLat.lat], hit);
    });
    this.map.on('dblclick', (event) => events.ondoubleclick([event.lngLat.lng, event.lngLat.lat]));
    this.map.on('mousemove', (event) => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => {
        const hit = this.map.isMoving() || this.glide.active ? null : this.#hitAt(event.point, HOVERABLE);
        this.map.getCanvas().style.cursor = hit && hit.layer !== 'commune-area' ? 'pointer' : '';
        events.onhover(hit);
      });
    });
    this.map.on('mouseout', () => events.onhover(null));
  }

  /** Draws what `shown` says, changing only what differs. */
  show(shown: Shown): void {
    const next = buildLayers(shown);
    if (shown.theme !== this.#shown.theme) this.#addIcons(shown);
    for (const change of changes(this.#layers, next)) {
      if (change.part === 'paint') this.map.setPaintProperty(change.layer, change.property as never, change.value as never, { validate: false });
      else if (change.part === 'layout') this.map.setLayoutProperty(change.layer, change.property as never, change.value as never, { validate: false });
      else this.map.setFilter(change.layer, change.value as maplibregl.FilterSpecification, { validate: false });
    }
    this.#layers = next;
    this.#shown = shown;
  }

  setData(source: DataSource, data: Collection): void {
    (this.map.getSource(source) as maplibregl.GeoJSONSource | undefined)?.setData(data);
    if (source === 'communes') (this.map.getSource('commune-lines') as maplibregl.GeoJSONSource | undefined)?.setData(borders(data));
  }

  /** The address of raster tiles; `null` empties the layer. */
  setTiles(source: 'hillshade' | 'signal', tiles: string | null): void {
    const url = tiles === null ? NO_TILES : new URL(tiles, location.href).href.replace(/%7B/gi, '{').replace(/%7D/gi, '}');
    if (this.#tiles.get(source) === url) return;
    this.#tiles.set(source, url);
    (this.map.getSource(source) as maplibregl.RasterTileSource | undefined)?.setTiles([url]);
  }

  /** Colours communes by a share from 0 to 100. */
  setShares(shares: ReadonlyMap<string, number | null>): void {
    this.map.removeFeatureState({ source: 'communes' });
    for (const [id, share] of shares) if (share !== null) this.map.setFeatureState({ source: 'communes', id }, { share });
  }

  fit(box: Box, options: { animate?: boolean; maxZoom?: number } = {}): void {
    this.glide.settle();
    const { clientWidth, clientHeight } = this.map.getContainer();
    const edge = 2 * this.#overscan;
    this.map.fitBounds([[box[0], box[1]], [box[2], box[3]]], {
      padding: fitPadding(clientWidth - edge, clientHeight - edge) + this.#overscan, maxZoom: options.maxZoom ?? 13, animate: options.animate ?? true, duration: 500,
    });
  }

  /** The whole canvas drawn so fine that its window is about `pixels` wide, with the window's size on it. For paper. */
  async fineCanvas(pixels: number): Promise<{ canvas: HTMLCanvasElement; window: { width: number; height: number }; ratio: number }> {
    this.glide.settle();
    const usual = this.map.getPixelRatio();
    const { clientWidth, clientHeight } = this.map.getContainer();
    const [width, height] = [clientWidth - 2 * this.#overscan, clientHeight - 2 * this.#overscan];
    // Graphics memory is small on office machines: no side beyond 4096 pixels.
    const ratio = Math.max(usual, Math.min(pixels / width, 4096 / Math.max(clientWidth, clientHeight)));
    this.map.setPixelRatio(ratio);
    try {
      if (!this.map.loaded()) await Promise.race([this.map.once('idle'), new Promise((soon) => setTimeout(soon, 15_000))]);
      // Drawn and copied in this same turn, because the browser clears the picture afterwards.
      this.map.redraw();
      const drawn = this.map.getCanvas();
      const canvas = document.createElement('canvas');
      canvas.width = drawn.width;
      canvas.height = drawn.height;
      canvas.getContext('2d')!.drawImage(drawn, 0, 0);
      const real = drawn.width / clientWidth;
      return { canvas, window: { width: width * real, height: height * real }, ratio: real };
    } finally {
      this.map.setPixelRatio(usual);
    }
  }

  /** The map as it stands, for printing. */
  picture(): string {
    this.glide.settle();
    // Drawn in this same turn, because the browser clears the picture afterwards.
    this.map.redraw();
    return this.map.getCanvas().toDataURL('image/png');
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.glide.destroy();
    this.map.remove();
  }
}

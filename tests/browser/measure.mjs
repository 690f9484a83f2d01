// Measures the page the way a browser's own tools do: `node measure.mjs ADDRESS [first-view|pan]`. Not a test: it judges nothing.
//
// first-view: a cold load at a quarter of the CPU's speed. Bytes on the wire as the browser counts them (bodies and headers; what a worker fetches by itself is not told), first paint, and
// time to interactive as Lighthouse defines it: after the first contentful paint, the end of the last task longer than 50 ms before five
// quiet seconds without one. The live map that follows the first view is told apart: the first view ends where the map's own code is asked for.
// pan: the map is dragged for five seconds, three times; frames that the compositor presented are counted in the browser's own trace. The last line is the same drag of an empty map.
import { chromium } from 'playwright-core';
import { browserArguments, chromiumPath } from './support.mjs';

const [address, what = 'first-view'] = process.argv.slice(2);
if (!address) {
  console.error('usage: node measure.mjs ADDRESS [first-view|pan]   (ADDRESS with its hash, for example http://127.0.0.1:8080/#/demo/map)');
  process.exit(2);
}

const browser = await chromium.launch({ executablePath: chromiumPath(), args: browserArguments });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' })).newPage();
const client = await page.context().newCDPSession(page);
// The browser's own beginning is not the page's.
await page.waitForTimeout(3000);

async function firstView() {
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.longTasks.push([entry.startTime, entry.startTime + entry.duration]); }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForFunction(() => performance.getEntriesByName('map-wanted').length > 0 || !document.querySelector('[data-testid=map]'), undefined, { timeout: 60_000 });
  await page.waitForFunction(() => performance.getEntriesByName('map-live').length > 0 || !document.querySelector('[data-testid=map]'), undefined, { timeout: 60_000 });
  await page.waitForTimeout(4000);
  const seen = await page.evaluate(() => ({
    paint: performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint')?.startTime,
    tasks: window.longTasks,
    requests: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(({ name, startTime, transferSize }) => ({ url: name, from: startTime, bytes: transferSize })),
    wanted: performance.getEntriesByName('map-wanted')[0]?.startTime ?? Infinity,
    live: performance.getEntriesByName('map-live')[0]?.startTime ?? Infinity,
  }));
  const own = seen.requests.filter(({ url }) => !/^(blob|data):/.test(url));
  const view = own.filter(({ from }) => from < seen.wanted);
  const kilobytes = (list) => Math.round(list.reduce((sum, { bytes }) => sum + bytes, 0) / 102.4) / 10;
  const kindOf = ({ url }) => (/\.png/.test(url) ? 'tiles' : /woff2$/.test(url) ? 'fonts' : /\/(api|ogc)\//.test(url) ? 'data' : 'page');
  const kinds = {};
  for (const one of view) (kinds[kindOf(one)] ??= []).push(one);
  const before = (list) => list.filter(([from]) => from < seen.wanted);
  return {
    first_view: { kilobytes: kilobytes(view), by_kind: Object.fromEntries(Object.entries(kinds).map(([kind, list]) => [kind, kilobytes(list)])), requests: view.length,
      first_contentful_paint_ms: Math.round(seen.paint), interactive_ms: Math.round(interactive({ ...seen, tasks: before(seen.tasks) })), long_tasks: before(seen.tasks).map(([from, to]) => [Math.round(from), Math.round(to - from)]) },
    live_map: { kilobytes_in_all: kilobytes(own), wanted_ms: Math.round(seen.wanted), live_ms: Math.round(seen.live), longest_task_ms: Math.round(Math.max(0, ...seen.tasks.filter(([from]) => from >= seen.wanted).map(([from, to]) => to - from))) },
    load: (await import('node:os')).loadavg()[0],
  };
}

/** Lighthouse's definition; requests of the event stream of jobs never end and are not in the list. */
function interactive({ paint, tasks }) {
  let at = paint;
  for (const [from, to] of tasks.filter(([, to]) => to > paint).sort((a, b) => a[0] - b[0])) {
    if (from - at >= 5000) break;
    at = Math.max(at, to);
  }
  return at;
}

/** Drags the map for five seconds as a hand does, reaching `reach` px from where it took hold, and counts what the browser's trace says was presented. */
async function drag(box, reach) {
  const chunks = [];
  const keep = ({ value }) => chunks.push(...value);
  client.on('Tracing.dataCollected', keep);
  const ended = new Promise((done) => client.once('Tracing.tracingComplete', done));
  await page.evaluate(() => {
    window.drawings = 0;
    window.phusong.map.on('render', (window.countDrawing ??= () => { window.drawings += 1; }));
  });
  await client.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'toplevel,disabled-by-default-devtools.timeline.frame,devtools.timeline.frame,devtools.timeline' });
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const graphics = await processorTime();
  const began = Date.now();
  const seconds = 5;
  // A mouse tells its place 125 times a second and does not wait for the page; no more than a few moves may be under way.
  let under = 0;
  while (Date.now() - began < seconds * 1000) {
    const turn = ((Date.now() - began) / 1000) * 1.6 * (220 / Math.max(220, reach));
    if (under < 4) {
      under += 1;
      client.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x + reach * Math.sin(turn), y: y + reach * 0.6 * Math.sin(turn * 1.7), button: 'left', buttons: 1 }).then(() => { under -= 1; }, () => { under -= 1; });
    }
    await new Promise((soon) => setTimeout(soon, 8));
  }
  const lasted = (Date.now() - began) / 1000;
  const used = (await processorTime()) - graphics;
  const drawings = await page.evaluate(() => window.drawings);
  await page.mouse.up();
  await client.send('Tracing.end');
  await ended;
  client.off('Tracing.dataCollected', keep);
  if (process.env.TRACE) (await import('node:fs')).writeFileSync(`${process.env.TRACE}-${reach}.json`, JSON.stringify(chunks));
  const drawn = chunks.filter((event) => event.name === 'DrawFrame' && event.cat.includes('devtools.timeline.frame')).map((event) => event.ts).sort((a, b) => a - b);
  const gaps = drawn.slice(1).map((ts, index) => (ts - drawn[index]) / 1000);
  const main = chunks.find((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain' && chunks.some((one) => one.pid === event.pid && one.name === 'DrawFrame'));
  const tasks = chunks.filter((event) => main && event.pid === main.pid && event.tid === main.tid && event.ph === 'X' && event.cat.includes('toplevel') && event.tdur > 0).map((event) => event.tdur / 1000);
  return {
    reach_px: reach, frames: drawn.length, frames_per_second: tenth(drawn.length / lasted), gap_ms: spread(gaps), map_drawn_anew: drawings,
    page_processor_ms_per_frame: tenth(tasks.reduce((sum, one) => sum + one, 0) / drawn.length), page_longest_task_processor_ms: tenth(Math.max(0, ...tasks)),
    graphics_processor_ms_per_frame: tenth(used / drawn.length),
  };
}

const tenth = (value) => Math.round(10 * value) / 10;
function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => tenth(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
  return { median: at(0.5), p95: at(0.95), worst: at(1) };
}

/** Processor time of the browser's graphics process so far, ms: what software rendering costs. */
async function processorTime() {
  const { processInfo } = await (graphicsSession ??= await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  return 1000 * (processInfo.find(({ type }) => type === 'GPU')?.cpuTime ?? NaN);
}
let graphicsSession;

async function pan() {
  const load = (await import('node:os')).loadavg;
  await page.goto(address, { waitUntil: 'load', timeout: 120_000 });
  await page.getByTestId('map').hover();
  await page.waitForFunction(() => window.phusong?.map?.loaded?.() && !window.phusong.map.isMoving(), undefined, { timeout: 120_000 });
  await page.waitForTimeout(3000);
  const facts = await page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('webgl2');
    const info = pen?.getExtension('WEBGL_debug_renderer_info');
    const { map } = window.phusong;
    const count = (id) => map.querySourceFeatures(id).length;
    return { renderer: info ? pen.getParameter(info.UNMASKED_RENDERER_WEBGL) : null, zoom: map.getZoom(), canvas: [map.getCanvas().width, map.getCanvas().height], communes_in_tiles: count('communes') };
  });
  const box = await page.getByTestId('map').boundingBox();
  const drags = [];
  // The first finds tiles that were never asked for, the second finds them all.
  for (const reach of [220, 220, 600]) {
    drags.push({ ...(await drag(box, reach)), load: load()[0] });
    await page.waitForTimeout(2000);
  }
  // What there is to win: the same drag with nothing on the map.
  await page.evaluate(() => { for (const { id } of window.phusong.map.getStyle().layers) window.phusong.map.setLayoutProperty(id, 'visibility', 'none'); });
  await page.waitForTimeout(1500);
  return { ...facts, drags, empty_map: { ...(await drag(box, 600)), load: load()[0] } };
}

console.log(JSON.stringify(what === 'pan' ? await pan() : await firstView(), null, 2));
await browser.close();

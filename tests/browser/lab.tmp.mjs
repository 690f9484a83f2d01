import { chromium } from 'playwright-core';
import { browserArguments, chromiumPath } from './support.mjs';
import os from 'node:os';
const address = process.argv[2];
const steps = (process.argv[3] ?? 'as-is').split(',');
const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...browserArguments, ...(process.env.ARGS ? process.env.ARGS.split(' ') : [])] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' });
const page = await context.newPage();
page.setDefaultTimeout(300000);
const client = await context.newCDPSession(page);
await page.goto(address, { waitUntil: 'load', timeout: 300000 });
const map = page.getByTestId('map');
let box;
if (await map.count()) {
  await map.hover();
  const t0 = Date.now();
  await page.waitForFunction(() => window.phusong?.map?.loaded?.() && !window.phusong.map.isMoving(), undefined, { timeout: 300_000 });
  console.log('loaded', Date.now() - t0);
  box = await map.boundingBox();
} else box = { x: 0, y: 0, width: 1440, height: 900 };
await page.waitForTimeout(4000);
const pre = [];
async function once(name) {
  const chunks = [];
  const take = ({ value }) => chunks.push(...value);
  client.on('Tracing.dataCollected', take);
  const ended = new Promise((done) => client.once('Tracing.tracingComplete', done));
  await client.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'toplevel,benchmark,viz,cc,gpu,disabled-by-default-devtools.timeline.frame,devtools.timeline.frame,devtools.timeline' + (process.env.CPU ? ',disabled-by-default-v8.cpu_profiler' : '') });
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y); await page.mouse.down();
  const began = Date.now(); const load0 = os.loadavg()[0]; const REACH = Number(process.env.REACH ?? 220);
  let moves = 0;
  while (Date.now() - began < 5000) {
    const turn = ((Date.now() - began) / 1000) * 1.6;
    await page.mouse.move(x + REACH * Math.sin(turn), y + REACH * 0.6 * Math.sin(turn * 1.7));
    moves += 1;
    await new Promise((s) => setTimeout(s, 8));
  }
  const lasted = (Date.now() - began) / 1000;
  await page.mouse.up();
  await client.send('Tracing.end'); await ended; client.off('Tracing.dataCollected', take);
  const drawn = chunks.filter((e) => e.name === 'DrawFrame' && e.cat.includes('devtools.timeline.frame')).map((e) => e.ts).sort((a, b) => a - b);
  const gaps = drawn.slice(1).map((t, i) => (t - drawn[i]) / 1000).sort((a, b) => a - b);
  const at = (s) => Math.round(gaps[Math.min(gaps.length - 1, Math.floor(s * gaps.length))] ?? NaN);
  // thread cpu
  const names = new Map();
  for (const e of chunks) if (e.name === 'thread_name') names.set(`${e.pid}/${e.tid}`, e.args.name);
  const cpu = new Map();
  const top = new Map();
  for (const e of chunks) if (e.ph === 'X' && e.cat.includes('toplevel') && e.tdur) { const k = names.get(`${e.pid}/${e.tid}`) ?? '?'; cpu.set(k, (cpu.get(k) ?? 0) + e.tdur / 1000); }
  const longest = chunks.filter((e) => e.ph === 'X' && e.cat.includes('toplevel') && names.get(`${e.pid}/${e.tid}`) === 'CrRendererMain').map((e) => Math.round(e.dur / 1000)).sort((a, b) => b - a).slice(0, 12);
  console.log(JSON.stringify({ name, fps: Math.round(10 * drawn.length / lasted) / 10, lasted, moves, gap: [at(.5), at(.9), at(.95), at(1)], load: load0, longestMain: longest, cpu: Object.fromEntries([...cpu].filter(([, v]) => v > 30).map(([k, v]) => [k, Math.round(v)])) }));
  if (process.env.TRACE) (await import('node:fs')).writeFileSync(`${process.env.TRACE}-${name}.json`, JSON.stringify(chunks));
  await page.waitForTimeout(1500);
}
for (const step of steps) {
  if (step.startsWith('hide:')) await page.evaluate((ids) => { for (const l of window.phusong.map.getStyle().layers) if (ids.some((i) => l.id.startsWith(i))) window.phusong.map.setLayoutProperty(l.id, 'visibility', 'none'); }, step.slice(5).split('+'));
  if (step.startsWith('ratio:')) await page.evaluate((r) => window.phusong.map.setPixelRatio(r), Number(step.slice(6)));
  if (step === 'empty') await page.evaluate(() => { for (const l of window.phusong.map.getStyle().layers) window.phusong.map.setLayoutProperty(l.id, 'visibility', 'none'); });
  if (step.startsWith('show:')) await page.evaluate((ids) => { for (const l of window.phusong.map.getStyle().layers) if (ids.some((i) => l.id.startsWith(i))) window.phusong.map.setLayoutProperty(l.id, 'visibility', 'visible'); }, step.slice(5).split('+'));
  await page.waitForTimeout(1500);
  // cost of a redraw
  const cost = await page.evaluate(async () => {
    const m = window.phusong?.map; if (!m) return null;
    const gl = m.painter.context.gl; const out = [];
    for (let i = 0; i < 5; i++) { const t = performance.now(); m.redraw(); const a = performance.now(); gl.finish(); const px = new Uint8Array(4); gl.readPixels(0,0,1,1,gl.RGBA,gl.UNSIGNED_BYTE,px); const b = performance.now(); out.push([Math.round(a - t), Math.round(b - a)]); await new Promise((r) => setTimeout(r, 100)); }
    return { out, canvas: [gl.drawingBufferWidth, gl.drawingBufferHeight] };
  }).catch((e) => e.message);
  console.log(step, JSON.stringify(cost));
  await once(step.replace(/[^\w]+/g, '_'));
}
await browser.close();

// Starts the built program on a free port over a folder of its own, and a headless Chromium that may speak to nobody else.
import assert from 'node:assert/strict';
import { spawn, execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const binary = process.env.PHUSONG_BINARY ?? join(root, 'target/release/phusong');
export const pictures = join(here, 'out');

/** Folder of real data, or undefined with a word about the skip. */
export function realData(...needed) {
  const folder = process.env.PHUSONG_TEST_DATA ?? resolve(root, '../shared/data');
  const missing = needed.filter((path) => !existsSync(join(folder, path)));
  if (missing.length === 0) return folder;
  console.log(`skipped: real data not present (${missing.join(', ')}); set PHUSONG_TEST_DATA`);
  return undefined;
}

/** A store folder that is removed with the test. */
export function folder(t, name) {
  const path = mkdtempSync(join(tmpdir(), `phusong-${name}-`));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs a command of the program to its end and gives its JSON answer. */
export async function phusong(...args) {
  const { stdout } = await promisify(execFile)(binary, [...args, '--json'], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}

/** Starts the service over `data`; gives its address and what it said. Killed with the test. */
export async function serve(t, data, ...more) {
  const child = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  const address = await new Promise((found, failed) => {
    const listen = (chunk) => {
      said += chunk;
      const match = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (match) found(match[0]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('exit', (code) => failed(new Error(`the service ended with ${code} before it listened:\n${said}`)));
  });
  return { address, child, said: () => said };
}

/** Ends a service that was started, and waits until it is gone. */
export async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

export function chromiumPath() {
  const known = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
  const path = known.find((candidate) => candidate && existsSync(candidate));
  if (!path) throw new Error('Chromium is not installed: run `make test`, which installs it, or set CHROMIUM');
  return path;
}

// As on a machine without a graphics processor: Chromium puts the page together by itself, and WebGL is drawn by SwiftShader. Naming SwiftShader as
// the graphics driver instead (--use-angle) makes Chromium take it for a real one and puts every frame together through it, four times as slowly.
export const browserArguments = [
  '--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Opens a page; the test fails on any request that leaves the machine and on any error in the page. */
export async function open(t, { width = 1440, height = 900, locale = 'vi-VN' } = {}) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: browserArguments });
  t.after(() => browser.close());
  const context = await browser.newContext({ viewport: { width, height }, locale, acceptDownloads: true });
  if (process.env.PHUSONG_PAGE) await context.route(/^http:\/\/127/, (route) => fromFolder(route, process.env.PHUSONG_PAGE));
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults = [];
  page.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) faults.push(`request to ${request.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`error in the page: ${error.message}`));
  return { page, faults };
}

const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** With PHUSONG_PAGE=web/dist a page that was just built is tried on a program that was built before. */
function fromFolder(route, folder) {
  const { pathname } = new URL(route.request().url());
  const path = join(folder, pathname === '/' ? 'index.html' : pathname);
  if (!existsSync(path) || !statSync(path).isFile()) return route.fallback();
  return route.fulfill({ path, contentType: KINDS[extname(path)] ?? 'application/octet-stream' });
}

/** Wakes the live map, which comes when somebody moves over its picture, and waits until it is drawn. */
export async function drawn(page) {
  await page.getByTestId('map').hover({ position: { x: 5, y: 5 } });
  await page.waitForFunction(() => window.phusong?.map?.loaded?.() && !window.phusong.map.isMoving(), undefined, { timeout: 90_000 });
}

/** Keeps a picture for people to look at. */
export async function picture(page, name) {
  const path = join(pictures, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

/** Asks the interface; fails on a problem. */
export async function ask(address, path, options) {
  const response = await fetch(`${address}${path}`, options);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Waits for a job to end; gives it. */
export async function finished(address, job) {
  for (;;) {
    const now = await ask(address, `/api/jobs/${job}`);
    if (!['queued', 'running'].includes(now.status)) return now;
    await new Promise((soon) => setTimeout(soon, 300));
  }
}

/** Uploads a file on the data page, checks the report's sum, commits, and gives the report's counts. */
export async function upload(page, kind, path) {
  await page.getByTestId(`upload-${kind}`).setInputFiles(path);
  const card = page.locator(`[data-testid="import"][data-kind="${kind}"]`);
  await card.waitFor();
  const count = async (name) => Number((await card.getByTestId(name).innerText()).replaceAll('.', ''));
  const report = { rows: await count('rows-in'), accepted: await count('accepted'), repaired: await count('repaired'), rejected: await count('rejected') };
  assert.equal(report.accepted + report.repaired + report.rejected, report.rows, `${kind}: every row is accepted, repaired or rejected`);
  await card.getByTestId('commit-import').click();
  await card.waitFor({ state: 'detached' });
  await page.locator(`[data-testid="rows-${kind}"]`).waitFor();
  return report;
}

/** Uploads a file that must be refused; gives the words on the page. */
export async function refused(page, kind, path) {
  await page.getByTestId(`upload-${kind}`).setInputFiles(path);
  const problem = page.getByTestId(`kind-${kind}`).getByTestId('problem');
  await problem.waitFor();
  const words = await problem.innerText();
  await problem.getByRole('button').first().click();
  return words;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings of axe on what is shown; the map's canvas draws itself and is described beside it. */
export async function inaccessible(page) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run({ exclude: ['.maplibregl-canvas-container'] }, { resultTypes: ['violations'] })).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 4).map((node) => `${node.target.join(' ')} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`).join(' | ')}`));
  return violations;
}

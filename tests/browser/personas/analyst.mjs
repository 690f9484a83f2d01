// Analyst: one number everywhere, a scenario without 2G and 3G, the trail of a figure.
import assert from 'node:assert/strict';
import { ask, drawn } from '../support.mjs';
import { sheets } from '../xlsx.mjs';
import { decimal, look, number } from './day.mjs';

export async function analyst(t, day) {
  const { page, field } = await day.visit(t, 'areas');
  const table = await day.api(`/runs/${day.run}/areas?technology=4g&operator=any&kind=commune`);
  await page.waitForFunction((expected) => document.querySelector('[data-testid="total-people"]')?.textContent.includes(expected), decimal(table.totals.people_percent));

  // Page, interface, CSV, workbook and GeoJSON name the same people covered in the same commune.
  await field('show-communes').click();
  await field('table-communes').waitFor();
  const export_ = (format) => `${day.address}/api/projects/${day.project}/export?layer=areas&format=${format}&run=${day.run}&technology=4g&operator=any`;
  const csv = (await (await fetch(export_('csv'))).text()).replace(/^\uFEFF/, '').trim();
  const separator = csv.split('\n', 1)[0].includes(';') ? ';' : ',';
  const book = sheets(Buffer.from(await (await fetch(export_('xlsx'))).arrayBuffer()));
  const features = (await (await fetch(export_('geojson'))).json()).features;
  const least = table.rows.filter((row) => row.people_percent !== null).toSorted((a, b) => a.people_percent - b.people_percent || a.area_code.localeCompare(b.area_code))[0];
  const shown = await page.locator(`[data-testid="table-communes"] [data-row="${least.area_code}"] [data-column="people_percent"]`).innerText();
  assert.equal(number(shown), number(decimal(least.people_percent)), 'the table of the page');
  const line = csv.split(/\r?\n/).map((one) => one.split(separator)).find((cells) => cells.includes(least.area_code));
  const row = Object.values(book).flat().find((cells) => cells.some((cell) => String(cell) === least.area_code));
  const feature = features.find(({ properties }) => Object.values(properties).includes(least.area_code));
  const near = (value) => Math.abs(Number(value) - least.covered_people) < 0.51;
  assert.ok(line.some((cell) => cell !== '' && near(cell)), `CSV: ${line.join(separator)} has ${least.covered_people}`);
  assert.ok(row.some((cell) => typeof cell === 'number' && near(cell)), `XLSX: ${row.join(' | ')} has ${least.covered_people}`);
  assert.ok(Object.values(feature.properties).some((cell) => typeof cell === 'number' && near(cell)), `GeoJSON: ${JSON.stringify(feature.properties)} has ${least.covered_people}`);

  await field('room-map').click();
  await field('run-inputs').locator('summary').click();
  const { datasets } = await day.api('');
  for (const kind of ['sites', 'areas', 'terrain']) assert.ok((await field('run-inputs').innerText()).includes(datasets.find((one) => one.kind === kind).content_hash.slice(0, 8)), `the run names its ${kind}`);
  await field('run-inputs').locator('summary').click();
  await field('without-2g-3g').click();
  await field('comparison').waitFor();
  const comparison = await day.api(`/compare?before=${day.run}&after=${day.run}&technology=2g,3g,4g,5g&technology_after=4g,5g&operator=any`);
  assert.equal(number(await field('compare-lost').innerText()), Math.round(comparison.totals.lost.people));
  assert.equal(number(await field('compare-gained').innerText()), 0, 'nobody gains when something is switched off');
  await field('compare-draw').click();
  await drawn(page);
  await look(page, 'analyst-without-2g-3g');

  await field('compare-draw').click();
  await field('without-2g-3g').click();

  // The same as a scenario with a run of its own, swiped against the network of today.
  await field('new-coverage').click();
  await field('scenario').locator('summary').click();
  for (const technology of ['2g', '3g']) await field(`without-${technology}`).check();
  await field('run-coverage').click();
  await page.waitForFunction((run) => (document.querySelector('[data-testid="run"]')?.dataset.run ?? run) !== run, day.run, { timeout: 300_000 });
  const scenario = await field('run').getAttribute('data-run');
  assert.match((await day.api(`/runs/${scenario}`)).parameters.scenario.name, /2G, 3G/);
  await field('choose-compare').selectOption(day.run);
  await field('swipe-line').focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await field('swipe-line').getAttribute('aria-valuenow'), '48');
  await drawn(page);
  await page.waitForFunction(() => document.querySelector('[data-testid="swipe-map"]').dataset.complete === 'true');
  await look(page, 'analyst-swipe');
  await field('choose-compare').selectOption('');
  await field('choose-run').selectOption(day.run);

  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await field('defaults').waitFor();
  await field('default-threshold-4g').fill('-100');
  await field('defaults-save').click();
  await field('defaults').getByRole('status').waitFor();
  assert.equal((await day.api('/settings')).coverage.thresholds['4g'], -100);
  await look(page, 'analyst-settings');

  // From a figure to the run that it comes from, and to who computed it, when and with what.
  await field('room-programme').click();
  const history = page.locator('[data-testid="figure-history"]', { has: page.locator(`[data-run="${day.run}"]`) }).first();
  await history.locator('summary').click();
  await history.locator(`[data-run="${day.run}"] [data-testid="figure-trail"]`).click();
  assert.equal(await field('audit-filter').inputValue(), day.run);
  await field('audit-entry').first().waitFor();
  const trail = await ask(day.address, '/api/audit?newest=true&limit=50');
  assert.ok(trail.entries.some((entry) => entry.subject === day.run), 'the run that the figures come from stands in the log');
  await page.locator(`[data-testid="audit-entry"][data-subject="${day.run}"]`).first().waitFor({ state: 'attached' });
  await look(page, 'analyst-audit');
}

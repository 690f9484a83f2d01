// Department officer: three operators' lists with mistakes, put right; coverage; villages without 4G; a plan of 330 actions by quota with at least 40 in
// zones; GeoJSON, the annual plan and the report. What the page says is held against the interface.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { drawn, open } from '../support.mjs';
import { sheets, workbook } from '../xlsx.mjs';
import { decimal, look, number, whole } from './day.mjs';

const OPERATORS = ['Viettel', 'VNPT', 'MobiFone'];

export async function officer(t, day) {
  const { page, faults } = await open(t);
  t.after(() => assert.deepEqual(faults, []));
  const field = (id) => page.getByTestId(id);
  // The demo is the only project, so it opens by itself.
  await page.goto(day.address);
  await field('synthetic').first().waitFor();
  assert.match(await field('synthetic').first().innerText(), /giả lập|tổng hợp|mô phỏng|synthetic/i, 'the page says that the province is synthetic');
  await drawn(page);
  await look(page, 'officer-start');
  const matched = async (collection) => (await day.ogc(collection, 'limit=1')).numberMatched;
  assert.deepEqual([await matched('stations'), await matched('communes'), await matched('zones')], [3600, 69, 31]);

  await t.test('three lists with mistakes are put right and taken in', () => lists(page, field, day));
  await t.test('coverage of four technologies', () => coverage(page, field, day));
  await t.test('communes, zones and villages without 4G', () => areas(page, field, day));
  await t.test('the programme and what its figures count', () => programme(page, field, day));
  await t.test('a plan of 330 by quota, at least 40 in zones', () => plan(page, field, day));
  await t.test('GeoJSON, the annual plan and the report', () => papers(page, field, day));
  await t.test('nothing committed is lost when the service is killed', async () => {
    const ended = once(day.service.child, 'exit');
    day.service.child.kill('SIGKILL');
    await ended;
    await day.start();
    assert.equal((await day.api('/runs?kind=plan'))[0].id, day.plan);
  });
}

async function lists(page, field, day) {
  await field('room-data').click();
  const files = OPERATORS.map((operator) => day.faultyList(operator));
  const card = page.locator('[data-testid="import"][data-kind="sites"]');
  const count = async (id) => number(await card.getByTestId(id).innerText());
  const sum = async () => (await count('accepted')) + (await count('repaired')) + (await count('rejected'));
  // The files are read by a job: until its import is here, the page says how far it is and offers to stop it.
  let release;
  const seen = new Promise((go) => { release = go; });
  await page.route(/\/imports\/[0-9a-f]+$/, async (route) => { await seen; await route.continue(); });
  await field('upload-sites').setInputFiles(files.map(({ path }) => path));
  await field('sending').getByRole('progressbar').waitFor();
  assert.ok(await field('stop-sending').isVisible());
  release();
  await card.waitFor();
  await page.unroute(/\/imports\/[0-9a-f]+$/);
  const rows = files.reduce((total, file) => total + file.rows, 0);
  assert.equal(await count('rows-in'), rows);
  assert.equal(await sum(), rows);
  const rejected = await count('rejected');
  assert.ok(rejected >= 6, `in each list one mast is elsewhere and one is nowhere: ${rejected} rejected`);
  assert.ok((await count('repaired')) >= 6, 'in each list two coordinates are swapped and two have decimal commas');
  await field('import-table').waitFor();
  const waiting = (await day.api('/imports')).find((one) => one.status === 'awaiting_commit');
  const report = (await day.api(`/imports/${waiting.id}`)).report;
  assert.deepEqual([report.accepted, report.repaired, report.rejected], [await count('accepted'), await count('repaired'), rejected]);
  await look(page, 'officer-import');

  // One repair is not accepted: its row is left out, and the sum still holds.
  await page.getByTestId('decide-leave').first().click();
  await page.waitForFunction((before) => Number(document.querySelector('[data-testid="rejected"]')?.textContent.replaceAll('.', '')) === before + 1, rejected);
  assert.equal(await sum(), rows);
  await field('import-reading').click();
  await page.locator('.reading select').first().waitFor();
  await look(page, 'officer-mapping');
  await field('tab-difference').click();
  await field('difference-table').waitFor();
  await look(page, 'officer-difference');

  const version = async () => String((await day.api('')).datasets.find((dataset) => dataset.kind === 'sites').version);
  const shown = (expected) => page.waitForFunction((wanted) => document.querySelector('[data-testid="kind-sites"]')?.dataset.version === wanted, expected);
  const before = await version();
  await card.getByTestId('commit-import').click();
  await card.waitFor({ state: 'detached' });
  const taken = await version();
  assert.notEqual(taken, before);
  await shown(taken);
  const masts = new Set(report.rows.filter((row) => row.status !== 'rejected').map((row) => `${row.file}/${row.row}`)).size;
  assert.equal(masts, rows - rejected);
  assert.ok((await day.ogc('stations', 'limit=1')).numberMatched < 3600, 'stations without a place are not in the network');

  // Taken back, the lists of before are there again; handed in once more, the repaired ones are.
  await field('undo-sites').click();
  await shown(before);
  assert.equal((await day.ogc('stations', 'limit=1')).numberMatched, 3600);
  await field('upload-sites').setInputFiles(files.map(({ path }) => path));
  await card.waitFor();
  await card.getByTestId('commit-import').click();
  await card.waitFor({ state: 'detached' });
  await page.waitForFunction((wanted) => document.querySelector('[data-testid="kind-sites"]')?.dataset.version !== wanted, before);
  await field('history-sites').locator('summary').click();
  assert.equal(await field('history-sites').locator('li').count(), (await day.api('/imports')).filter((one) => one.kind === 'sites' && one.status === 'committed').length, 'every list that was taken in');
  await versions(page, field, day, shown);
}

/** Every version stays known: what it changed, row by row as the interface says it, and each can be put in use again. */
async function versions(page, field, day, shown) {
  const known = await day.api('/datasets/sites/versions');
  const [newest, before] = known;
  assert.ok(known.length >= 3 && newest.in_use && known.filter((one) => one.in_use).length === 1, JSON.stringify(known));
  await field('versions-sites').locator('summary').click();
  await field(`compare-sites-${newest.version}`).click();
  await field('difference-table').waitFor();
  const said = await day.api(`/datasets/sites/versions/${newest.version}/difference?against=${before.version}`);
  for (const change of ['added', 'moved', 'changed', 'removed', 'unchanged']) {
    assert.ok(await page.locator('[data-testid="difference"] b', { hasText: new RegExp(`^${whole(said.counts[change])}$`) }).count() > 0, `${change}: ${said.counts[change]}`);
  }
  await look(page, 'officer-versions');
  for (const one of [before, newest]) {
    await field(`use-sites-${one.version}`).click();
    await shown(String(one.version));
    assert.equal((await day.api('/datasets/sites/versions')).find((other) => other.in_use).version, one.version);
  }
}

async function coverage(page, field, day) {
  await field('room-map').click();
  const fresh = async () => (await day.api('/runs?kind=coverage')).find((run) => !run.stale);
  if (!(await fresh())) {
    if (await field('new-coverage').isVisible()) await field('new-coverage').click();
    for (const technology of ['2g', '3g']) await field(`coverage-${technology}`).check();
    await field('coverage-zoom').selectOption('10');
    await field('run-coverage').click();
    await page.locator('[data-testid="job"] [data-testid="cancel-job"]').waitFor();
  }
  await field('legend-signal').waitFor({ timeout: 1_200_000 });
  day.run = (await fresh()).id;
  assert.equal(await field('run').getAttribute('data-run'), day.run);
  await drawn(page);
  await look(page, 'officer-map-4g');
}

async function areas(page, field, day) {
  const places = (await day.api(`/runs/${day.run}/places?technology=4g&operator=any`)).rows;
  for (const commune of (await day.api(`/runs/${day.run}/areas?technology=4g&operator=any&kind=commune`)).rows) {
    assert.equal(commune.places, places.filter((place) => place.commune === commune.name).length, `${commune.name}: the places counted are the rows that they lead to`);
  }
  for (const technology of ['5g', '4g']) {
    const table = await day.api(`/runs/${day.run}/areas?technology=${technology}&operator=any&kind=commune`);
    assert.equal(table.rows.length, 69);
    const people = table.rows.reduce((sum, row) => sum + row.people, 0);
    assert.ok(Math.abs(people - table.totals.people) < 1, 'communes share out all people of the province');
    await field(`technology-${technology}`).click();
    await field('room-areas').click();
    await page.waitForFunction((expected) => document.querySelector('[data-testid="total-people"]')?.textContent.includes(expected), decimal(table.totals.people_percent));
    assert.ok((await field('total-area').innerText()).includes(decimal(table.totals.area_percent)));
    const zones = await day.api(`/runs/${day.run}/areas?technology=${technology}&operator=any&kind=zone`);
    assert.equal(zones.rows.length, 31);
    assert.ok(zones.totals.km2 < zones.rows.reduce((total, row) => total + row.km2, 0), 'nested zones count once in the total');
  }
  const villages = places.filter((row) => (row.kind ?? 'village') === 'village');
  await field('village-classes').waitFor();
  for (const state of ['white', 'hollow', 'served']) {
    assert.equal(number(await field(`villages-${state}`).innerText()), villages.filter((row) => row.village_class === state).length, state);
  }
  // A figure leads to the rows that it counts, and their first to its place on the map.
  const white = villages.filter((row) => row.village_class === 'white');
  await field('villages-white').click();
  await field('table-places').waitFor();
  assert.equal(Number(await field('table-places').getAttribute('data-rows')), white.length);
  await page.locator('[data-testid="table-places"] .row-line').first().click();
  await field('selection').waitFor();
  assert.ok(white.some((row) => row.place_code === new URLSearchParams(page.url().split('?').at(-1)).get('sel').slice('place:'.length)));
  await drawn(page);
  await look(page, 'officer-villages');
  await page.keyboard.press('Escape');
}

async function programme(page, field, day) {
  await field('room-programme').click();
  await field('indicator').first().waitFor();
  const evaluation = await day.api(`/programmes/ha-tinh-529/evaluation?run=${day.run}`);
  assert.equal(await field('indicator').count(), evaluation.indicators.length);
  for (const indicator of evaluation.indicators.filter((one) => one.unit === 'percent' && one.value !== null)) {
    const shown = await page.locator(`[data-testid="indicator"][data-id="${indicator.id}"] [data-testid="indicator-value"]`).innerText();
    assert.equal(shown, `${decimal(indicator.value)}%`, indicator.id);
  }
  await look(page, 'officer-programme');
  const counted = evaluation.indicators.find((one) => one.value !== null && one.readings.some((reading) => reading.used));
  await page.locator(`[data-testid="indicator"][data-id="${counted.id}"] [data-testid="indicator-value"]`).click();
  await field('figure-rows').waitFor();
  await look(page, 'officer-figure');
  await figures(page, field);
  day.quotas = Object.fromEntries(evaluation.planner.quotas);
}

/** What no map knows comes from a sheet, with its source and day, beside what the model says. */
async function figures(page, field) {
  await field('choose-programme').selectOption('cao-loc-2023');
  const speed = page.locator('[data-testid="indicator"][data-id="mobile-speed"]');
  await speed.waitFor();
  await field('figures-card').locator('summary').click();
  const buffer = workbook('Số liệu', [['Chỉ tiêu', 'Giá trị', 'Kỳ', 'Nguồn'], ['mobile-speed', 41.25, 'Q2/2025', 'i-Speed']]);
  await field('upload-figures').setInputFiles({ name: 'so-lieu.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer });
  await field('figures-taken').waitFor({ timeout: 60_000 });
  await speed.locator('[data-testid="indicator-conflict"]').waitFor();
  assert.equal(await speed.locator('[data-testid="indicator-value"]').innerText(), '41,25');
  await look(page, 'officer-figures');
  await field('choose-programme').selectOption('ha-tinh-529');
  await page.locator('[data-testid="indicator"][data-id="stations-5g"]').waitFor();
}

async function plan(page, field, day) {
  await field('programme-plan').click();
  await field('plan-form').waitFor();
  await field('plan-count').fill('330');
  await field('plan-minimum-zones').fill('40');
  await look(page, 'officer-plan-form');
  await field('run-plan').click();
  await field('plan').waitFor({ timeout: 1_200_000 });
  const [run] = await day.api('/runs?kind=plan');
  day.plan = run.id;
  const picks = (await day.api(`/runs/${run.id}/candidates`)).features.map(({ properties }) => properties);
  assert.equal(number(await field('plan-actions').innerText()), picks.length);
  assert.equal(new Set(picks.map((pick) => pick.site_code ?? pick.id)).size, picks.length, 'one action per mast');
  const inZones = picks.filter((pick) => pick.zone_codes.length > 0).length;
  assert.ok(picks.length === 330 && inZones >= 40, `${picks.length} actions, ${inZones} in zones`);
  assert.equal(number(await field('plan-in-zones').innerText()), inZones);
  for (const [operator, quota] of Object.entries(day.quotas)) assert.ok(picks.filter((pick) => pick.operator === operator).length <= quota, `${operator} within its quota of ${quota}`);
  const { objective, bound } = (await day.api(`/runs/${run.id}/plan`)).solution;
  const most = typeof bound === 'object' ? bound.value : bound;
  const gap = (100 * (most - objective)) / most;
  assert.ok(objective <= most && gap < 1, `worth ${objective}, at most ${most}: ${gap} %`);
  assert.ok(Math.abs(number(await field('plan-gap').innerText()) - gap) < 0.011, 'how far from the best there can be');
  await field('drawer').waitFor();
  await drawn(page);
  await look(page, 'officer-plan');

  await field('plan-in-zones').click();
  await page.waitForFunction((rows) => Number(document.querySelector('[data-testid="table-candidates"]')?.dataset.rows) === rows, inZones);
  await field('plan-actions').click();

  // By hand: the first pick is forbidden, and its effect is told.
  await page.locator('[data-testid="table-candidates"] .row-line').first().click();
  await field('candidate').waitFor();
  await field('forbid').click();
  await field('adjust-tell').click();
  await field('adjusted').waitFor({ timeout: 120_000 });
  await look(page, 'officer-by-hand');
  day.picks = picks;
}

async function papers(page, field, day) {
  const file = async (id) => Buffer.from(await (await fetch(new URL(await field(id).getAttribute('href'), day.address))).arrayBuffer());
  const exported = JSON.parse(await file('plan-export-geojson'));
  assert.deepEqual(exported.features.map(({ properties }) => properties.id).sort(), day.picks.map((pick) => pick.id).sort());
  await field('room-programme').click();
  await field('programme-annual').click();
  await field('annual-table').waitFor();
  await look(page, 'officer-annual');
  const annual = sheets(await file('annual-xlsx'));
  const cells = Object.values(annual).flat(2);
  for (const pick of day.picks.slice(0, 20)) assert.ok(cells.some((cell) => String(cell ?? '').includes(pick.site_code ?? pick.id)), `${pick.site_code ?? pick.id} is in the annual plan`);
  await field('programme-targets').click();
  const report = sheets(await file('programme-report-xlsx'));
  assert.ok(Object.keys(report).length > 1, Object.keys(report).join(', '));
  assert.match((await file('programme-report-html')).toString(), /529/);
  assert.equal((await file('programme-report-docx')).subarray(0, 2).toString(), 'PK');
}


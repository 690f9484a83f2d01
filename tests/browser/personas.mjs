// Five people's days on one served demo, which is computed once: a department officer and an analyst alone with it, then, with accounts, an operator,
// a zone board and a commune officer with a phone. What the page says is held against the interface; every screen is looked at by axe, in both languages.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, drawn, folder, inaccessible, open, phusong, picture, pictures, serve, stop } from './support.mjs';
import { workbook } from './xlsx.mjs';

const shared = { ends: [] };
const keeper = { after: (end) => shared.ends.unshift(end) };
const number = (text) => Number(text.replaceAll('.', '').replace(',', '.').replace('−', '-').replace(/[^\d.-]/g, ''));
const decimal = (value, digits = 1) => value.toFixed(digits).replace('.', ',');
const api = (path) => ask(shared.address, `/api/projects/${shared.project}${path}`);
const send = (path, body) => ask(shared.address, path, { method: 'POST', headers: { 'content-type': 'application/json', ...shared.headers }, body: JSON.stringify(body) });

async function visit(t, room, { person = null, ...view } = {}) {
  const { page, faults } = await open(t, view);
  t.after(() => assert.deepEqual(faults, []));
  const field = (id) => page.getByTestId(id);
  const language = view.language ?? 'vi';
  await page.goto(`${shared.address}/?lang=${language}&theme=${view.theme ?? 'light'}#/${shared.project}/${room}`);
  if (person) {
    await field('sign-in-name').fill(person.name);
    await field('sign-in-password').fill(person.password);
    await field('sign-in-enter').click();
  }
  await field('panel').waitFor();
  return { page, field };
}

/** Keeps a picture and asks axe. */
async function look(page, name) {
  await picture(page, name);
  assert.deepEqual(await inaccessible(page), [], name);
}

before(async () => {
  const work = folder(keeper, 'personas');
  const data = join(work, 'store');
  await phusong('demo', '--data', data, '--out', join(work, 'files'));
  Object.assign(shared, { work, data });
  shared.service = await serve(keeper, data);
  shared.address = shared.service.address;
  const projects = await ask(shared.address, '/api/projects');
  shared.project = projects.find((project) => project.synthetic).id;
}, { timeout: 600_000 });

after(async () => {
  for (const end of shared.ends) await end();
});

/** A list of one operator as a workbook: rows of the demo's own list, with mistakes that people make. */
function faultyList(operator, from) {
  const [header, ...rows] = readFileSync(join(shared.work, 'files', 'sites-mobifone.csv'), 'utf8').replace(/^\uFEFF/, '').trim().split(/\r?\n/).map((line) => line.split(','));
  const at = (name) => header.indexOf(name);
  const list = rows.slice(from, from + 30).map((row) => row.map((value) => (value !== '' && Number.isFinite(Number(value)) ? Number(value) : value)));
  for (const row of list) {
    row[at('Nhà mạng')] = operator;
    row[at('Mã trạm')] = `${operator}-${row[at('Mã nhà trạm')]}`;
  }
  const [lon, lat] = [at('Kinh độ'), at('Vĩ độ')];
  [list[3][lon], list[3][lat]] = [list[3][lat], list[3][lon]]; // the two swapped
  list[7][lon] = String(list[7][lon]).replace('.', ','); // decimal commas as text
  list[7][lat] = String(list[7][lat]).replace('.', ',');
  list[11][lat] = 21.03; // another province
  list[15][lon] = ''; // no position
  list[15][lat] = '';
  const path = join(shared.work, `danh-sach-${operator.toLowerCase()}.xlsx`);
  writeFileSync(path, workbook(operator, [header, ...list]));
  return { path, rows: list.length };
}

/** Computes all four technologies on coarse pixels through the page's own form, unless there is a run already. */
async function coverage(page, field) {
  if ((await api('/runs?kind=coverage')).length === 0) {
    for (const technology of ['2g', '3g']) await field(`coverage-${technology}`).check();
    await field('coverage-zoom').selectOption('10');
    await field('run-coverage').click();
  }
  await field('run').waitFor({ timeout: 600_000 });
  shared.run = (await api('/runs?kind=coverage'))[0].id;
}

test('department officer: coverage, faulty lists, villages without signal, a plan of 330 by quota, the annual plan and the report', async (t) => {
  const { page, faults } = await open(t);
  t.after(() => assert.deepEqual(faults, []));
  const field = (id) => page.getByTestId(id);
  // The demo is the only project, so it opens by itself.
  await page.goto(shared.address);
  await field('synthetic').first().waitFor();
  assert.match(await field('synthetic').first().innerText(), /giả lập|tổng hợp|mô phỏng|synthetic/i, 'the page says that the province is synthetic');
  await drawn(page);
  await look(page, 'demo-before-coverage');
  const matched = async (collection) => (await ask(shared.address, `/ogc/${shared.project}/collections/${collection}/items?limit=1`)).numberMatched;
  assert.deepEqual([await matched('stations'), await matched('communes'), await matched('zones')], [3600, 69, 31]);
  await coverage(page, field);
  await field('legend-signal').waitFor();
  await drawn(page);
  await look(page, 'demo-map-4g');

  for (const technology of ['5g', '4g']) {
    const table = await api(`/runs/${shared.run}/areas?technology=${technology}&operator=any&kind=commune`);
    assert.equal(table.rows.length, 69);
    const people = table.rows.reduce((sum, row) => sum + row.people, 0);
    assert.ok(Math.abs(people - table.totals.people) < 1, 'communes share out all people of the province');
    await field(`technology-${technology}`).click();
    await field('room-areas').click();
    await page.waitForFunction((expected) => document.querySelector('[data-testid="total-people"]')?.textContent.includes(expected), decimal(table.totals.people_percent));
    const zones = await api(`/runs/${shared.run}/areas?technology=${technology}&operator=any&kind=zone`);
    assert.equal(zones.rows.length, 31);
    assert.ok(zones.totals.km2 < zones.rows.reduce((total, row) => total + row.km2, 0), 'nested zones count once in the total');
  }

  await field('room-data').click();
  const lists = ['Viettel', 'VNPT', 'MobiFone'].map((operator, index) => faultyList(operator, 40 * index));
  await field('upload-sites').setInputFiles(lists.map(({ path }) => path));
  const card = page.locator('[data-testid="import"][data-kind="sites"]');
  await card.waitFor();
  const count = async (id) => number(await card.getByTestId(id).innerText());
  const [rows, accepted, repaired, rejected] = [await count('rows-in'), await count('accepted'), await count('repaired'), await count('rejected')];
  assert.equal(rows, 90);
  assert.equal(accepted + repaired + rejected, rows);
  assert.ok(rejected >= 6, `in each list one mast is elsewhere and one is nowhere: ${rejected} rejected`);
  assert.ok(repaired >= 3, `the swapped ones are put right: ${repaired} repaired`);
  await field('import-table').waitFor();
  await look(page, 'officer-import');

  // One repair is not accepted: its row is left out, and the sum still holds.
  await page.getByTestId('decide-leave').first().click();
  await page.waitForFunction((before) => Number(document.querySelector('[data-testid="rejected"]')?.textContent) === before + 1, rejected);
  assert.equal((await count('accepted')) + (await count('repaired')) + (await count('rejected')), rows);
  await field('import-reading').click();
  await page.locator('.reading select').first().waitFor();
  await look(page, 'officer-mapping');
  await field('tab-difference').click();
  await field('difference-table').waitFor();
  await look(page, 'officer-difference');
  const kept = (await api('')).datasets.find((dataset) => dataset.kind === 'sites');
  await card.getByTestId('commit-import').click();
  await card.waitFor({ state: 'detached' });
  await page.waitForFunction((version) => document.querySelector('[data-testid="kind-sites"]')?.dataset.version !== version, String(kept.version));
  await field('undo-sites').click();
  await page.waitForFunction((version) => document.querySelector('[data-testid="kind-sites"]')?.dataset.version === version, String(kept.version));

  await field('room-areas').click();
  const villages = (await api(`/runs/${shared.run}/places?technology=4g&operator=any`)).rows.filter((row) => (row.kind ?? 'village') === 'village');
  await field('village-classes').waitFor();
  for (const state of ['white', 'hollow', 'served']) {
    assert.equal(number(await field(`villages-${state}`).innerText()), villages.filter((row) => row.village_class === state).length, state);
  }
  await field('show-places').click();
  await field('table-places').waitFor();
  await drawn(page);
  await look(page, 'officer-villages');

  await field('room-programme').click();
  await field('indicator').first().waitFor();
  const evaluation = await api(`/programmes/ha-tinh-529/evaluation?run=${shared.run}`);
  assert.equal(await field('indicator').count(), evaluation.indicators.length);
  for (const indicator of evaluation.indicators.filter((one) => one.unit === 'percent' && one.value !== null)) {
    const shown = await page.locator(`[data-testid="indicator"][data-id="${indicator.id}"] [data-testid="indicator-value"]`).innerText();
    assert.equal(shown, `${decimal(indicator.value)} %`, indicator.id);
  }
  await look(page, 'officer-programme');
  const counted = evaluation.indicators.find((one) => one.value !== null && one.readings.some((reading) => reading.used));
  await page.locator(`[data-testid="indicator"][data-id="${counted.id}"] [data-testid="indicator-value"]`).click();
  await field('figure-rows').waitFor();
  await look(page, 'officer-figure');

  await field('programme-plan').click();
  await field('plan-form').waitFor();
  await field('plan-count').fill('330');
  await field('plan-minimum-zones').fill('40');
  await look(page, 'officer-plan-form');
  await field('run-plan').click();
  await field('plan').waitFor({ timeout: 600_000 });
  const [plan] = await api('/runs?kind=plan');
  shared.plan = plan.id;
  const picks = (await api(`/runs/${plan.id}/candidates`)).features;
  assert.equal(number(await field('plan-actions').innerText()), picks.length);
  assert.equal(new Set(picks.map(({ properties }) => properties.site_code ?? properties.id)).size, picks.length, 'one action per mast');
  assert.ok(picks.length <= 330 && picks.filter(({ properties }) => properties.zone_codes.length > 0).length >= 40, `${picks.length} actions`);
  const quotas = Object.fromEntries(evaluation.planner.quotas);
  for (const operator of Object.keys(quotas)) assert.ok(picks.filter(({ properties }) => properties.operator === operator).length <= quotas[operator], `${operator} within its quota`);
  await field('drawer').waitFor();
  await drawn(page);
  await look(page, 'officer-plan');

  // By hand: the first pick is forbidden, and its effect is told.
  await page.locator('[data-testid="table-candidates"] .row-line').first().click();
  await field('candidate').waitFor();
  await field('forbid').click();
  await field('adjust-tell').click();
  await field('adjusted').waitFor({ timeout: 120_000 });
  await look(page, 'officer-by-hand');

  const exported = await ask(shared.address, await field('plan-export-geojson').getAttribute('href'));
  assert.equal(exported.features.length, picks.length);
  await field('room-programme').click();
  await field('programme-annual').click();
  await field('annual-table').waitFor();
  await look(page, 'officer-annual');
  const file = async (id) => Buffer.from(await (await fetch(new URL(await field(id).getAttribute('href'), shared.address))).arrayBuffer());
  assert.equal((await file('annual-xlsx')).subarray(0, 2).toString(), 'PK');
  await field('programme-targets').click();
  assert.equal((await file('programme-report-xlsx')).subarray(0, 2).toString(), 'PK');
  assert.match((await file('programme-report-html')).toString(), /529/);

  // Nothing committed is lost when the service is killed.
  const ended = once(shared.service.child, 'exit');
  shared.service.child.kill('SIGKILL');
  await ended;
  shared.service = await serve(keeper, shared.data);
  shared.address = shared.service.address;
  assert.equal((await api('/runs?kind=plan'))[0].id, plan.id);
}, { timeout: 900_000 });

test('analyst: one number everywhere, a scenario without 2G and 3G, the trail of a figure', async (t) => {
  const { page, field } = await visit(t, 'areas');
  const table = await api(`/runs/${shared.run}/areas?technology=4g&operator=any&kind=commune`);
  await page.waitForFunction((expected) => document.querySelector('[data-testid="total-people"]')?.textContent.includes(expected), decimal(table.totals.people_percent));
  const csv = await (await fetch(`${shared.address}/api/projects/${shared.project}/export?layer=areas&format=csv&run=${shared.run}&technology=4g&operator=any`)).text();
  const [header, ...lines] = csv.replace(/^\uFEFF/, '').trim().split(/\r?\n/);
  const separator = header.includes(';') ? ';' : ',';
  assert.ok(lines.length >= table.rows.length, 'every commune is in the exported table');
  assert.ok(header.split(separator).length > 5);
  await field('show-communes').click();
  await field('table-communes').waitFor();
  const first = table.rows[0];
  await page.locator(`[data-testid="table-communes"] [data-row="${first.area_code}"]`).waitFor({ state: 'attached' }).catch(() => undefined);

  await field('room-map').click();
  await field('without-2g-3g').click();
  await field('comparison').waitFor();
  const comparison = await api(`/compare?before=${shared.run}&after=${shared.run}&technology=2g,3g,4g,5g&technology_after=4g,5g&operator=any`);
  assert.equal(number(await field('compare-lost').innerText()), Math.round(comparison.totals.lost.people));
  assert.equal(number(await field('compare-gained').innerText()), 0, 'nobody gains when something is switched off');
  await field('compare-draw').click();
  await drawn(page);
  await look(page, 'analyst-without-2g-3g');

  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await field('defaults').waitFor();
  await field('default-threshold-4g').fill('-100');
  await field('defaults-save').click();
  await page.locator('[role="status"]').first().waitFor();
  assert.equal((await api('/settings')).coverage.thresholds['4g'], -100);
  await look(page, 'analyst-settings');
  await page.keyboard.press('Escape');
  await page.locator('body').click({ position: { x: 5, y: 300 } });
  const trail = await ask(shared.address, '/api/audit?newest=true&limit=50');
  assert.ok(trail.entries.some((entry) => entry.subject === shared.run), 'the run that the figures come from stands in the log');
}, { timeout: 300_000 });

test('map: search without tone marks, measuring, a point, a printed sheet, a link that restores the view', { timeout: 300_000 }, async (t) => {
  const { page, field } = await visit(t, 'map');
  await drawn(page);
  const zone = (await ask(shared.address, `/ogc/${shared.project}/collections/zones/items?limit=100`)).features.find(({ properties }) => /[À-ỹ]/.test(properties.name));
  await field('search').fill(zone.properties.name.normalize('NFD').replace(/\p{Diacritic}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase());
  await page.locator(`[data-testid="search-results"] [data-code="${zone.properties.code}"]`).click();
  await field('selection').waitFor();
  assert.equal(await field('selection').getAttribute('data-code'), zone.properties.code);
  await drawn(page);
  await look(page, 'map-zone');

  const box = await field('map').boundingBox();
  const at = (x, y) => page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  await field('tool-measure').click();
  await at(0.4, 0.4);
  await at(0.6, 0.6);
  await page.waitForFunction(() => /\d+(,\d+)? k?m/.test(document.querySelector('[data-testid="measure"]')?.textContent ?? ''));
  await field('tool-measure').click();
  await at(0.5, 0.45);
  await field('point-level').first().waitFor();
  await field('link-budget').waitFor();
  await look(page, 'map-point');

  await field('tool-print').click();
  const download = async (id) => {
    const [file] = await Promise.all([page.waitForEvent('download'), field(id).click()]);
    return readFileSync(await file.path());
  };
  const small = await download('print-png');
  assert.equal(small.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([small.readUInt32BE(16), small.readUInt32BE(20)], [2339, 1654], 'A4 at 200 dots an inch');
  writeFileSync(join(pictures, 'printed-a4.png'), small);
  await field('paper-A3').click();
  const sheet = (await download('print-pdf')).toString('latin1');
  assert.ok(sheet.startsWith('%PDF-') && sheet.includes('/MediaBox [0 0 1190.55 841.89]'), 'one page of A3, landscape');
  await field('tool-print').click();

  await page.keyboard.press('Escape');
  const link = page.url();
  const second = await visit(t, 'map');
  await second.page.goto(link);
  await second.page.reload();
  await second.field('selection').waitFor();
  await drawn(second.page);
  const view = (one) => one.evaluate(() => [window.phusong.map.getZoom(), window.phusong.map.getCenter().lng, window.phusong.map.getCenter().lat]);
  const [before, after] = [await view(page), await view(second.page)];
  before.forEach((value, index) => assert.ok(Math.abs(value - after[index]) < 0.01, `${before} and ${after}`));
});

test('with accounts', { timeout: 600_000 }, async (t) => {
  await stop(shared.service);
  shared.service = await serve(keeper, shared.data, '--sign-in');
  shared.address = shared.service.address;
  for (let wait = 0; wait < 100 && !shared.service.said().includes('token='); wait += 1) await new Promise((soon) => setTimeout(soon, 50));
  const token = /token=([\w-]+)/.exec(shared.service.said())[1];
  const password = 'mật khẩu dài để thử';
  const setUp = async (secret) => {
    const answer = await fetch(`${shared.address}/api/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: secret, password }) });
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get('set-cookie').split(';')[0];
  };
  shared.headers = { cookie: await setUp(token), origin: shared.address };
  const person = async (name, role, operator) => {
    const made = await send('/api/users', { name, display_name: name, role, ...(operator ? { operator } : {}) });
    const cookie = await setUp(/token=([\w-]+)/.exec(made.invitation.link)[1]);
    return { name, password, cookie };
  };
  const as = ({ cookie }, path) => ask(shared.address, path, { headers: { cookie } });
  const operator = await person('vnpt', 'operator', 'VNPT');
  const board = await person('bqlkkt', 'zone_board');
  const officer = await person('xamaithuan', 'commune');

  await t.test('operator: its own masts only, its quota and due list, sharing with losses, a list handed in', async (t) => {
    const sharing = await send(`/api/projects/${shared.project}/sharing-runs`, { coverage_run: shared.run, rules: { technologies: ['4g'], most_pairs: 40 } });
    for (let job = sharing; job.status === 'queued' || job.status === 'running';) {
      await new Promise((soon) => setTimeout(soon, 500));
      job = await ask(shared.address, `/api/jobs/${sharing.id}`, { headers: shared.headers });
      assert.notEqual(job.status, 'failed', JSON.stringify(job.problem));
    }
    const { page, field } = await visit(t, 'map', { person: operator });
    await drawn(page);
    const own = await as(operator, `/ogc/${shared.project}/collections/sites/items?limit=100000`);
    assert.ok(own.features.length > 50);
    assert.ok(!(await field('room-users').isVisible()) && !(await field('room-audit').isVisible()), 'accounts and log are not shown');
    await look(page, 'operator-map');
    await field('room-sharing').click();
    await field('sharing-groups').waitFor();
    const groups = (await as(operator, `/api/projects/${shared.project}/runs?kind=sharing`))[0];
    const result = await as(operator, `/api/projects/${shared.project}/runs/${groups.id}/sharing`);
    assert.equal(Number(await field('sharing-groups').getAttribute('data-n')), result.groups.length, 'what is listed is what this operator may see');
    assert.match(await page.locator('[data-testid="sharing-groups"] li').first().innerText(), /dB/);
    await look(page, 'operator-sharing');
    await field('room-programme').click();
    await field('programme-workflow').click();
    await field('quotas').waitFor();
    assert.deepEqual(await page.locator('[data-testid="quotas"] tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.operator)), ['VNPT']);
    await field('upload-plan-list').setInputFiles(faultyList('VNPT', 60).path);
    await field('list-taken').waitFor({ timeout: 60_000 });
    await look(page, 'operator-workflow');
    // What it has built goes to the department, which takes it into the data of all.
    await field('room-data').click();
    await field('upload-sites').setInputFiles(faultyList('VNPT', 90).path);
    await field('import').waitFor();
    assert.ok(await field('commit-import').isDisabled(), 'an operator hands in, the department takes');
    await look(page, 'operator-built');
  });

  await t.test('zone board: coverage in zones, stations counted once, the three readings, a call to share', async (t) => {
    const { page, field } = await visit(t, 'areas', { person: board });
    await field('show-zones').click();
    await field('table-zones').waitFor();
    const zones = await as(board, `/api/projects/${shared.project}/runs/${shared.run}/areas?technology=4g&operator=any&kind=zone`);
    assert.equal(Number(await field('table-zones').getAttribute('data-rows')), zones.rows.length);
    await drawn(page);
    await look(page, 'board-zones');
    const poles = await as(board, `/api/projects/${shared.project}/pole-candidates`);
    assert.ok(poles.features.every(({ properties }) => properties.action === 'pole_small_cell' && properties.zone_codes.length > 0 && properties.operator === undefined), 'poles in zones, and nobody named');
    assert.ok((await field('show-poles').innerText()).includes(String(poles.features.length)));
    await field('room-programme').click();
    await field('indicator').first().waitFor();
    const evaluation = await as(board, `/api/projects/${shared.project}/programmes/ha-tinh-529/evaluation?run=${shared.run}`);
    const several = evaluation.indicators.find((indicator) => indicator.readings.length >= 3);
    const card = page.locator(`[data-testid="indicator"][data-id="${several.id}"]`);
    await card.locator('summary').first().click();
    assert.equal(await card.locator('li').count(), several.readings.length, 'every reading of the sentence is shown');
    await card.scrollIntoViewIfNeeded();
    await look(page, 'board-readings');
    await field('programme-calls').click();
    await field('call-form').waitFor();
    await field('call-title').fill('Cần thêm trạm 5G cho nhà máy mới');
    await field('call-zone').selectOption({ index: 1 });
    await field('call-send').click();
    await page.locator('[data-testid="calls"] > li[data-call]').first().waitFor();
    const calls = await as(board, `/api/projects/${shared.project}/programmes/ha-tinh-529/calls`);
    assert.ok(calls.some((call) => call.title === 'Cần thêm trạm 5G cho nhà máy mới'));
    await look(page, 'board-calls');
  });

  await t.test('commune officer on a phone: three steps, also without a connection', async (t) => {
    const { page, field } = await visit(t, 'signal', { person: officer, width: 360, height: 740 });
    await field('signal-search').waitFor();
    const villages = (await as(officer, `/ogc/${shared.project}/collections/villages/items?limit=5`)).features;
    const name = villages[0].properties.name;
    const report = async () => {
      // The village stays chosen from the address, also after the page was opened again.
      if (!(await field('signal-place').isVisible())) {
        await field('signal-search').fill(name.normalize('NFD').replace(/\p{Diacritic}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D'));
        await field('signal-village').first().click();
      }
      await field('finding-no_signal').click();
      await field('signal-speed').fill('0.4');
      await field('signal-send').click();
    };
    await report();
    await page.locator('[data-testid="signal-outcome"]').waitFor();
    await field('signal-route').waitFor();
    await look(page, 'commune-report');
    await page.evaluate(() => navigator.serviceWorker?.ready.then(() => new Promise((soon) => setTimeout(soon, 1500))));
    await page.context().setOffline(true);
    await page.reload();
    await field('signal-form').waitFor();
    await report();
    await field('signal-waiting').waitFor();
    assert.equal(await field('signal-waiting').getAttribute('data-n'), '1');
    await look(page, 'commune-offline');
    await page.context().setOffline(false);
    await field('signal-waiting').waitFor({ state: 'detached' });
    const received = await as(officer, `/api/projects/${shared.project}/signal-reports`);
    assert.equal(received.reports.length, 2, 'each report arrived once');
    assert.equal(received.reports[0].finding, 'no_signal');
    assert.equal(received.reports[0].download_mbps, 0.4);
  });

  await t.test('every room in both languages, wide and narrow, light and dark, passes axe', async (t) => {
    const administrator = { name: 'admin', password };
    for (const view of [{ width: 1440, language: 'vi', theme: 'light' }, { width: 1440, language: 'en', theme: 'dark' }, { width: 360, height: 740, language: 'en', theme: 'light' }, { width: 360, height: 740, language: 'vi', theme: 'dark' }]) {
      const { page, field } = await visit(t, 'data', { ...view, person: administrator });
      for (const room of ['data', 'map', 'areas', 'plan', 'sharing', 'programme', 'reports', 'signal', 'jobs', 'users', 'audit', 'settings']) {
        await field(`room-${room}`).click();
        await page.locator(`[data-testid="panel"][data-room="${room}"]`).waitFor();
        await page.waitForFunction(() => document.querySelectorAll('.scroll .skeleton').length === 0);
        await look(page, `room-${room}-${view.width}-${view.language}-${view.theme}`);
      }
      await page.close();
    }
  });
});

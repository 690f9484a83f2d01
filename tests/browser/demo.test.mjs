// The whole path through the page on the demo province: open it, compute 4G and 5G, read communes and zones, plan 330 actions with at least 40
// in zones, export; then the service is killed without warning and everything is still there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, drawn, folder, open, phusong, picture, serve } from './support.mjs';

const shownNumber = async (locator) => Number((await locator.innerText()).replaceAll('.', '').replace(',', '.').replace(/[^\d.-]/g, ''));

test('the whole path on the demo province', async (t) => {
  const data = join(folder(t, 'demo'), 'store');
  await phusong('demo', '--data', data, '--out', join(data, '..', 'files'));
  const first = await serve(t, data);
  const { address } = first;
  const { page, faults } = await open(t);
  const field = (id) => page.getByTestId(id);

  await page.goto(address);
  // The demo is the only project, so it opens by itself.
  await field('synthetic').first().waitFor();
  assert.match(await field('synthetic').first().innerText(), /giả lập|tổng hợp|mô phỏng|synthetic/i, 'the page says that the province is synthetic');
  await drawn(page);
  await picture(page, 'demo-before-coverage');

  const projects = await ask(address, '/api/projects');
  const project = (projects.projects ?? projects).find((candidate) => candidate.synthetic);
  const counted = async (collection) => (await ask(address, `/ogc/${project.id}/collections/${collection}/items?limit=1`)).numberMatched;
  assert.equal(await counted('stations'), 3600);
  assert.equal(await counted('communes'), 69);
  assert.equal(await counted('zones'), 31);

  const existing = await ask(address, `/api/projects/${project.id}/runs?kind=coverage`);
  if (existing.length === 0) {
    await field('run-coverage').click();
    await field('run').waitFor({ timeout: 600_000 });
  }
  const [run] = await ask(address, `/api/projects/${project.id}/runs?kind=coverage`);
  await field('legend-signal').waitFor();
  await drawn(page);
  await picture(page, 'demo-map-4g');

  for (const technology of ['4g', '5g']) {
    const table = await ask(address, `/api/projects/${project.id}/runs/${run.id}/areas?technology=${technology}&operator=any&kind=commune`);
    assert.equal(table.rows.length, 69);
    const people = table.rows.reduce((sum, row) => sum + row.people, 0);
    assert.ok(Math.abs(people - table.totals.people) < 1, 'communes share out all people of the province');
    await field(`technology-${technology}`).click();
    await field('room-areas').click();
    await field('totals').waitFor();
    await page.waitForFunction(
      ([expected]) => document.querySelector('[data-testid="total-people"]')?.textContent.includes(expected),
      [table.totals.people_percent.toFixed(1).replace('.', ',')],
    );
    const zones = await ask(address, `/api/projects/${project.id}/runs/${run.id}/areas?technology=${technology}&operator=any&kind=zone`);
    assert.equal(zones.rows.length, 31);
    const sum = zones.rows.reduce((total, row) => total + row.km2, 0);
    assert.ok(zones.totals.km2 < sum, 'nested zones count once in the total');
  }
  const villages = await ask(address, `/api/projects/${project.id}/runs/${run.id}/places?technology=4g&operator=any`);
  const white = villages.rows.filter((row) => (row.kind ?? 'village') === 'village' && row.village_class === 'white').length;
  await field('technology-4g').click();
  await page.waitForFunction(([expected]) => document.querySelector('[data-testid="villages-white"]')?.textContent.replaceAll('.', '') === expected, [String(white)]);
  await field('show-communes').click();
  await drawn(page);
  await picture(page, 'demo-areas');

  await field('room-plan').click();
  await field('plan-count').fill('330');
  await field('plan-minimum-zones').fill('40');
  await field('run-plan').click();
  await field('plan').waitFor({ timeout: 900_000 });
  assert.equal(await shownNumber(field('plan-actions')), 330);
  assert.ok((await shownNumber(field('plan-in-zones'))) >= 40);
  await drawn(page);
  await picture(page, 'demo-plan');

  const [plan] = await ask(address, `/api/projects/${project.id}/runs?kind=plan`);
  const exported = await ask(address, `/api/projects/${project.id}/export?layer=candidates&format=geojson&run=${plan.id}`);
  assert.equal(exported.features.length, 330);
  const conflicts = new Set(exported.features.map(({ properties }) => properties.site_code ?? properties.id));
  assert.equal(conflicts.size, 330, 'one action per mast');

  // Nothing committed is lost when the service is killed.
  const ended = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await ended;
  const second = await serve(t, data);
  const again = await ask(second.address, `/api/projects/${project.id}/runs?kind=plan`);
  assert.equal(again[0].id, plan.id);

  assert.deepEqual(faults, []);
});

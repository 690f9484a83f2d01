// The whole path through the page on real ground: create a project, upload lists with faults among them, compute coverage, read the tables,
// plan, export; every number on the page is held against the interface, and the interface against a count of our own.
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as ground from './real_ground.mjs';
import { ask, drawn, folder, open, picture, realData, refused, serve, upload } from './support.mjs';

const field = (page, id) => page.getByTestId(id);
const { daNang } = ground;

test('the whole path on Da Nang', async (t) => {
  const data = realData(...Object.values(daNang.files));
  if (!data) return t.skip('real data not present');
  const work = folder(t, 'da-nang');
  const { address } = await serve(t, join(work, 'store'));
  const { page, faults } = await open(t);

  const { path: communePath, features } = ground.communes(data, work, daNang);
  const sites = ground.siteList(features, work, daNang, { outside: 3 });
  const places = ground.places(data, features, work, daNang);

  await page.goto(address);
  await field(page, 'project-name').fill('Đà Nẵng thử nghiệm');
  await field(page, 'create-project').click();
  await field(page, 'kind-areas').waitFor();

  // Bad input first: a clear word each, and nothing half-imported.
  const bad = (name, content) => { const path = join(work, name); writeFileSync(path, content); return path; };
  assert.match(await refused(page, 'areas', bad('rong.geojson', '')), /trống|rỗng/i);
  assert.ok((await refused(page, 'areas', bad('hong.geojson', '{"type":"FeatureCollection","features":['))).length > 20);
  assert.ok((await refused(page, 'sites', bad('anh.png', Buffer.from('89504e470d0a1a0a', 'hex')))).length > 20);
  assert.match(await refused(page, 'sites', bad('thieu_cot.csv', 'Mã trạm,Ghi chú\nA1,không có tọa độ\n')), /cột/i);
  const huge = bad('lon.csv', 'Mã trạm,Kinh độ,Vĩ độ\n');
  truncateSync(huge, 200 * 2 ** 20);
  assert.match(await refused(page, 'sites', huge), /lớn hơn 128 MB/, 'a file of 200 MB is refused, with the limit');
  const [project] = (await ask(address, '/api/projects')).projects ?? (await ask(address, '/api/projects'));
  assert.deepEqual(project.datasets, [], 'refused files leave nothing behind');

  assert.equal((await upload(page, 'areas', communePath)).accepted, features.length);
  const siteReport = await upload(page, 'sites', sites.path);
  assert.equal(siteReport.rows, sites.rows);
  assert.equal(siteReport.rejected, 3, 'the three masts in another province are rejected');
  assert.equal((await upload(page, 'places', places.path)).accepted, places.count);
  await upload(page, 'terrain', join(data, daNang.files.terrain));
  await upload(page, 'landcover', join(data, daNang.files.landUse));
  await upload(page, 'population', join(data, daNang.files.population));
  await picture(page, 'da-nang-data');

  await field(page, 'room-map').click();
  await field(page, 'run-coverage').click();
  await field(page, 'run').waitFor({ timeout: 300_000 });
  await drawn(page);
  await picture(page, 'da-nang-map');

  const [run] = await ask(address, `/api/projects/${project.id}/runs?kind=coverage`);
  const areas = await ask(address, `/api/projects/${project.id}/runs/${run.id}/areas?technology=4g&operator=any&kind=commune`);
  assert.equal(areas.rows.length, features.length);
  for (const row of areas.rows) {
    const truth = ground.areaKm2(features.find((feature) => feature.properties.ward_code === row.area_code).geometry);
    assert.ok(Math.abs(row.km2 - truth) < 0.01 * truth + 0.02, `${row.name}: ${row.km2} km², polygon ${truth}`);
    assert.ok(row.covered_km2 <= row.km2 && row.covered_people <= row.people + 1e-6);
  }
  assert.ok(areas.totals.area_percent > 30 && areas.totals.area_percent < 100, `4G over ${areas.totals.area_percent} % of the land`);

  await field(page, 'room-areas').click();
  await field(page, 'totals').waitFor();
  const shown = (await field(page, 'total-area').innerText()).match(/[\d.,]+/)[0];
  assert.equal(shown, areas.totals.area_percent.toFixed(1).replace('.', ','), 'the page shows the interface’s figure');
  await field(page, 'show-communes').click();
  await page.locator('[data-testid="table-communes"]').waitFor();
  assert.equal(Number(await page.locator('[data-testid="table-communes"]').getAttribute('data-rows')), features.length);
  await picture(page, 'da-nang-areas');

  await field(page, 'room-plan').click();
  await field(page, 'plan-count').fill('10');
  await field(page, 'run-plan').click();
  await field(page, 'plan').waitFor({ timeout: 300_000 });
  assert.equal((await field(page, 'plan-actions').innerText()).trim(), '10');
  await field(page, 'show-candidates').click();
  await drawn(page);
  await picture(page, 'da-nang-plan');

  const [plan] = await ask(address, `/api/projects/${project.id}/runs?kind=plan`);
  const candidates = await ask(address, `/api/projects/${project.id}/export?layer=candidates&format=geojson&run=${plan.id}`);
  assert.equal(candidates.type, 'FeatureCollection');
  assert.equal(candidates.crs, undefined, 'RFC 7946 has no crs member');
  assert.equal(candidates.features.length, 10);
  for (const { geometry, properties } of candidates.features) {
    const inside = features.some((feature) => ground.inside(geometry.coordinates, feature.geometry));
    assert.ok(inside, `every candidate stands in a commune: ${geometry.coordinates}, ${JSON.stringify(properties)}`);
    assert.ok(geometry.coordinates.every((value) => String(value).split('.')[1]?.length <= 7 || Number.isInteger(value)));
  }
  const table = await (await fetch(`${address}/api/projects/${project.id}/export?layer=candidates&format=csv&run=${plan.id}`)).text();
  assert.equal(table.trim().split(/\r?\n/).length, 11);

  assert.deepEqual(faults, []);
});

// The whole path through the page on a whole real province: Ha Tinh's 69 communes, its named places and WorldPop's people.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import * as ground from './real_ground.mjs';
import { ask, drawn, folder, open, phusong, picture, realData, serve, upload } from './support.mjs';

const { haTinh } = ground;

/** People of each commune: the pixels of the raster whose middle lies in it. */
async function peopleOf(path, features) {
  const bytes = readFileSync(path);
  const image = await (await fromArrayBuffer(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))).getImage();
  const [west, south, east, north] = haTinh.clip;
  const [left, top] = image.getOrigin();
  const [width, height] = image.getResolution();
  const column = (lon) => Math.floor((lon - left) / width);
  const row = (lat) => Math.floor((lat - top) / height);
  const window = [column(west), row(north), column(east), row(south)];
  const [values] = await image.readRasters({ window });
  const across = window[2] - window[0];
  const people = new Map(features.map((feature) => [feature.properties.ward_code, 0]));
  values.forEach((value, index) => {
    if (!(value > 0)) return;
    const middle = [left + (window[0] + (index % across) + 0.5) * width, top + (window[1] + Math.floor(index / across) + 0.5) * height];
    const home = features.find((feature) => ground.inside(middle, feature.geometry))?.properties.ward_code;
    if (home) people.set(home, people.get(home) + value);
  });
  return people;
}

test('the whole path on Ha Tinh', async (t) => {
  const data = realData(...Object.values(haTinh.files));
  if (!data) return t.skip('real data not present');
  const work = folder(t, 'ha-tinh');
  await phusong('demo', '--data', join(work, 'demo'), '--out', join(work, 'demo-files'));
  const { address } = await serve(t, join(work, 'store'));
  const { page, faults } = await open(t);
  const field = (id) => page.getByTestId(id);

  const { path: communePath, features } = ground.communes(data, work, haTinh);
  assert.equal(features.length, 69);
  const sites = ground.siteList(features, work, haTinh);
  const places = ground.places(data, features, work, haTinh);

  await page.goto(address);
  await field('project-name').fill('Hà Tĩnh thử nghiệm');
  await field('create-project').click();
  await field('kind-areas').waitFor();
  assert.equal((await upload(page, 'areas', communePath)).accepted, 69);
  assert.equal((await upload(page, 'sites', sites.path)).rejected, 0);
  assert.equal((await upload(page, 'places', places.path)).rows, places.count);
  await upload(page, 'terrain', join(work, 'demo-files', 'elevation.tif'));
  await upload(page, 'population', join(data, haTinh.files.population));
  await picture(page, 'ha-tinh-data');

  await field('room-map').click();
  await field('run-coverage').click();
  await field('run').waitFor({ timeout: 600_000 });
  await drawn(page);
  await picture(page, 'ha-tinh-map');

  const [project] = (await ask(address, '/api/projects')).projects ?? (await ask(address, '/api/projects'));
  const [run] = await ask(address, `/api/projects/${project.id}/runs?kind=coverage`);
  const areas = await ask(address, `/api/projects/${project.id}/runs/${run.id}/areas?technology=4g&operator=any&kind=commune`);
  assert.equal(areas.rows.length, 69);
  const people = await peopleOf(join(data, haTinh.files.population), features);
  const sum = (values) => [...values].reduce((total, value) => total + value, 0);
  const counted = sum(people.values());
  assert.ok(Math.abs(areas.totals.people - counted) < 0.01 * counted, `${areas.totals.people} people, ${counted} by pixel middles`);
  for (const row of areas.rows) {
    const feature = features.find((candidate) => candidate.properties.ward_code === row.area_code);
    const truth = ground.areaKm2(feature.geometry);
    assert.ok(Math.abs(row.km2 - truth) < 0.01 * truth + 0.02, `${row.name}: ${row.km2} km², polygon ${truth}`);
    assert.ok(row.covered_km2 <= row.km2 + 1e-9 && row.covered_people <= row.people + 1e-6);
  }
  const placed = sum(areas.rows.map((row) => row.places));
  assert.equal(placed, places.count, 'every place lies in one commune');

  await field('room-areas').click();
  await field('totals').waitFor();
  assert.ok((await field('total-people').innerText()).includes(areas.totals.people_percent.toFixed(1).replace('.', ',')));
  await field('show-communes').click();
  assert.equal(Number(await page.locator('[data-testid="table-communes"]').getAttribute('data-rows')), 69);
  await picture(page, 'ha-tinh-areas');

  await field('room-plan').click();
  await field('plan-count').fill('20');
  await field('run-plan').click();
  await field('plan').waitFor({ timeout: 600_000 });
  assert.equal((await field('plan-actions').innerText()).trim(), '20');
  const gained = Number((await field('plan-people').innerText()).replaceAll('.', '').replace(',', '.'));
  const { totals } = await ask(address, `/api/projects/${project.id}/runs/${run.id}/areas?technology=5g&operator=any&kind=commune`);
  const waiting = totals.people - totals.covered_people;
  assert.ok(gained > 0 && gained <= waiting * 1.001, `${gained} people gained of ${waiting} who wait: people across the border are no demand`);
  await drawn(page);
  await picture(page, 'ha-tinh-plan');

  const [plan] = await ask(address, `/api/projects/${project.id}/runs?kind=plan`);
  const candidates = await ask(address, `/api/projects/${project.id}/export?layer=candidates&format=geojson&run=${plan.id}`);
  assert.equal(candidates.features.length, 20);
  for (const { geometry } of candidates.features) {
    assert.ok(features.some((feature) => ground.inside(geometry.coordinates, feature.geometry)), 'every candidate stands in a commune');
  }
  assert.deepEqual(faults, []);
});

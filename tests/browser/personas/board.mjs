// Zone board: coverage in its zones, 5G stations counted once where zones lie in zones, the three readings, pole candidates, a call to share.
import assert from 'node:assert/strict';
import { drawn } from '../support.mjs';
import { decimal, look, number } from './day.mjs';

const CALL = 'Cần thêm trạm 5G cho nhà máy mới';

export async function board(t, day) {
  const person = await day.person('bqlkkt', 'zone_board');
  const { page, field } = await day.visit(t, 'areas', { person });
  await field('show-zones').click();
  await field('table-zones').waitFor();
  const zones = await day.api(`/runs/${day.run}/areas?technology=4g&operator=any&kind=zone`, person);
  assert.equal(Number(await field('table-zones').getAttribute('data-rows')), zones.rows.length);
  const worst = zones.rows.toSorted((a, b) => (a.people_percent ?? 1e9) - (b.people_percent ?? 1e9))[0];
  const cell = page.locator(`[data-testid="table-zones"] [data-row="${worst.area_code}"] [data-column="area_percent"]`);
  await cell.waitFor({ state: 'attached' });
  assert.equal(number(await cell.innerText()), number(decimal(worst.area_percent)));
  await drawn(page);
  await look(page, 'board-zones');

  assert.equal(await page.locator('[data-testid^="reason-"]').count(), 0, 'who sees no masts is not told which of them is too far');
  const poles = await day.api('/pole-candidates', person);
  assert.ok(poles.features.every(({ properties }) => properties.action === 'pole_small_cell' && properties.zone_codes.length > 0 && properties.operator === undefined), 'poles in zones, and nobody named');
  assert.ok((await field('show-poles').innerText()).includes(poles.features.length.toLocaleString('vi-VN')));

  await field('room-programme').click();
  await field('indicator').first().waitFor();
  const evaluation = await day.api(`/programmes/ha-tinh-529/evaluation?run=${day.run}`, person);
  // 5G stations in zones: each once, also where an industrial park lies inside an economic zone.
  const stations = evaluation.indicators.find((indicator) => indicator.id === 'stations-5g-in-zones');
  const figure = page.locator('[data-testid="indicator"][data-id="stations-5g-in-zones"] [data-testid="indicator-value"]');
  assert.equal(number(await figure.innerText()), stations.value);
  assert.ok(await figure.isDisabled(), 'whose stations they are is not for a zone board');
  const { rows, total } = await day.api(`/programmes/ha-tinh-529/indicators/stations-5g-in-zones/rows?limit=1000&run=${day.run}`);
  assert.equal(total, stations.value);
  assert.equal(new Set(rows.map((row) => row.code)).size, rows.length, 'no station twice');
  assert.ok(rows.length > 0);

  const several = evaluation.indicators.find((indicator) => indicator.readings.length >= 3);
  const card = page.locator(`[data-testid="indicator"][data-id="${several.id}"]`);
  await card.locator('summary').first().click();
  assert.equal(await card.locator('li').count(), several.readings.length, 'every reading of the sentence is shown');
  await card.scrollIntoViewIfNeeded();
  await look(page, 'board-readings');

  await field('programme-calls').click();
  await field('call-form').waitFor();
  await field('call-title').fill(CALL);
  await field('call-zone').selectOption({ index: 1 });
  await field('call-send').click();
  await page.locator('[data-testid="calls"] > li[data-call]').first().waitFor();
  assert.ok((await day.api('/programmes/ha-tinh-529/calls', person)).some((call) => call.title === CALL));
  await look(page, 'board-calls');
}

// The map: search without tone marks, measuring, a point with its link budget, a printed sheet, swipe, a link that restores the view.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawn, pictures } from '../support.mjs';
import { look } from './day.mjs';

const bare = (name) => name.normalize('NFD').replace(/\p{Diacritic}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();

export async function map(t, day) {
  const { page, field } = await day.visit(t, 'map');
  await drawn(page);
  const zone = (await day.ogc('zones', 'limit=100')).features.find(({ properties }) => /[À-ỹ]/.test(properties.name));
  await page.keyboard.press('/');
  await page.keyboard.type(bare(zone.properties.name));
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

  await field('tool-profile').click();
  await at(0.4, 0.5);
  await at(0.55, 0.55);
  await field('profile-plot').waitFor();
  await field('sight').waitFor();
  await look(page, 'map-profile');
  await field('tool-profile').click();
  await field('close-drawer').click();

  // Only masts with the technology that is looked at.
  const sites = (await day.ogc('sites', 'limit=100000')).features;
  const drawnSites = () => page.evaluate(() => window.phusong.map.getSource('sites').serialize().data.features.length);
  assert.equal(await drawnSites(), sites.length);
  await field('toggle-onlyTechnology').check();
  const with4g = sites.filter(({ properties }) => String(properties.technologies).toLowerCase().includes('4g')).length;
  await page.waitForFunction((wanted) => window.phusong.map.getSource('sites').serialize().data.features.length === wanted, with4g);
  assert.ok(with4g < sites.length);
  await field('toggle-onlyTechnology').uncheck();

  await drag(page, box);

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

  const link = page.url();
  const second = await day.visit(t, 'map');
  await second.page.goto(link);
  await second.page.reload();
  await second.field('selection').waitFor();
  await drawn(second.page);
  const view = (one) => one.evaluate(() => [window.phusong.map.getZoom(), window.phusong.map.getCenter().lng, window.phusong.map.getCenter().lat]);
  const [before, after] = [await view(page), await view(second.page)];
  before.forEach((value, index) => assert.ok(Math.abs(value - after[index]) < 0.01, `${before} and ${after}`));
}

/** The ground goes with the pointer, also farther than the picture reaches beyond its window; what was chosen stays, for a drag is no click. */
async function drag(page, box) {
  const state = () => page.evaluate(() => {
    const { map } = window.phusong;
    const { lng, lat } = map.getCenter();
    return { lng, lat, degrees: 360 / (512 * 2 ** map.getZoom()), chosen: new URLSearchParams(location.hash.split('?')[1]).get('sel') };
  });
  const reach = 420;
  const [x, y] = [box.x + box.width * 0.3, box.y + box.height * 0.5];
  const before = await state();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + reach, y, { steps: 30 });
  // Held still before it is let go, so that it does not glide on.
  await page.waitForTimeout(200);
  await page.mouse.move(x + reach, y);
  await page.mouse.up();
  await page.waitForFunction(() => window.phusong.map.getCanvas().style.transform === '');
  await drawn(page);
  const after = await state();
  const moved = (before.lng - after.lng) / before.degrees;
  assert.ok(Math.abs(moved - reach) < 2 && Math.abs(before.lat - after.lat) < 2 * before.degrees, `${moved} px`);
  assert.equal(after.chosen, before.chosen);
}

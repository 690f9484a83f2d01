// Every room and the cards inside them, one after the other, as somebody with all rights sees them.
import { drawn } from '../support.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };
/** Desk and phone, both languages, both themes. */
export const VIEWS = [WIDE, NARROW].flatMap((size) => ['vi', 'en'].flatMap((language) => ['light', 'dark'].map((theme) => ({ ...size, language, theme }))));
export const nameOf = ({ width, language, theme }) => `${width}-${language}-${theme}`;

/** Measured levels on some roads of the demo, so that the card about them has something to say. */
async function measurements(day) {
  if ((await day.api('')).datasets.some((dataset) => dataset.kind === 'measurements')) return;
  const sites = (await day.ogc('sites', 'limit=4')).features;
  const lines = sites.flatMap(({ geometry: { coordinates: [lon, lat] } }, index) => [0.004, 0.009, 0.017].map((step, at) => `${(lon + step * Math.cos(index)).toFixed(6)},${(lat + step * Math.sin(index)).toFixed(6)},${-72 - 11 * at - (index % 17)},4G`));
  const form = new FormData();
  form.append('file', new Blob([`lon,lat,RSRP,Công nghệ\n${lines.join('\n')}\n`], { type: 'text/csv' }), 'do-kiem.csv');
  const answer = await fetch(`${day.address}/api/projects/${day.project}/imports?kind=measurements`, { method: 'POST', headers: day.headers, body: form });
  const record = await answer.json();
  if (!answer.ok) throw new Error(`measurements: ${JSON.stringify(record)}`);
  await day.send(`/api/projects/${day.project}/imports/${record.id}/commit`, {});
}

/** Makes what the cards need, once. Measurements are only held against the run where the caller has time for it. */
async function prepare(day, slow) {
  if (slow) await measurements(day);
  day.empty ??= (await day.send('/api/projects', { name: 'Tỉnh mới' })).id;
  const { features } = await day.api(`/runs/${day.plan}/candidates`);
  day.rival = features.find(({ properties }) => properties.runner_up?.position)?.properties.rank ?? 1;
}

const ROOMS = ['data', 'map', 'areas', 'plan', 'sharing', 'programme', 'reports', 'signal', 'jobs', 'users', 'audit', 'settings'];

/** Opens every room in a view and hands the page with a name to `take`. */
export async function visitAll(t, day, view, take, { slow = false } = {}) {
  await prepare(day, slow);
  const { page, field } = await day.visit(t, 'map', { ...view, person: day.administrator ?? null });
  const narrow = view.width < 760;
  const show = async (name) => {
    await page.waitForFunction(() => [...document.querySelectorAll('.scroll .skeleton')].every((one) => !one.checkVisibility()));
    await take(page, `${name}-${nameOf(view)}`);
  };
  const go = (hash) => page.evaluate((next) => { location.hash = next; }, `#/${day.project}/${hash}`);
  const sheet = async (wanted) => {
    while (narrow && (await page.locator('.frame').getAttribute('data-sheet')) !== wanted) await page.locator('.grip').click();
  };
  await drawn(page);
  for (const room of ROOMS) {
    await field(`room-${room}`).click();
    await page.locator(`[data-testid="panel"][data-room="${room}"]`).waitFor();
    await show(room);
  }
  if (narrow) await sheet('full');

  await go('settings');
  await field('templates').locator('summary').click();
  await field('templates').scrollIntoViewIfNeeded();
  await show('card-templates');
  await field('templates').locator('summary').click();
  await field('rules').locator('summary').click();
  await field('rules-which').selectOption('ha-tinh-529');
  await field('programme-form').waitFor();
  await field('programme-form').scrollIntoViewIfNeeded();
  await show('card-programme-form');

  if (slow) {
    await go('map');
    await field('measurements').locator('summary').click();
    await field('measured-points').waitFor({ timeout: 120_000 });
    await field('measurements').scrollIntoViewIfNeeded();
    await show('card-measurements');
    await field('measurements').locator('summary').click();
  }

  await go('areas');
  await sheet('half');
  await field('show-communes').click();
  await field('table-communes').waitFor();
  await show('table-communes');
  await page.keyboard.press('Escape');

  await go(`plan?plan=${day.plan}&sel=candidate:${day.rival}`);
  await field('candidate').waitFor();
  await field('show-candidates').click();
  await page.locator('[data-testid="table-candidates"] .row-line.selected').click();
  await page.waitForFunction(() => window.phusong?.map && !window.phusong.map.isMoving());
  await drawn(page);
  await show('candidate-ghost');
  await sheet('half');
  await field('candidate').scrollIntoViewIfNeeded();
  await field('move').click();
  await field('placing').waitFor();
  await sheet('low');
  await drawn(page);
  // A click while the map takes its new size is lost; whoever sees that clicks again.
  while (await field('placing').isVisible()) {
    const box = await field('map').boundingBox();
    await page.mouse.click(box.x + box.width * 0.55, box.y + box.height * 0.55);
    await page.waitForTimeout(400);
  }
  await show('candidate-moved');

  await page.evaluate((next) => { location.hash = next; }, `#/${day.empty}/data`);
  await sheet('half');
  await field('wizard').waitFor();
  await show('wizard');
  await page.evaluate(() => { location.hash = '#/'; });
  await field('project-list').waitFor();
  await show('projects');
  await page.close();
}

// Commune officer with a phone: "no signal at village X" with a speed reading in three steps, also without a connection; class and route of the village.
import assert from 'node:assert/strict';
import { look } from './day.mjs';

const bare = (name) => name.normalize('NFD').replace(/\p{Diacritic}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');

export async function commune(t, day) {
  const person = await day.person('xamaithuan', 'commune');
  const { page, field } = await day.visit(t, 'signal', { person, width: 360, height: 740 });
  await field('signal-search').waitFor();
  const { name } = (await day.ogc('villages', 'limit=5', person)).features[0].properties;
  const report = async () => {
    // Step 1 is already made where the village is known from the last report, also after the page was opened again.
    if (!(await field('signal-place').isVisible())) {
      await field('signal-search').fill(bare(name));
      await field('signal-village').first().click();
    }
    await field('finding-no_signal').click();
    await field('signal-speed').fill('0.4');
    await field('signal-send').click();
  };
  await report();
  await field('signal-outcome').waitFor();
  await field('signal-route').waitFor();
  await look(page, 'commune-report');

  // The form and the queue are kept by a service worker; its cache is filled soon after the first use.
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
  const { reports } = await day.api('/signal-reports');
  assert.equal(reports.length, 2, 'each report arrived once');
  assert.deepEqual([reports[0].finding, reports[0].download_mbps], ['no_signal', 0.4]);
}

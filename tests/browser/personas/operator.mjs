// Operator: its own masts only, its quota and due list, co-location options with losses in dB and people, a planned and a built list handed in.
import assert from 'node:assert/strict';
import { drawn } from '../support.mjs';
import { decimal, look, number, whole } from './day.mjs';

const OPERATOR = 'VNPT';

export async function operator(t, day) {
  await day.done(await day.send(`/api/projects/${day.project}/sharing-runs`, { coverage_run: day.run, rules: { technologies: ['4g'], most_pairs: 40 } }));
  const person = await day.person('vnpt', 'operator', OPERATOR);
  const { page, field } = await day.visit(t, 'map', { person });
  await drawn(page);
  assert.ok(!(await field('room-users').isVisible()) && !(await field('room-audit').isVisible()), 'accounts and log are not shown');
  await look(page, 'operator-map');

  const own = (await day.ogc('sites', 'limit=100000', person)).features;
  const all = (await day.ogc('sites', 'limit=1')).numberMatched;
  assert.ok(own.length > 50 && own.length < all, `${own.length} of ${all} masts`);
  await field('room-data').click();
  await field('rows-sites').getByRole('button').click();
  await field('table-sites').waitFor();
  assert.equal(Number(await field('table-sites').getAttribute('data-rows')), own.length, 'the table shows its own masts');
  const tenants = await page.locator('[data-testid="table-sites"] .row-line [data-column="operators"]').allInnerTexts();
  assert.ok(tenants.length > 0 && tenants.every((text) => text === OPERATOR), tenants.join());
  await look(page, 'operator-masts');

  await field('room-sharing').click();
  await field('sharing-groups').waitFor();
  const run = (await day.api('/runs?kind=sharing', person))[0];
  const { groups } = await day.api(`/runs/${run.id}/sharing`, person);
  assert.ok(groups.length > 0, 'there are options');
  for (const one of groups) for (const mast of [one.keep, one.leave]) assert.ok(mast.owner === OPERATOR || (!mast.site_code && !mast.position), 'another operator’s mast has neither code nor place');
  assert.equal(Number(await field('sharing-groups').getAttribute('data-n')), groups.length, 'what is listed is what this operator may see');
  await field('sharing-moves_away').click();
  const moving = groups.filter((group) => group.leave.owner === OPERATOR);
  assert.ok(moving.length > 0);
  assert.equal(Number(await field('sharing-groups').getAttribute('data-n')), moving.length);
  for (const group of moving.slice(0, 5)) {
    const card = page.locator(`[data-testid="sharing-groups"] > [data-rank="${group.rank}"]`);
    assert.ok((await card.locator('h3').innerText()).includes(group.leave.site_code), 'its own mast by its code');
    const rows = card.locator('[data-testid="sharing-tenants"] tbody tr');
    assert.equal(await rows.count(), group.tenants_moved.length);
    for (const [index, tenant] of group.tenants_moved.entries()) {
      assert.equal(tenant.operator, OPERATOR);
      const [mean, worst, lost, won] = await rows.nth(index).locator('td').allInnerTexts();
      const level = (value) => (value === null ? '–' : `${value > 0 ? '+' : ''}${decimal(value)} dB`.replace('-', '−'));
      assert.equal(mean.replace('-', '−'), level(tenant.mean_change_db), 'mean change in dB');
      assert.equal(worst.replace('-', '−'), level(tenant.worst_change_db), 'largest fall in dB');
      assert.deepEqual([lost, won], [whole(tenant.people_lost), whole(tenant.people_gained)], 'people lost and won');
    }
  }
  await look(page, 'operator-sharing');

  await field('room-programme').click();
  await field('programme-workflow').click();
  await field('quotas').waitFor();
  const workflow = await day.api('/programmes/ha-tinh-529/workflow', person);
  const [quota] = workflow.quotas.filter((row) => row.operator === OPERATOR);
  assert.deepEqual(await page.locator('[data-testid="quotas"] tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.operator)), [OPERATOR]);
  assert.equal(number(await page.locator('[data-testid="quotas"] tbody td').first().innerText()), quota.quota);
  assert.ok((await field('deliveries').locator('li').count()) > 0, 'what is due of it');
  await field('upload-plan-list').setInputFiles(day.faultyList(OPERATOR, 60, 90).path);
  await field('list-taken').waitFor({ timeout: 60_000 });
  await look(page, 'operator-workflow');
  // How far a site is, by its code.
  await field('stage-card').locator('summary').click();
  const first = field('stage-card').locator('li:has(select)').first();
  const code = await first.getAttribute('data-code');
  await first.locator('select').selectOption('surveyed');
  await first.locator('.past').waitFor();
  const [said] = (await day.api('/programmes/ha-tinh-529/sites', person)).filter((site) => site.code === code);
  assert.deepEqual([said.stage, said.operator, said.history.length], ['surveyed', OPERATOR, 1]);
  // What it has built goes to the department, which takes it into the data of all.
  await field('room-data').click();
  await field('upload-sites').setInputFiles(day.faultyList(OPERATOR, 90, 120).path);
  await field('import').first().waitFor();
  assert.ok(await field('commit-import').first().isDisabled(), 'an operator hands in, the department takes');
  await look(page, 'operator-built');
}

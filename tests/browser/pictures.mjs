// Pictures of every room for people to look at: `npm run pictures [-- PART]`, where PART is found in the name of a view (360, en, dark).
// They come into out/rooms/, on a desk and on a phone, in both languages and both themes. Each is asked of axe as well; fails where it finds anything serious.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { begin, look } from './personas/day.mjs';
import { nameOf, VIEWS, visitAll } from './personas/views.mjs';

const wanted = process.argv[2] ?? '';
let found = 0;
const ends = [];
const t = { after: (end) => ends.unshift(end) };
try {
  const day = await begin(t);
  const run = async (kind, path, body) => (await day.api(`/runs?kind=${kind}`))[0]?.id ?? day.done(await day.send(`/api/projects/${day.project}/${path}`, body));
  day.run = await run('coverage', 'coverage-runs', { technologies: ['2g', '3g', '4g', '5g'], zoom: 10 });
  day.plan = await run('plan', 'plan-runs', { technology: '5g', actions: 60, coverage_run: day.run, at_most: true });
  await run('sharing', 'sharing-runs', { coverage_run: day.run, rules: { technologies: ['4g'], most_pairs: 40 } });
  const keep = process.env.PHUSONG_DAY_KEEP;
  if (keep) {
    mkdirSync(keep, { recursive: true });
    for (const part of ['store', 'files']) cpSync(join(day.work, part), join(keep, part), { recursive: true });
  }
  await day.withAccounts();
  for (const view of VIEWS.filter((one) => nameOf(one).includes(wanted))) {
    console.log(nameOf(view));
    await visitAll(t, day, view, (page, name) => look(page, `rooms/${name}`).catch((fault) => { found += 1; console.error(`${name}: ${fault.message}`); }), { slow: true });
  }
} finally {
  for (const end of ends) await end();
}
if (found > 0) process.exitCode = 1;

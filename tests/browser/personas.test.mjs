// Five people's days on one served demo, which is computed once: a department officer and an analyst alone with it, then, with accounts, an operator,
// a zone board and a commune officer with a phone. What the page says is held against the interface; every screen is looked at by axe.
import { test } from 'node:test';
import { analyst } from './personas/analyst.mjs';
import { board } from './personas/board.mjs';
import { commune } from './personas/commune.mjs';
import { begin } from './personas/day.mjs';
import { map } from './personas/map.mjs';
import { officer } from './personas/officer.mjs';
import { operator } from './personas/operator.mjs';
import { rooms } from './personas/rooms.mjs';

test('five people and one demo', { timeout: 2_700_000 }, async (t) => {
  const day = await begin(t);
  await t.test('department officer: faulty lists, villages without 4G, a plan of 330 by quota, the annual plan, the report', (t) => officer(t, day));
  await t.test('analyst: one number everywhere, without 2G and 3G, the trail of a figure', (t) => analyst(t, day));
  await t.test('map: search without tone marks, measuring, a point, a printed sheet, a link that restores the view', (t) => map(t, day));
  await day.withAccounts();
  await t.test('operator: its own masts, its quota and due list, sharing with losses, lists handed in', (t) => operator(t, day));
  await t.test('zone board: coverage in zones, the three readings, poles, a call to share', (t) => board(t, day));
  await t.test('commune officer on a phone: three steps, also without a connection', (t) => commune(t, day));
  await t.test('every room in both languages, wide and narrow, light and dark', (t) => rooms(t, day));
});

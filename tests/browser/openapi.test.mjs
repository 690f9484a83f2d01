// The page's types are made from the interface's own description; this holds the committed file against what the program says today.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lostMembers, membersOf, typesOf } from '../../web/scripts/api-types.mjs';
import { ask, folder, root, serve } from './support.mjs';

test('the generated types of the page are current', async (t) => {
  const { address } = await serve(t, join(folder(t, 'types'), 'store'));
  const now = await typesOf(await ask(address, '/api/openapi.json'));
  const committed = readFileSync(join(root, 'web/src/api/generated.ts'), 'utf8');
  assert.ok(membersOf(committed).get('ProjectView').size > 5, 'the committed file is read');
  assert.deepEqual(lostMembers(committed, now), [], 'web/src/api/generated.ts: start the program and run `npm run types -- ADDRESS` in web/');
  assert.ok(lostMembers(committed.replace('synthetic: boolean;', 'synthetic: string;'), now).length === 1, 'a changed member would be found');
});

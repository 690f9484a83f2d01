// The page's types are made from the interface's own description; this holds the committed file against what the program says today.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { typesOf } from '../../web/scripts/api-types.mjs';
import { ask, folder, root, serve } from './support.mjs';

test('the generated types of the page are current', async (t) => {
  const { address } = await serve(t, join(folder(t, 'types'), 'store'));
  const now = await typesOf(await ask(address, '/api/openapi.json'));
  const committed = readFileSync(join(root, 'web/src/api/generated.ts'), 'utf8');
  assert.ok(now === committed, 'web/src/api/generated.ts is not current: start the program and run `npm run types -- ADDRESS` in web/');
});

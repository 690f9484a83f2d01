// Writes `src/api/generated.ts` from the service's OpenAPI document: `npm run types -- http://127.0.0.1:8080`.
// `--check` writes nothing and ends with 1 where the interface no longer says what the committed file says.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const target = fileURLToPath(new URL('../src/api/generated.ts', import.meta.url));
const heading = '/** Types of the service’s interface, made from its OpenAPI document by `npm run types`. Do not edit. */\n';

/** The schemas that the page takes its types from; what the document leaves open (`Value`) is written by hand in `src/api/`. */
const USED = ['DatasetView', 'ImportView', 'LayerView', 'LegendStop', 'Problem', 'ProjectView', 'RunView'];

/** The names of `schemas` that the wanted ones lean on, themselves included. */
function closure(schemas, wanted) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !(name in schemas)) return;
    found.add(name);
    for (const [, next] of JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) visit(next);
  };
  wanted.forEach(visit);
  return [...found];
}

/** The generated file's text for a document. */
export async function typesOf({ openapi: version, info, components }) {
  const missing = USED.filter((name) => !(name in components.schemas));
  if (missing.length > 0) throw new Error(`the interface no longer describes ${missing.join(', ')}`);
  const schemas = Object.fromEntries(closure(components.schemas, USED).map((name) => [name, components.schemas[name]]));
  return heading + astToString(await openapi({ openapi: version, info, paths: {}, components: { schemas } }, { alphabetize: true }));
}

/** The members of each schema in a generated file, as its lines without the comments. */
export function membersOf(text) {
  const members = new Map();
  let schema = null;
  for (const line of text.split('\n')) {
    const opened = /^ {8}(\w+): \{$/.exec(line);
    if (opened) members.set((schema = opened[1]), new Set());
    else if (/^ {8}\};$/.test(line)) schema = null;
    else if (schema !== null && /^ {12}\w/.test(line)) members.get(schema).add(line.trim());
  }
  return members;
}

/** What of a committed file the interface no longer says; members that came new are no loss to the page. */
export function lostMembers(committed, now) {
  const fresh = membersOf(now);
  return [...membersOf(committed)].flatMap(([schema, lines]) => [...lines].filter((line) => !fresh.get(schema)?.has(line)).map((line) => `${schema}: ${line}`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const address = process.argv.slice(2).find((word) => /^https?:/.test(word)) ?? process.env.PHUSONG_SERVICE ?? 'http://127.0.0.1:8080';
  const answer = await fetch(new URL('/api/openapi.json', address));
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const text = await typesOf(await answer.json());
  if (!check) writeFileSync(target, text);
  else {
    const lost = lostMembers(readFileSync(target, 'utf8'), text);
    if (lost.length > 0) {
      console.error(`src/api/generated.ts is not current, run \`npm run types\`:\n${lost.join('\n')}`);
      process.exit(1);
    }
  }
}

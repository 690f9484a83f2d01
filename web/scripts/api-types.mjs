// Writes `src/api/generated.ts` from the service's OpenAPI document: `npm run types -- http://127.0.0.1:8080`.
// `--check` writes nothing and ends with 1 where the committed file is not what the document gives.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const target = fileURLToPath(new URL('../src/api/generated.ts', import.meta.url));
const heading = '/** Types of the service’s interface, made from its OpenAPI document by `npm run types`. Do not edit. */\n';

/** The generated file's text for a document; the version is left out, so that a release alone changes nothing. */
export async function typesOf(document) {
  return heading + astToString(await openapi(document, { alphabetize: true }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const address = process.argv.slice(2).find((word) => /^https?:/.test(word)) ?? process.env.PHUSONG_SERVICE ?? 'http://127.0.0.1:8080';
  const answer = await fetch(new URL('/api/openapi.json', address));
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const text = await typesOf(await answer.json());
  if (!check) writeFileSync(target, text);
  else if (text !== readFileSync(target, 'utf8')) {
    console.error('src/api/generated.ts is not current: run `npm run types`');
    process.exit(1);
  }
}

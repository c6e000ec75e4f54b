// Generates what the project knows of the API's schema from scripts/facts: `npm run generate`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortNames } from './generate-schema/names.mjs';
import { typeScript } from './generate-schema/types.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(`${root}scripts/facts/${path}`, 'utf8');

/** Path in the project → content of every generated file. */
export function generate() {
  const structure = JSON.parse(read('openapi-v3-structure.json'));
  const short = shortNames(Object.keys(structure));
  return new Map([['src/cluster/api/types.generated.ts', typeScript(structure, short)]]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, content] of generate()) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
    console.log(`${path}: ${content.length} bytes`);
  }
}

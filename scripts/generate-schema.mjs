// Generates what the project knows of the API's schema from scripts/facts: `npm run generate`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { descriptionsModule } from './generate-schema/descriptions.mjs';
import { shortNames } from './generate-schema/names.mjs';
import { servedModule } from './generate-schema/resources.mjs';
import { structureModule } from './generate-schema/structure.mjs';
import { typeScript } from './generate-schema/types.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const fact = (name) => JSON.parse(readFileSync(`${root}scripts/facts/${name}.json`, 'utf8'));

/** Path in the project → content of every generated file. */
export function generate() {
  const structure = fact('openapi-v3-structure');
  const short = shortNames(Object.keys(structure));
  const quantity = readFileSync(`${root}scripts/facts/quantity.txt`, 'utf8').trim();
  return new Map([
    ['src/cluster/api/types.generated.ts', typeScript(structure, short)],
    ['src/cluster/api/schema/structure.generated.ts', structureModule(structure, fact('go-types'), short)],
    ['src/cluster/api/schema/served.generated.ts', servedModule(fact('discovery'))],
    [
      'src/cluster/api/schema/descriptions.generated.ts',
      descriptionsModule(structure, short, `${root}node_modules`, quantity).module,
    ],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, content] of generate()) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
    console.log(`${path}: ${content.length} bytes`);
  }
}

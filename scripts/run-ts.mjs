// Runs a TypeScript file of the project: bundles it beside node_modules, then imports it.
//   node scripts/run-ts.mjs FILE.ts [ARG...]
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const [file, ...rest] = process.argv.slice(2);
const folder = mkdtempSync(path.resolve('node_modules/.run-'));
const outfile = path.join(folder, 'main.mjs');
await build({ ...bundleOptions, entryPoints: [file], outfile, sourcemap: 'inline', minify: false });
process.argv = [process.argv[0], file, ...rest];
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await import(pathToFileURL(outfile).href);

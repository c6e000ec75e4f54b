// Half a megabyte of texts that only `kubectl explain` reads goes into the bundle deflated: a fifth of it. So do the shapes of AWS.
import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';

/** Files that are one line of `export const NAME = () => 'TEXT';`, with the text in the escapes of JSON and `\'`. */
const FILES = /[\\/](descriptions|models)\.generated\.ts$/;

/** @type {import('esbuild').Plugin} */
export const deflatedTexts = {
  name: 'deflated-texts',
  setup(build) {
    build.onLoad({ filter: FILES }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const found = source.match(/export const (\w+) = \(\) =>\s+'(.*)';\n$/s);
      if (!found) return { errors: [{ text: `${path} is not one text` }] };
      const [, name, literal] = found;
      const text = literal.replace(/\\(['\\])/g, '$1');
      const contents = `
import { inflateSync, strFromU8 } from 'fflate';
export const ${name} = () => strFromU8(inflateSync(Uint8Array.from(atob(data), (char) => char.charCodeAt(0))));
const data = '${deflateRawSync(text, { level: 9 }).toString('base64')}';`;
      return { contents, loader: 'js', resolveDir: process.cwd() };
    });
  },
};

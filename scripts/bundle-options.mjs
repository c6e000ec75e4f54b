// How the project's TypeScript becomes one ES module. Used by the build and by run-ts.
import path from 'node:path';
import { changedLibraries } from './changed-libraries.mjs';
import { deflatedTexts } from './deflated-texts.mjs';

/** @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  jsx: 'automatic',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Ink imports its developer tools statically; a learner never has them.
  alias: {
    'react-devtools-core': path.resolve('scripts/empty-module.mjs'),
    'ajv/dist/2020.js': path.resolve('scripts/no-schema.mjs'),
    'ajv-formats': path.resolve('scripts/no-schema.mjs'),
  },
  plugins: [changedLibraries, deflatedTexts],
  loader: { '.yaml': 'text', '.md': 'text', '.txt': 'text', '.br': 'binary' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

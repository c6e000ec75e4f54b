// Changes to libraries that a fast start needs. Ink and Yoga wait at their top level, which a CommonJS chunk cannot; Node keeps
// compiled code of CommonJS only.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What is replaced in which file. A version in which it is not found ends the build. */
const CHANGES = [
  {
    file: /[\\/]ink[\\/]build[\\/]reconciler\.js$/,
    // Only for Ink's own developers, with DEV=true in the environment.
    replace: [
      ["await import('./devtools.js')", 'undefined'],
      ['await loadPackageJson()', 'undefined'],
    ],
  },
  {
    file: /[\\/]yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/,
    replace: [
      [
        'const Yoga = wrapAssembly(await loadYoga());\nexport default Yoga;',
        'let Yoga;\nexport const ready = loadYoga().then((assembly) => {\n  Yoga = wrapAssembly(assembly);\n});\nexport { Yoga as default };',
      ],
    ],
  },
  {
    // Loading the tables of Unicode takes 20 ms, which a script that prints ASCII never needs.
    file: /[\\/]string-width[\\/]index\.js$/,
    replace: [
      [
        'const segmenter = new Intl.Segmenter();',
        'let segmenterMade;\nconst segmenter = { segment: (text) => (segmenterMade ??= new Intl.Segmenter()).segment(text) };',
      ],
    ],
  },
];

/** @type {import('esbuild').Plugin} */
export const changedLibraries = {
  name: 'changed-libraries',
  setup(build) {
    for (const { file, replace } of CHANGES) {
      build.onLoad({ filter: file }, async ({ path: source }) => {
        let contents = await readFile(source, 'utf8');
        for (const [old, replacement] of replace) {
          if (!contents.includes(old)) return { errors: [{ text: `${path.basename(source)} has no \`${old}\`` }] };
          contents = contents.replace(old, replacement);
        }
        return { contents, loader: 'js' };
      });
    }
  },
};

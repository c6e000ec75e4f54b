// Builds the package into dist/: a small entry, chunks that are loaded when needed, and the lessons as data.
//   node scripts/build.mjs [--quiet]
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

/** What the published package may weigh, bytes unpacked. */
const LIMIT = 6_000_000;
const quiet = process.argv.includes('--quiet');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
await build({
  ...bundleOptions,
  define: { ...bundleOptions.define, 'process.env.KUBETUTOR_VERSION': JSON.stringify(version) },
  entryPoints: { kubetutor: 'src/cli/main.ts' },
  outdir: 'dist',
  splitting: true,
  chunkNames: 'chunk/[name]-[hash]',
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay readable in the stack traces that people send in.
  minifyIdentifiers: false,
  legalComments: 'none',
});
const entry = 'dist/kubetutor.js';
writeFileSync(entry, `#!/usr/bin/env node\n${readFileSync(entry, 'utf8').replace(/^#!.*\n/, '')}`, { mode: 0o755 });
await embedLessons();

const size = sizeOf('dist');
if (!quiet) process.stdout.write(`dist/: ${(size / 1e6).toFixed(2)} MB in ${countOf('dist')} files\n`);
if (size > LIMIT) {
  process.stderr.write(`dist/ is larger than ${LIMIT / 1e6} MB\n`);
  process.exit(1);
}

/** Reads every lesson with the product's own reader; one wrong file ends the build. */
async function embedLessons() {
  const reader = path.resolve('node_modules/.build-lessons.mjs');
  await build({ ...bundleOptions, entryPoints: ['src/course/library.ts'], outfile: reader });
  const { lessonFolders, readLessonFolder } = await import(pathToFileURL(reader).href);
  rmSync(reader);
  const lessons = [];
  let wrong = 0;
  for (const folder of lessonFolders('lessons')) {
    const { lesson, problems } = await readLessonFolder(folder);
    for (const problem of problems)
      process.stderr.write(`${problem.file}:${problem.line}:${problem.column}: ${problem.message}\n`);
    wrong += problems.length;
    if (lesson) lessons.push(lesson);
  }
  if (wrong > 0) process.exit(1);
  const order = existsSync('lessons/order.json') ? JSON.parse(readFileSync('lessons/order.json', 'utf8')) : [];
  const rank = (lesson) => (order.includes(lesson.id) ? order.indexOf(lesson.id) : order.length);
  lessons.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  writeFileSync('dist/lessons.json', JSON.stringify(lessons));
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
}

function sizeOf(folder) {
  return filesOf(folder).reduce(
    (sum, item) => sum + statSync(path.join(item.parentPath ?? item.path, item.name)).size,
    0,
  );
}

function countOf(folder) {
  return filesOf(folder).length;
}

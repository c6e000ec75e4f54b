// Builds the package into dist/: a small entry, chunks that are loaded when needed, and the lessons as data.
//   node scripts/build.mjs [--quiet] [--names]
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { bindChunk } from './bind-chunks.mjs';
import { bundleOptions } from './bundle-options.mjs';

/** What the published package may weigh, bytes unpacked. */
const LIMIT = 6_000_000;
const quiet = process.argv.includes('--quiet');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
const minified = {
  minifyWhitespace: true,
  minifySyntax: true,
  // Short names are a fifth of the package. A stack trace that somebody sends in is read with a build of the same version and --names.
  minifyIdentifiers: !process.argv.includes('--names'),
  legalComments: 'none',
};
const { outputFiles } = await build({
  ...bundleOptions,
  minifySyntax: true,
  legalComments: 'none',
  banner: {},
  define: { ...bundleOptions.define, 'process.env.KUBETUTOR_VERSION': JSON.stringify(version) },
  entryPoints: { main: 'src/cli/main.ts', 'grade-worker': 'src/cli/grade-worker.ts' },
  outdir: 'dist',
  splitting: true,
  chunkNames: 'chunk/[name]-[hash]',
  write: false,
});
// Only ES modules can be split, only of CommonJS can compiled code be kept (see src/cli/code-cache.ts): one becomes the other.
for (const { path: file, text } of outputFiles) {
  const { code } = await transform(bindChunk(text), {
    ...minified,
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
    format: 'cjs',
    platform: 'node',
    target: bundleOptions.target,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__fileUrl' },
    banner: text.includes('import.meta.url')
      ? 'const __fileUrl=require("node:url").pathToFileURL(__filename).href;'
      : undefined,
  });
  // code-cache.ts reads chunks byte by byte; regular expressions and tagged templates are what esbuild leaves beyond ASCII.
  const ascii = code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, ascii);
}
writeFileSync('dist/package.json', '{"type":"commonjs"}\n');
await build({
  ...bundleOptions,
  ...minified,
  banner: { js: '#!/usr/bin/env node' },
  entryPoints: { kubetutor: 'src/cli/launch.ts' },
  outdir: 'dist',
  format: 'cjs',
  external: ['./main.js'],
});
chmodSync('dist/kubetutor.js', 0o755);
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
  writeFileSync('dist/lessons.json.br', brotliCompressSync(JSON.stringify(lessons)));
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

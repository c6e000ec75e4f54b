import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Script } from 'node:vm';

/** Behind the compiled code in its file: what was cut off is not used. */
const END = Buffer.from('kubetutor-code\n');

interface Kept {
  readonly file: string;
  readonly script: Script;
}

/**
 * Keeps what V8 compiled of the chunks in `folder` (CommonJS, named by their content) in the user's cache folder, which halves the
 * next start. `use` names what it is for: each kind of command runs other functions. Whatever fails, the chunk is compiled as always.
 * NODE_DISABLE_COMPILE_CACHE=1 turns it off, as it does Node's own.
 */
export function keepCompiledCode(folder: string, use: string): void {
  const cache = cacheFolder(use);
  if (cache === undefined) return;
  const compiled: Kept[] = [];
  const fallback = require.extensions['.js'];
  require.extensions['.js'] = (module, filename) => {
    if (path.dirname(filename) !== folder) return fallback(module, filename);
    // The bundle is ASCII, so this is its text, without the time that decoding takes.
    const source = readFileSync(filename, 'latin1');
    const file = path.join(cache, `${path.basename(filename, '.js')}.bin`);
    const cachedData = read(file);
    const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
      filename,
      ...(cachedData && { cachedData }),
    });
    if (!cachedData || script.cachedDataRejected) compiled.push({ file, script });
    script.runInThisContext()(module.exports, createRequire(filename), module, filename, folder);
  };
  process.on('exit', () => keep(cache, folder, compiled));
}

/** Where the user's caches are; undefined when there is no such place. */
function cacheFolder(use: string): string | undefined {
  const { env } = process;
  if (env['NODE_DISABLE_COMPILE_CACHE']) return undefined;
  const name = `code-${process.version}-${process.arch}-${use}`;
  if (env['KUBETUTOR_HOME']) return path.join(env['KUBETUTOR_HOME'], 'cache', name);
  if (env['XDG_CACHE_HOME']) return path.join(env['XDG_CACHE_HOME'], 'kubetutor', name);
  try {
    const home = os.homedir();
    if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'kubetutor', name);
    if (process.platform === 'win32')
      return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'kubetutor', 'Cache', name);
    return path.join(home, '.cache', 'kubetutor', name);
  } catch {
    return undefined;
  }
}

function read(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.subarray(-END.length).equals(END) ? bytes.subarray(0, -END.length) : undefined;
  } catch {
    return undefined;
  }
}

function keep(cache: string, folder: string, compiled: readonly Kept[]): void {
  if (compiled.length === 0) return;
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    const current = new Set(readdirSync(folder).map((name) => `${path.basename(name, '.js')}.bin`));
    for (const name of readdirSync(cache)) if (!current.has(name)) rmSync(path.join(cache, name), { force: true });
    for (const { file, script } of compiled) {
      const made = `${file}.${process.pid}`;
      writeFileSync(made, Buffer.concat([script.createCachedData(), END]), { mode: 0o600 });
      renameSync(made, file);
    }
  } catch {
    // A full or read-only disk: the next start is as slow as this one.
  }
}

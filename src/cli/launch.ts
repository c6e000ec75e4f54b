/** What `npx kubetutor` starts: arranges that compiled code is kept, and loads the rest. */
import nodeModule from 'node:module';
import path from 'node:path';
import v8 from 'node:v8';
import { keepCompiledCode } from './code-cache.ts';

// A start is over before optimised code pays: later optimisation saves a fifth of it. Tried with this version of V8 only.
if (process.versions.v8.startsWith('11.')) v8.setFlagsFromString('--interrupt-budget=500000');

// From 22.1 on Node does it itself.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
  nodeModule.enableCompileCache();
} else {
  keepCompiledCode(path.join(__dirname, 'chunk'), process.argv[2] === 'run' ? 'run' : 'other');
}
require('./main.js');

/** What `npx kubetutor` starts: arranges that compiled code is kept, and loads the rest. */
import nodeModule from 'node:module';
import path from 'node:path';
import { keepCompiledCode } from './code-cache.ts';
import { tuneEngine } from './engine.ts';

tuneEngine();

// From 22.1 on Node does it itself.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
  nodeModule.enableCompileCache();
} else {
  keepCompiledCode(path.join(__dirname, 'chunk'), process.argv[2] === 'run' ? 'run' : 'other');
}
require('./main.js');

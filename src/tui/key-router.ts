/** Which part gets a key: a pure decision from state and key. */

import type { Key } from './key-parser.ts';
import { type Command, commandOf, isPrefix, type KeyContext, keyId } from './keys.ts';
import { modalOpen, type TuiState } from './state.ts';
import { editField, type TextField } from './text-field.ts';

export type Route =
  | { readonly to: 'command'; readonly command: Command; readonly context: KeyContext; readonly key: Key }
  | { readonly to: 'world'; readonly key: Key }
  | { readonly to: 'query' | 'prompt'; readonly field: TextField }
  | { readonly to: 'prefix' }
  | { readonly to: 'unknown'; readonly key: string }
  | { readonly to: 'nobody' };

const NOBODY: Route = { to: 'nobody' };

function byTable(key: Key, context: KeyContext): Route {
  const command = commandOf(key, context);
  return command ? { to: 'command', command, context, key } : NOBODY;
}

/** `fullScreen`: a program of the world uses the alternate screen, where there is nothing to scroll back to. */
export function route(state: TuiState, key: Key, fullScreen: boolean): Route {
  if (state.view === 'help') return byTable(key, 'help');
  if (state.view === 'list') {
    const found = byTable(key, 'list');
    if (found.to === 'command') return found;
    const field = editField(state.query, key);
    return field ? { to: 'query', field } : NOBODY;
  }
  if (modalOpen(state)) return routeModal(state, key);
  if (state.prefix) {
    const found = byTable(key, 'prefix');
    return found.to === 'command' ? found : { to: 'unknown', key: keyId(key) };
  }
  if (isPrefix(key)) return { to: 'prefix' };
  if (state.focus === 'terminal') {
    const back = key.shift && key.name === 'pageup' && !fullScreen;
    return back ? { to: 'command', command: 'scrollback', context: 'prefix', key } : { to: 'world', key };
  }
  const found = byTable(key, state.focus === 'lesson' ? 'reading' : 'scrollback');
  // Whoever types while reading means the terminal.
  return found.to === 'command' ? found : { to: 'world', key };
}

function routeModal(state: TuiState, key: Key): Route {
  if (state.session?.busy) return byTable(key, 'busy');
  if (state.modal?.kind === 'confirm') return byTable(key, 'confirm');
  const found = byTable(key, 'prompt');
  if (found.to === 'command' || state.modal?.kind !== 'prompt') return found;
  const field = editField(state.modal.field, key);
  return field ? { to: 'prompt', field } : NOBODY;
}

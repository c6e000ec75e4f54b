/** What each command does: one line a command. */
import type { Controller } from './controller.ts';
import type { Key } from './key-parser.ts';
import type { Command } from './keys.ts';
import type { Scrolling } from './scrolling.ts';

const SPLIT_STEP = 4;
const PREFIX_BYTE = Uint8Array.of(0x1d);

const READING_KEYS: Readonly<Record<string, Scrolling>> = { up: 'up', down: 'down', pageup: 'page-up' };

export const COMMANDS: Readonly<Record<Command, (controller: Controller, key: Key) => void>> = {
  check: ({ sessions }) => sessions.perform({ name: 'check' }),
  hint: ({ sessions }) => sessions.perform({ name: 'hint' }),
  next: ({ sessions }) => sessions.perform({ name: 'next' }),
  previous: ({ sessions }) => sessions.perform({ name: 'previous' }),
  'restart-terminal': ({ sessions }) => sessions.perform({ name: 'restart-terminal' }),
  solution: ({ store }) => store.dispatch({ type: 'confirm', about: 'solution' }),
  undo: ({ store }) => store.dispatch({ type: 'confirm', about: 'undo' }),
  'reset-step': ({ store }) => store.dispatch({ type: 'confirm', about: 'reset-step' }),
  'reset-lesson': ({ store }) => store.dispatch({ type: 'confirm', about: 'reset-lesson' }),
  'fast-forward': ({ store }) => store.dispatch({ type: 'prompt', for: 'time', text: '1m' }),
  'edit-file': ({ store }) => store.dispatch({ type: 'prompt', for: 'file', text: '' }),
  'toggle-pane': ({ store }) => store.dispatch({ type: 'toggle-pane' }),
  read(controller, key) {
    controller.store.dispatch({ type: 'focus', focus: 'lesson' });
    controller.scroll(READING_KEYS[key.name] ?? 'page-down');
  },
  scrollback(controller) {
    controller.store.dispatch({ type: 'focus', focus: 'scrollback' });
    controller.scroll('page-up');
  },
  'lesson-text': ({ store }) => store.dispatch({ type: 'panel', panel: 'text' }),
  map(controller) {
    const { store, sessions } = controller;
    store.dispatch({ type: 'panel', panel: store.state.panel === 'map' ? 'text' : 'map' });
    sessions.runner?.look();
  },
  trace: ({ store }) => store.dispatch({ type: 'prompt', for: 'trace', text: store.state.request.words }),
  wider: ({ store }) => store.dispatch({ type: 'split', by: SPLIT_STEP }),
  narrower: ({ store }) => store.dispatch({ type: 'split', by: -SPLIT_STEP }),
  single: ({ store }) => store.dispatch({ type: 'toggle-single' }),
  language: (controller) => controller.changeLanguage(),
  theme: (controller) => controller.changeTheme(),
  lessons: ({ sessions }) => sessions.showList(),
  help: ({ store }) => store.dispatch({ type: 'help-opened' }),
  redraw: ({ display }) => display?.redraw(),
  suspend: ({ display }) => void display?.suspend(),
  quit: (controller) => controller.quit(0),
  'send-prefix': ({ sessions }) => sessions.runner?.type(PREFIX_BYTE),
  up: (controller) => controller.scroll('up'),
  down: (controller) => controller.scroll('down'),
  'page-up': (controller) => controller.scroll('page-up'),
  'page-down': (controller) => controller.scroll('page-down'),
  top: (controller) => controller.scroll('top'),
  bottom: (controller) => controller.scroll('bottom'),
  accept: (controller) => controller.accept(),
  cancel: (controller) => controller.cancel(),
};

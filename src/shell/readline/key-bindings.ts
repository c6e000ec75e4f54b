import { type Binding, emacsKeymap, Keymap, viCommandKeymap, viInsertionKeymap } from './keymap.ts';
import { type Setting, Settings } from './settings.ts';

/** How keys are read. */
export type EditingMode = 'emacs' | 'vi-insert' | 'vi-command';

/** A keymap by one of its names; the keys that come before those bound in it. */
interface NamedKeymap {
  readonly mode: EditingMode;
  readonly before: string;
}

const NAMES: Readonly<Record<string, NamedKeymap>> = {
  emacs: { mode: 'emacs', before: '' },
  'emacs-standard': { mode: 'emacs', before: '' },
  'emacs-meta': { mode: 'emacs', before: '\x1b' },
  'emacs-ctlx': { mode: 'emacs', before: '\x18' },
  vi: { mode: 'vi-command', before: '' },
  'vi-move': { mode: 'vi-command', before: '' },
  'vi-command': { mode: 'vi-command', before: '' },
  'vi-insert': { mode: 'vi-insert', before: '' },
};

/** What a shell's keys do, and the variables of its line editor: of each shell its own. */
export class KeyBindings {
  readonly settings: Settings;
  readonly keymaps: Readonly<Record<EditingMode, Keymap>>;

  constructor(before?: KeyBindings) {
    this.settings = new Settings(before?.settings);
    this.keymaps = before
      ? {
          emacs: before.keymaps.emacs.copy(),
          'vi-insert': before.keymaps['vi-insert'].copy(),
          'vi-command': before.keymaps['vi-command'].copy(),
        }
      : {
          emacs: new Keymap(emacsKeymap()),
          'vi-insert': new Keymap(viInsertionKeymap()),
          'vi-command': new Keymap(viCommandKeymap()),
        };
  }

  /** Sets a variable; the keymap goes with the editing mode. */
  set(name: string, value: string): Setting {
    if (name === 'keymap' && !this.isKeymap(value)) return 'refused';
    const done = this.settings.set(
      name,
      name === 'editing-mode' ? modeName(value) : name === 'keymap' ? shownKeymap(value) : value,
    );
    if (name === 'editing-mode' && done === 'done')
      this.settings.set('keymap', modeName(value) === 'vi' ? 'vi-insert' : 'emacs');
    return done;
  }

  isKeymap(name: string): boolean {
    return name in NAMES;
  }

  bind(keymap: string, sequence: string, binding: Binding | undefined): void {
    const { mode, before } = NAMES[keymap] ?? { mode: 'emacs', before: '' };
    if (sequence !== '') this.keymaps[mode].set(before + sequence, binding);
  }

  /** What is bound in a keymap, by keys. A sequence with a longer one behind it ends with a NUL. */
  list(keymap: string): (readonly [sequence: string, binding: Binding])[] {
    const { mode, before } = NAMES[keymap] ?? { mode: 'emacs', before: '' };
    const map = this.keymaps[mode];
    return map.entries().flatMap(([sequence, binding]) => {
      if (!sequence.startsWith(before) || sequence === before) return [];
      return [[sequence.slice(before.length) + (map.continues(sequence) ? '\0' : ''), binding] as const];
    });
  }
}

/** readline takes any word that begins with the name. */
function modeName(value: string): string {
  return /^vi/i.test(value) ? 'vi' : value;
}

/** Under which of its names a keymap is told. */
function shownKeymap(name: string): string {
  return /^vi-(?:move|command)$/.test(name) ? 'vi' : name === 'emacs-standard' ? 'emacs' : name;
}

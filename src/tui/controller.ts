import { parseDuration } from '../course/duration.ts';
/** Keys in, state changes and session actions out. */
import { COMMANDS } from './commands.ts';
import type { Display } from './display.ts';
import type { Host } from './host.ts';
import { encodeKey } from './key-encoding.ts';
import type { Key } from './key-parser.ts';
import { route } from './key-router.ts';
import { isPrefix, keyLabel } from './keys.ts';
import { terminalSize } from './layout.ts';
import { messages } from './locale/locale.ts';
import { type CoursePort, LANGUAGES, type SessionAction } from './port.ts';
import { layoutOf } from './screen-plan.ts';
import { type Scrolling, scrollTarget } from './scrolling.ts';
import { Sessions } from './sessions.ts';
import type { ConfirmAbout, Level, Modal } from './state.ts';
import type { Store } from './store.ts';
import { EMPTY_FIELD } from './text-field.ts';
import type { ThemeName } from './themes/tokens.ts';
import { foundLessons } from './views/list-content.ts';

/** Real time that a message stays, in ms. */
const TOAST = 6000;
/** Of an error: long enough to look up from the keyboard. */
const ERROR_TOAST = 20_000;
const THEME_ORDER: readonly ThemeName[] = ['dark', 'light', 'plain'];

const CONFIRMED: Readonly<Record<ConfirmAbout, SessionAction>> = {
  solution: { name: 'solution' },
  'reset-step': { name: 'reset-step' },
  'reset-lesson': { name: 'reset-lesson' },
  undo: { name: 'undo' },
  skip: { name: 'skip' },
  'skip-unsolved': { name: 'skip' },
};

export interface ControllerOptions {
  readonly host: Host;
  readonly store: Store;
  readonly course: CoursePort;
  readonly quit: (status: number) => void;
}

export class Controller {
  readonly host: Host;
  readonly store: Store;
  readonly course: CoursePort;
  readonly quit: (status: number) => void;
  readonly sessions: Sessions;
  /** Set once the screen exists. */
  display: Display | undefined;
  #toast: NodeJS.Timeout | undefined;

  constructor({ host, store, course, quit }: ControllerOptions) {
    this.host = host;
    this.store = store;
    this.course = course;
    this.quit = quit;
    this.sessions = new Sessions(this);
    store.subscribe(() => {
      const { columns, rows } = terminalSize(layoutOf(store.state));
      this.sessions.runner?.resize(columns, rows);
    });
  }

  get texts() {
    return messages(this.store.state.language);
  }

  close(): void {
    clearTimeout(this.#toast);
    this.sessions.close();
  }

  readonly onKey = (key: Key): void => {
    const { store } = this;
    const way = route(store.state, key, this.sessions.runner?.pane.fullScreen ?? false);
    switch (way.to) {
      case 'world':
        this.#toWorld(way.key);
        break;
      case 'query':
        store.dispatch({ type: 'query', field: way.field });
        break;
      case 'prompt':
        store.dispatch({ type: 'prompt-edited', field: way.field });
        break;
      case 'prefix':
        store.dispatch({ type: 'prefix', on: true });
        break;
      case 'unknown':
        store.dispatch({ type: 'prefix', on: false });
        this.toast('warning', this.texts.unknownKey(keyLabel(way.key, store.state.ascii)));
        break;
      case 'command':
        if (way.context === 'prefix') store.dispatch({ type: 'prefix', on: false });
        COMMANDS[way.command](this, way.key);
        // The prefix takes a question back and begins a command, as it does everywhere.
        if (way.context === 'confirm' && isPrefix(way.key)) store.dispatch({ type: 'prefix', on: true });
    }
  };

  #toWorld(key: Key): void {
    const { runner } = this.sessions;
    if (!runner) return;
    if (this.store.state.focus !== 'terminal') this.store.dispatch({ type: 'focus', focus: 'terminal' });
    runner.pane.scrollToEnd();
    if (!runner.session.terminal.ended) runner.type(encodeKey(key, runner.pane));
    else if (key.name === 'enter') this.sessions.perform({ name: 'restart-terminal' });
    else this.toast('warning', this.texts.shellEnded('Enter'));
  }

  scroll(how: Scrolling): void {
    const target = scrollTarget(this.store.state, how);
    switch (target.kind) {
      case 'terminal':
        this.sessions.scrollTerminal(target.lines);
        break;
      case 'list':
        this.store.dispatch({ type: 'select', index: target.to });
        break;
      case 'help':
        this.store.dispatch({ type: 'help-scrolled', to: target.to });
        break;
      case 'lesson':
        this.store.dispatch({ type: 'scrolled', to: target.to });
    }
  }

  accept(): void {
    const { state } = this.store;
    if (state.view === 'list') {
      const lesson = foundLessons(state.lessons, state.query.text)[state.selected];
      if (lesson) void this.sessions.open(lesson.id);
    } else if (state.modal?.kind === 'confirm') {
      this.store.dispatch({ type: 'modal-closed' });
      this.sessions.perform(CONFIRMED[state.modal.about]);
    } else if (state.modal?.kind === 'prompt') {
      this.#answer(state.modal);
    }
  }

  #answer(prompt: Extract<Modal, { kind: 'prompt' }>): void {
    const text = prompt.field.text.trim();
    const ms = prompt.for === 'time' ? parseDuration(text, 'm') : undefined;
    if (prompt.for === 'time' && !ms) {
      this.toast('warning', this.texts.badTime);
      return;
    }
    this.store.dispatch({ type: 'modal-closed' });
    // What was said of an earlier answer no longer holds.
    this.store.dispatch({ type: 'toast-gone' });
    if (ms !== undefined) this.sessions.perform({ name: 'fast-forward', ms });
    else if (prompt.for === 'trace') this.#trace(text);
    else if (text !== '') void this.sessions.editFile(text);
  }

  #trace(words: string): void {
    if (words === '') return;
    this.store.dispatch({ type: 'trace', words });
    this.sessions.runner?.look();
  }

  /** Esc: out of the innermost thing. */
  cancel(): void {
    const { store, sessions } = this;
    const { state } = store;
    if (state.view === 'help') store.dispatch({ type: 'help-closed' });
    else if (state.view === 'list') {
      if (state.query.text !== '') store.dispatch({ type: 'query', field: EMPTY_FIELD });
      else if (sessions.runner && state.session) store.dispatch({ type: 'lesson-opened', session: state.session });
    } else if (state.session?.busy) {
      if (state.session.busy.kind === 'setup') return;
      sessions.runner?.session.cancel();
      this.toast('info', this.texts.cancelled);
    } else if (state.modal) store.dispatch({ type: 'modal-closed' });
    else {
      sessions.runner?.pane.scrollToEnd();
      store.dispatch({ type: 'focus', focus: 'terminal' });
    }
  }

  changeLanguage(): void {
    const next = (LANGUAGES.indexOf(this.store.state.language) + 1) % LANGUAGES.length;
    const language = LANGUAGES[next] ?? 'en';
    this.course.language = language;
    this.store.dispatch({ type: 'language', language });
    this.store.dispatch({ type: 'lessons', lessons: this.course.lessons() });
    this.sessions.runner?.look();
    this.toast('info', this.texts.languageNow);
  }

  changeTheme(): void {
    const { theme } = this.store.state;
    const next = THEME_ORDER[(THEME_ORDER.indexOf(theme) + 1) % THEME_ORDER.length] ?? 'dark';
    this.course.settings.set('theme', next);
    this.store.dispatch({ type: 'theme', theme: next });
    this.toast('info', this.texts.themeNow(next));
  }

  toast(level: Level, text: string): void {
    clearTimeout(this.#toast);
    this.store.dispatch({ type: 'toast', level, text });
    this.#toast = setTimeout(
      () => this.store.dispatch({ type: 'toast-gone' }),
      level === 'error' ? ERROR_TOAST : TOAST,
    );
  }
}

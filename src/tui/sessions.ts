/** The open session: opening, actions and what their results show, files in the host's editor. */
import type { Controller } from './controller.ts';
import { editOnHost } from './editor.ts';
import { terminalSize } from './layout.ts';
import type { ActionResult, SessionAction, SessionEvent, SessionPort } from './port.ts';
import { layoutOf, lookOf } from './screen-plan.ts';
import type { SessionRunner, Watched } from './session-runner.ts';
import type { SessionSnapshot } from './state.ts';
import { afterPrefix } from './views/key-text.ts';

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Actions whose effect is plain to see: no message of ours. */
const QUIET: ReadonlySet<string> = new Set(['check', 'hint', 'next', 'skip', 'previous', 'solution']);

export class Sessions {
  readonly #controller: Controller;
  #runner: SessionRunner | undefined;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  get runner(): SessionRunner | undefined {
    return this.#runner;
  }

  close(): void {
    this.#runner?.close();
    this.#runner = undefined;
  }

  showList(): void {
    const { store, course } = this.#controller;
    store.dispatch({ type: 'lessons', lessons: course.lessons() });
    store.dispatch({ type: 'list-opened' });
  }

  async open(id: string): Promise<void> {
    const { store, course } = this.#controller;
    const { session: shown } = store.state;
    if (shown && this.#runner?.session.lesson.id === id) {
      store.dispatch({ type: 'lesson-opened', session: shown });
      return;
    }
    try {
      // One at a time: the journal of the old one is closed before another is opened.
      this.close();
      await this.#announce();
      // With the emulator: nobody needs it before.
      const { SessionRunner } = await import('./session-runner.ts');
      this.#start(await course.open(id), SessionRunner);
    } catch (error) {
      this.showList();
      this.#controller.toast('error', errorText(error));
    }
  }

  /** Starting a world may take a second in which nothing else runs: the screen says so before. */
  async #announce(): Promise<void> {
    const { store, display } = this.#controller;
    store.dispatch({ type: 'opening' });
    store.notify();
    await new Promise((resolve) => setImmediate(resolve));
    display?.screen.flush();
  }

  #start(session: SessionPort, Runner: typeof SessionRunner): void {
    const { store } = this.#controller;
    let opened = false;
    const runner = new Runner({
      session,
      ...terminalSize(layoutOf(store.state)),
      coloured: lookOf(store.state).coloured,
      drawn: () => this.#drawn(),
      watched: () => this.#watched(),
      snapshot: (snapshot) => {
        if (opened) this.#snapshot(snapshot);
        else {
          store.dispatch({ type: 'lesson-opened', session: snapshot });
          if (session.notice !== undefined) this.#controller.toast('error', session.notice);
        }
        opened = true;
      },
    });
    this.#runner = runner;
    session.subscribe((event) => {
      if (runner === this.#runner) this.#event(event);
    });
    runner.look();
  }

  #watched(): Watched {
    const { view, panel, request } = this.#controller.store.state;
    const shown = view === 'lesson' ? panel : undefined;
    return {
      map: shown === 'map',
      trace: shown === 'trace' ? { words: request.words, luck: String(request.count) } : undefined,
    };
  }

  #event(event: SessionEvent): void {
    if (event.type === 'message') this.#controller.toast(event.level, event.text);
    if (event.type === 'edit') void this.editFile(event.path);
    if (event.type === 'quit') this.#controller.quit(0);
  }

  #drawn(): void {
    const { store, display } = this.#controller;
    display?.screen.refresh();
    const lines = this.#runner?.pane.scrolledBy ?? 0;
    if (lines !== store.state.scrolledBy) store.dispatch({ type: 'scrolled-back', lines });
  }

  scrollTerminal(lines: number): void {
    this.#runner?.pane.scroll(lines);
    // Down to the end is the way back to typing.
    if (lines > 0 && this.#runner?.pane.scrolledBy === 0) {
      this.#controller.store.dispatch({ type: 'focus', focus: 'terminal' });
    }
  }

  /** A new snapshot; what was reached since the last one is said aloud, because the lesson may be hidden. */
  #snapshot(session: SessionSnapshot): void {
    const { store, texts } = this.#controller;
    const before = store.state.session?.lesson;
    const { lesson } = session;
    store.dispatch({ type: 'session', session });
    if (!before || before.id !== lesson.id || before.current !== lesson.current) return;
    if (lesson.steps[lesson.current]?.done && !before.steps[before.current]?.done) {
      const look = lookOf(store.state);
      const all = lesson.steps.every((step) => step.done);
      const text = all
        ? texts.lessonComplete(afterPrefix('lessons', look))
        : texts.stepComplete(afterPrefix('next', look));
      this.#controller.toast('success', text);
      return;
    }
    for (const { id, state, title } of lesson.objectives) {
      const old = before.objectives.find((objective) => objective.id === id);
      if (state === 'met' && old && old.state !== 'met') this.#controller.toast('success', texts.objectiveMet(title));
    }
  }

  perform(action: SessionAction): void {
    this.#runner?.perform(action).then(
      (result) => this.#performed(action, result),
      (error: unknown) => this.#controller.toast('error', errorText(error)),
    );
  }

  #performed(action: SessionAction, result: ActionResult): void {
    const { store, texts } = this.#controller;
    if (action.name === 'next' && !result.ok) {
      if (result.checks) store.dispatch({ type: 'checked', checks: result.checks });
      const lesson = store.state.session?.lesson;
      const open = lesson && !lesson.steps[lesson.current]?.done && lesson.current < lesson.steps.length - 1;
      if (open) {
        store.dispatch({ type: 'confirm', about: lesson.hasSolution ? 'skip' : 'skip-unsolved' });
        return;
      }
    }
    if (action.name === 'check' && result.checks) store.dispatch({ type: 'checked', checks: result.checks });
    if (action.name === 'hint') store.dispatch({ type: 'panel', panel: 'hints' });
    if (action.name === 'solution' && result.solution !== undefined) {
      store.dispatch({ type: 'solution', text: result.solution });
    }
    const text = result.message ?? (QUIET.has(action.name) ? '' : texts.action[action.name]);
    if (text !== '') this.#controller.toast(result.ok ? 'info' : 'warning', text);
  }

  async editFile(path: string): Promise<void> {
    const { display, host } = this.#controller;
    const runner = this.#runner;
    if (!runner || !display) return;
    try {
      const edit = runner.session.editFile(path);
      const outcome = await display.lend(() => editOnHost(edit, host.env));
      const { texts } = this.#controller;
      if (outcome.kind === 'saved') this.#controller.toast('success', texts.editorSaved(path));
      if (outcome.kind === 'unchanged') this.#controller.toast('info', texts.editorUnchanged);
      if (outcome.kind === 'failed') this.#controller.toast('error', texts.editorFailed(outcome.editor));
      if (outcome.kind === 'refused') {
        const reason = outcome.result.message ?? '';
        this.#controller.toast('error', `${reason} ${texts.editorKept(outcome.file)}`.trim());
      }
    } catch (error) {
      this.#controller.toast('error', errorText(error));
    }
  }
}

/** How the state changes: a pure function of what happened. */
import type { LayoutPreferences } from './layout.ts';
import type { CheckView, Language, LessonSummary } from './port.ts';
import type { ConfirmAbout, Focus, Level, Modal, Panel, PromptFor, SessionSnapshot, TuiState } from './state.ts';
import { EMPTY_FIELD, fieldOf, type TextField } from './text-field.ts';
import type { ThemeName } from './themes/tokens.ts';

export type Event =
  | { readonly type: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly type: 'lessons'; readonly lessons: readonly LessonSummary[] }
  | { readonly type: 'list-opened' }
  | { readonly type: 'opening' }
  | { readonly type: 'lesson-opened'; readonly session: SessionSnapshot }
  | { readonly type: 'session'; readonly session: SessionSnapshot }
  | { readonly type: 'query'; readonly field: TextField }
  | { readonly type: 'select'; readonly index: number }
  | { readonly type: 'help-opened' }
  | { readonly type: 'help-closed' }
  | { readonly type: 'help-scrolled'; readonly to: number }
  | { readonly type: 'focus'; readonly focus: Focus }
  | { readonly type: 'prefix'; readonly on: boolean }
  | { readonly type: 'panel'; readonly panel: Panel }
  | { readonly type: 'checked'; readonly checks: readonly CheckView[] }
  | { readonly type: 'solution'; readonly text: string }
  | { readonly type: 'trace'; readonly words: string }
  | { readonly type: 'scrolled'; readonly to: number }
  | { readonly type: 'scrolled-back'; readonly lines: number }
  | { readonly type: 'confirm'; readonly about: ConfirmAbout }
  | { readonly type: 'prompt'; readonly for: PromptFor; readonly text: string }
  | { readonly type: 'prompt-edited'; readonly field: TextField }
  | { readonly type: 'modal-closed' }
  | { readonly type: 'toast'; readonly level: Level; readonly text: string }
  | { readonly type: 'toast-gone' }
  | { readonly type: 'toggle-pane' }
  | { readonly type: 'toggle-single' }
  | { readonly type: 'split'; readonly by: number }
  | { readonly type: 'language'; readonly language: Language }
  | { readonly type: 'theme'; readonly theme: ThemeName };

const SPLIT_STEP_LIMITS = { least: 20, most: 70 };

/** Showing something in the lesson pane: where there is one pane, it must be that one, and keys scroll it. */
function showLesson(state: TuiState, panel: Panel, single: boolean): TuiState {
  return {
    ...state,
    panel,
    scroll: 0,
    focus: single ? 'lesson' : 'terminal',
    layout: { ...state.layout, shown: 'lesson' },
  };
}

/** `single`: whether one pane at a time is shown, which is the layout's business. */
export function reduce(state: TuiState, event: Event, single: boolean): TuiState {
  switch (event.type) {
    case 'resized':
      return { ...state, columns: event.columns, rows: event.rows };
    case 'lessons':
      return { ...state, lessons: event.lessons };
    case 'list-opened':
      return {
        ...state,
        view: 'list',
        prefix: false,
        modal: undefined,
        query: EMPTY_FIELD,
        selected: 0,
        toast: undefined,
      };
    case 'opening':
      return {
        ...state,
        view: 'lesson',
        session: undefined,
        modal: undefined,
        prefix: false,
        toast: undefined,
        layout: { ...state.layout, shown: 'lesson' },
      };
    case 'lesson-opened':
      return showLesson(
        {
          ...state,
          view: 'lesson',
          session: event.session,
          modal: undefined,
          checks: [],
          solution: '',
          request: { words: '', count: 0 },
          prefix: false,
          toast: undefined,
        },
        'text',
        single,
      );
    case 'session':
      return newSnapshot(state, event.session, single);
    case 'query':
      return { ...state, query: event.field, selected: event.field.text === state.query.text ? state.selected : 0 };
    case 'select':
      return { ...state, selected: event.index };
    case 'help-opened':
      return state.view === 'help'
        ? state
        : { ...state, view: 'help', helpFrom: state.view, helpScroll: 0, prefix: false };
    case 'help-closed':
      return { ...state, view: state.helpFrom };
    case 'help-scrolled':
      return { ...state, helpScroll: event.to };
    case 'focus': {
      const layout: LayoutPreferences = { ...state.layout, shown: event.focus === 'lesson' ? 'lesson' : 'terminal' };
      return { ...state, focus: event.focus, prefix: false, layout };
    }
    case 'prefix':
      return { ...state, prefix: event.on };
    case 'panel':
      return showLesson(state, event.panel, single);
    case 'checked':
      return showLesson({ ...state, checks: event.checks }, 'checks', single);
    case 'solution':
      return showLesson({ ...state, solution: event.text }, 'solution', single);
    case 'trace': {
      const request = { words: event.words, count: state.request.count + 1 };
      return showLesson({ ...state, request }, 'trace', single);
    }
    case 'scrolled':
      return { ...state, scroll: event.to };
    case 'scrolled-back':
      return { ...state, scrolledBy: event.lines };
    case 'confirm':
      return { ...state, modal: { kind: 'confirm', about: event.about } };
    case 'prompt':
      return { ...state, modal: { kind: 'prompt', for: event.for, field: fieldOf(event.text) } };
    case 'prompt-edited':
      return { ...state, modal: withField(state.modal, event.field) };
    case 'modal-closed':
      return { ...state, modal: undefined };
    case 'toast':
      return { ...state, toast: { level: event.level, text: event.text } };
    case 'toast-gone':
      return { ...state, toast: undefined };
    case 'toggle-pane': {
      const shown = state.layout.shown === 'lesson' ? 'terminal' : 'lesson';
      const focus = single
        ? shown === 'lesson'
          ? 'lesson'
          : 'terminal'
        : state.focus === 'lesson'
          ? 'terminal'
          : 'lesson';
      return { ...state, focus, layout: { ...state.layout, shown } };
    }
    case 'toggle-single': {
      const panes = state.layout.panes === 'single' ? 'auto' : 'single';
      return { ...state, focus: 'terminal', layout: { ...state.layout, panes, shown: 'terminal' } };
    }
    case 'split': {
      const { least, most } = SPLIT_STEP_LIMITS;
      return {
        ...state,
        layout: { ...state.layout, split: Math.max(least, Math.min(most, state.layout.split + event.by)) },
      };
    }
    case 'language':
      return { ...state, language: event.language };
    case 'theme':
      return { ...state, theme: event.theme };
  }
}

/** Another step or lesson begins at its top, with nothing of the old one open. */
function newSnapshot(state: TuiState, session: SessionSnapshot, single: boolean): TuiState {
  const before = state.session?.lesson;
  const { lesson } = session;
  const same = before !== undefined && before.id === lesson.id && before.current === lesson.current;
  if (same || state.view === 'list') return { ...state, session };
  // What was said of the old step would now seem to be about this one.
  const toast = state.toast?.level === 'error' ? state.toast : undefined;
  return showLesson({ ...state, session, checks: [], solution: '', toast }, 'text', single);
}

function withField(modal: Modal | undefined, field: TextField): Modal | undefined {
  return modal?.kind === 'prompt' ? { ...modal, field } : modal;
}

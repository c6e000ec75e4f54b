/** All that the screen depends on, outside React. Components only draw it. */
import type { ClusterMap } from '../course/cluster-map.ts';
import type { TraceView } from '../course/trace-view.ts';
import { DEFAULT_LAYOUT, type LayoutPreferences } from './layout.ts';
import type { BusyView, CheckView, Language, LessonSummary, LessonView } from './port.ts';
import { EMPTY_FIELD, type TextField } from './text-field.ts';
import type { ThemeName } from './themes/tokens.ts';

/** What is drawn of a session; taken from its port a few times a second. */
export interface SessionSnapshot {
  readonly lesson: LessonView;
  readonly clock: { readonly now: number; readonly speed: number };
  readonly health: { readonly text: string; readonly ok: boolean };
  readonly journal: { readonly saved: boolean; readonly problem?: string };
  readonly busy: BusyView | undefined;
  readonly ended: boolean;
  /** Only while the map is shown. */
  readonly maps?: readonly ClusterMap[] | undefined;
  /** Only while the way of a request is shown. */
  readonly trace?: TraceView | undefined;
}

export type Panel = 'text' | 'checks' | 'hints' | 'solution' | 'map' | 'trace';

/** Who gets the keys in the lesson view. */
export type Focus = 'terminal' | 'lesson' | 'scrollback';

export type ConfirmAbout = 'solution' | 'reset-step' | 'reset-lesson' | 'undo' | 'skip' | 'skip-unsolved';
export type PromptFor = 'time' | 'file' | 'trace';

export type Modal =
  | { readonly kind: 'confirm'; readonly about: ConfirmAbout }
  | { readonly kind: 'prompt'; readonly for: PromptFor; readonly field: TextField };

export type Level = 'info' | 'success' | 'warning' | 'error';

export interface TuiState {
  readonly columns: number;
  readonly rows: number;
  readonly view: 'list' | 'lesson' | 'help';
  /** Where help leads back to. */
  readonly helpFrom: 'list' | 'lesson';
  readonly helpScroll: number;
  readonly focus: Focus;
  /** The prefix key was pressed; the next key is a command. */
  readonly prefix: boolean;
  readonly panel: Panel;
  /** First visible line of the lesson pane. */
  readonly scroll: number;
  readonly modal: Modal | undefined;
  readonly toast: { readonly level: Level; readonly text: string } | undefined;
  readonly layout: LayoutPreferences;
  readonly language: Language;
  readonly theme: ThemeName;
  readonly ascii: boolean;
  readonly lessons: readonly LessonSummary[];
  readonly query: TextField;
  readonly selected: number;
  readonly session: SessionSnapshot | undefined;
  readonly checks: readonly CheckView[];
  readonly solution: string;
  /** The request whose way was asked for last, and how often one was asked for. */
  readonly request: { readonly words: string; readonly count: number };
  /** Lines by which the terminal is scrolled back. */
  readonly scrolledBy: number;
}

export const initialState = (given: Pick<TuiState, 'columns' | 'rows' | 'language' | 'theme' | 'ascii'>): TuiState => ({
  view: 'list',
  helpFrom: 'list',
  helpScroll: 0,
  focus: 'terminal',
  prefix: false,
  panel: 'text',
  scroll: 0,
  modal: undefined,
  toast: undefined,
  layout: DEFAULT_LAYOUT,
  lessons: [],
  query: EMPTY_FIELD,
  selected: 0,
  session: undefined,
  checks: [],
  solution: '',
  request: { words: '', count: 0 },
  scrolledBy: 0,
  ...given,
});

/** Whether something other than lesson and terminal has the keyboard. */
export const modalOpen = (state: TuiState): boolean => state.modal !== undefined || state.session?.busy !== undefined;

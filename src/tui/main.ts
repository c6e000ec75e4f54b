/** The TUI from its first frame to the exit status. `run.ts` loads it. */
import * as yoga from 'yoga-layout';
import { Controller } from './controller.ts';
import { Display } from './display.ts';
import { type Host, nodeHost } from './host.ts';
import type { CoursePort } from './port.ts';
import { initialState } from './state.ts';
import { Store } from './store.ts';
import type { ThemeName } from './themes/tokens.ts';

/** Ink's layout engine has started; the bundle does not wait for it when it is loaded (scripts/changed-libraries.mjs). */
export const layoutReady: unknown = 'ready' in yoga ? yoga.ready : undefined;

export interface TuiOptions {
  /** The lesson to open at once; without it the list is shown, or the lesson that was begun. */
  readonly lesson?: string;
  readonly ascii?: boolean;
  readonly host?: Host;
}

function themeOf(host: Host, course: CoursePort): ThemeName {
  if (host.env['NO_COLOR']) return 'plain';
  const chosen = course.settings.get('theme');
  return chosen === 'light' || chosen === 'plain' ? chosen : 'dark';
}

export async function main(course: CoursePort, options: TuiOptions = {}): Promise<number> {
  const host = options.host ?? nodeHost();
  const lesson = options.lesson ?? course.lastLesson;
  const store = new Store({
    ...initialState({
      columns: host.stdout.columns || 80,
      rows: host.stdout.rows || 24,
      language: course.language,
      theme: themeOf(host, course),
      ascii: options.ascii ?? course.settings.get('ascii') === 'true',
    }),
    lessons: course.lessons(),
    // The lesson is the first thing to be seen, not the list for a moment.
    view: lesson === undefined ? 'list' : 'lesson',
  });
  return await new Promise<number>((resolve) => {
    let done = false;
    const controller = new Controller({
      host,
      store,
      course,
      quit(status) {
        if (done) return;
        done = true;
        display.stop();
        controller.close();
        store.dispose();
        resolve(status);
      },
    });
    const display = new Display({ host, store, onKey: controller.onKey, pane: () => controller.sessions.runner?.pane });
    controller.display = display;
    display.start();
    if (lesson !== undefined) void controller.sessions.open(lesson);
  });
}

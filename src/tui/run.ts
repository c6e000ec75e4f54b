/** The door to the TUI: light itself, loads the rest (React, Ink, the emulator) when it is called. */
import type { TuiOptions } from './main.ts';
import type { CoursePort } from './port.ts';

export type { TuiOptions } from './main.ts';

/** Shows the course until the learner quits; resolves with the exit status. */
export async function runTui(course: CoursePort, options: TuiOptions = {}): Promise<number> {
  const main = await withoutFetch(async () => {
    const { main, layoutReady } = await import('./main.ts');
    await layoutReady;
    return main;
  });
  return await main(course, options);
}

/**
 * Yoga reads its embedded WebAssembly by `fetch` of a data URL where there is a `fetch`, which makes Node load its whole
 * HTTP client: a third of the time to the first frame. Without one it decodes the text itself.
 */
async function withoutFetch<T>(load: () => Promise<T>): Promise<T> {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  Reflect.deleteProperty(globalThis, 'fetch');
  try {
    return await load();
  } finally {
    if (descriptor) Object.defineProperty(globalThis, 'fetch', descriptor);
  }
}

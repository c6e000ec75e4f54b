/** The host as the TUI sees it: two streams, the environment, signals. Tests bring their own. */
import type { InputStream } from './input.ts';
import type { ScreenOutput } from './screen.ts';

export type HostSignal = 'SIGTERM' | 'SIGHUP' | 'SIGINT' | 'SIGCONT';

export interface Host {
  readonly stdin: InputStream;
  readonly stdout: ScreenOutput & { readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  onSignal(signal: HostSignal, listener: () => void): () => void;
  /** The process ends, for whatever reason. */
  onExit(listener: () => void): () => void;
  onCrash(listener: (error: unknown) => void): () => void;
  exit(status: number): void;
  /** Stops the whole job until the shell continues it. */
  suspend(): void;
}

function listen(event: string, listener: (value: unknown) => void): () => void {
  process.on(event, listener);
  return () => {
    process.off(event, listener);
  };
}

/** The real one. */
export const nodeHost = (): Host => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onSignal: (signal, listener) => listen(signal, () => listener()),
  onExit: (listener) => listen('exit', () => listener()),
  onCrash(listener) {
    const stops = [listen('uncaughtException', listener), listen('unhandledRejection', listener)];
    return () => {
      for (const stop of stops) stop();
    };
  },
  exit: (status) => process.exit(status),
  // The group, not the process: under npx or `sh -c` the shell waits for the whole job to stop.
  suspend: () => void (process.platform !== 'win32' && process.kill(0, 'SIGTSTP')),
});

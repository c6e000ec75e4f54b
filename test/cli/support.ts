import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const LESSONS = path.resolve('test/cli/fixtures/lessons');

/** The command line of this tree, built into a folder of its own. */
export class BuiltCli {
  /** A folder for saves and scratch files. */
  readonly folder: string;

  private constructor() {
    this.folder = mkdtempSync(path.resolve('node_modules/.cli-test-'));
  }

  static async make(): Promise<BuiltCli> {
    const cli = new BuiltCli();
    const file = pathToFileURL(path.resolve('scripts/bundle-options.mjs')).href;
    const { bundleOptions }: { bundleOptions: object } = await import(file);
    await build({
      ...bundleOptions,
      entryPoints: { kubetutor: 'src/cli/main.ts', 'grade-worker': 'src/cli/grade-worker.ts' },
      outdir: path.join(cli.folder, 'dist'),
      splitting: true,
    });
    return cli;
  }

  /** The environment that commands see. */
  get env(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      KUBETUTOR_HOME: path.join(this.folder, 'home'),
      KUBETUTOR_LESSONS: LESSONS,
    };
  }

  run(args: readonly string[], more: { input?: string; env?: Record<string, string> } = {}): Outcome {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(this.folder, 'dist/kubetutor.js'), ...args],
      {
        input: more.input ?? '',
        encoding: 'utf8',
        timeout: 60_000,
        cwd: this.folder,
        env: {
          PATH: process.env['PATH'] ?? '',
          LANG: 'C.UTF-8',
          KUBETUTOR_HOME: path.join(this.folder, 'home'),
          KUBETUTOR_LESSONS: LESSONS,
          ...more.env,
        },
      },
    );
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

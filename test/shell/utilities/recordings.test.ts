import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeBox, play } from './support.ts';

interface Recording {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');

/** What the real tools answered; made by record.mjs. */
for (const name of readdirSync(folder)) {
  const recordings: readonly Recording[] = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  describe(name.replace('.json', ''), () => {
    for (const { command, stdout, stderr, status } of recordings) {
      it(command, () => {
        const { world, machine } = makeBox();
        const ours = play(machine, command);
        expect({ stdout: ours.stdout, stderr: ours.stderr, status: ours.status }).toEqual({ stdout, stderr, status });
        expect(world.faults).toEqual([]);
      });
    }
  });
}

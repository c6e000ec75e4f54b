import { openSession } from '../../course/open-session.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { WRONG_USAGE } from '../exit.ts';
import { hostClock } from '../host.ts';
import { joinTerminal } from '../join-terminal.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';

/** `kubetutor shell`: a sandbox. Without a terminal it plays what stands on standard input. */
export async function shell(options: { world: string; seed: string }): Promise<number> {
  const language = cliLanguage();
  const say = cliMessages(language);
  if (!scenarioSource.names().includes(options.world)) {
    process.stderr.write(`kubetutor shell: ${say.noSuchWorld(options.world, scenarioSource.names().join(', '))}\n`);
    return WRONG_USAGE;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const { run } = await import('../run.ts');
    return await run(['--world', options.world, '--seed', options.seed, '-']);
  }
  await scenarioSource.load?.(options.world);
  const { session } = openSession({
    source: scenarioSource,
    storage: undefined,
    lesson: undefined,
    world: options.world,
    seed: options.seed,
    language,
    clock: hostClock,
    created: Date.now(),
  });
  process.stdout.write(`${say.leaveShell}\n`);
  return await joinTerminal(session);
}

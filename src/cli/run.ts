import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioSource } from '../course/scenario-source.ts';
import type { BuiltWorld, WorldSource } from '../course/world-source.ts';
import { TextInput } from '../world/files/devices.ts';
import { copyIn } from './copy.ts';
import { WRONG_USAGE } from './exit.ts';
import { cliMessages } from './locale/messages.ts';
import { playScript } from './play-script.ts';
import { parseRunOptions, type RunOptions } from './run-options.ts';

/** Where an ended script's status comes from, as coreutils' timeout gives it. */
const TIMED_OUT = 124;

/** `kubetutor run`: gives the exit status. */
export async function run(args: readonly string[], source: WorldSource = scenarioSource): Promise<number> {
  const say = cliMessages();
  const options = parseRunOptions(args, say);
  if (options === 'help') {
    process.stdout.write(say.runHelp);
    return 0;
  }
  if ('error' in options) return refuse(`${options.error}\n\n${say.runHelp}`);
  if (!source.names().includes(options.world)) {
    return refuse(say.noSuchWorld(options.world, source.names().join(', ')));
  }
  let script: Uint8Array;
  try {
    script = options.script === '-' ? await readStdin() : readFileSync(options.script);
  } catch (error) {
    return refuse(say.cannotRead(options.script, error instanceof Error ? error.message : String(error)));
  }
  await source.load?.(options.world);
  const built = source.build(options.world, options.seed);
  for (const { host, path: target } of options.copies) {
    try {
      copyIn(built, host, target);
    } catch (error) {
      return refuse(say.cannotRead(host, error instanceof Error ? error.message : String(error)));
    }
  }
  const played = await playScript({
    built,
    ...prepare(built, options, script),
    timeout: options.timeout,
    cpu: options.cpu * 1000,
  });
  for (const fault of built.world.faults) {
    const { error } = fault;
    process.stderr.write(
      `kubetutor: a fault of kubetutor itself in ${fault.program}: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
  }
  if ('status' in played) return played.status;
  process.stderr.write(`${played.ended === 'cpu' ? say.outOfCpu(options.cpu) : say.outOfTime(options.timeoutText)}\n`);
  return TIMED_OUT;
}

/** The script as a file of the world, under the name that its messages carry; or as bash's standard input. */
function prepare(built: BuiltWorld, options: RunOptions, script: Uint8Array) {
  if (options.script === '-') {
    return {
      argv: ['bash', '-s', ...(options.args.length > 0 ? ['--', ...options.args] : [])],
      stdin: new TextInput(script),
    };
  }
  const relative = !path.isAbsolute(options.script) && !options.script.split(/[\\/]/).includes('..');
  const name = relative ? options.script : path.basename(options.script);
  copyIn(built, options.script, name);
  return { argv: ['bash', name, ...options.args], stdin: undefined };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor run: ${text}\n`);
  return WRONG_USAGE;
}

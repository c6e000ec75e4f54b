import { isRecord } from '../input.ts';
import type { Files } from './files.ts';

/** A step of an exercise as banks have it. */
export interface BankStep {
  readonly title: string | undefined;
  readonly text: string | undefined;
  readonly setup: string | undefined;
  readonly validate: string | undefined;
  readonly solution: string | undefined;
}

export interface BankExercise {
  readonly title: string | undefined;
  readonly steps: readonly BankStep[];
  /** Files that were taken. */
  readonly used: ReadonlySet<string>;
  /** Files that its index names and that are not there. */
  readonly absent: readonly string[];
}

/** Scripts that make a step ready, in the order they run. */
const SETUPS = ['courseData', 'background', 'foreground'];

/** A scenario of Killercoda or Katacoda: index.json names the texts and scripts of its steps. Undefined when it is none. */
export function killercodaScenario(files: Files, folder: string): BankExercise | undefined {
  const prefix = folder === '' ? '' : `${folder}/`;
  const details = detailsOf(files.text(`${prefix}index.json`));
  if (!details) return undefined;
  const used = new Set([`${prefix}index.json`]);
  const absent: string[] = [];
  const read = (part: Record<string, unknown>, key: string): string | undefined => {
    const name = part[key];
    if (typeof name !== 'string' || name === '') return undefined;
    const file = `${prefix}${name.replace(/^\.?\//, '')}`;
    used.add(file);
    const text = files.text(file);
    if (text === undefined) absent.push(file);
    return text;
  };
  const setupOf = (part: Record<string, unknown>): string | undefined => {
    const scripts = SETUPS.flatMap((key) => read(part, key) ?? []);
    return scripts.length === 0 ? undefined : scripts.map(apart).join('\n');
  };
  const intro = isRecord(details['intro']) ? details['intro'] : {};
  const before = setupOf(intro);
  const introduction = read(intro, 'text');
  const list: unknown[] = Array.isArray(details['steps']) ? details['steps'] : [];
  const steps = list.filter(isRecord).map((step, index): BankStep => {
    const own = setupOf(step);
    const setups = index === 0 ? [before, own].filter((one) => one !== undefined) : own === undefined ? [] : [own];
    const texts = [index === 0 ? introduction : undefined, read(step, 'text')].filter((one) => one !== undefined);
    return {
      title: typeof step['title'] === 'string' ? step['title'] : undefined,
      text: texts.length === 0 ? undefined : texts.map((one) => withoutButtons(one).trim()).join('\n\n'),
      setup: setups.length === 0 ? undefined : setups.join('\n'),
      validate: read(step, 'verify'),
      solution: read(step, 'solve'),
    };
  });
  const title = typeof details['title'] === 'string' ? details['title'] : undefined;
  return steps.length === 0 ? undefined : { title, steps, used, absent };
}

/** `details` of an index, with the title beside it. */
function detailsOf(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const index: unknown = JSON.parse(text);
    const details = isRecord(index) ? index['details'] : undefined;
    return isRecord(index) && isRecord(details) ? { ...details, title: index['title'] } : undefined;
  } catch {
    return undefined;
  }
}

/** A script in a shell of its own: where it ends, the next begins. */
function apart(script: string): string {
  return `bash <<'__SCRIPT__'\n${script.replace(/\n*$/, '\n')}__SCRIPT__`;
}

/** `{{exec}}` and `{{copy}}` behind code are buttons of a web page. */
function withoutButtons(text: string): string {
  return text.replace(/(`)\{\{[a-z ]+\}\}/gi, '$1');
}

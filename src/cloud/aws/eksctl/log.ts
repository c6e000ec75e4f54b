import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';

/** Ends eksctl: `Error: TEXT`. */
export class EksctlError extends Error {}

const SYMBOLS = { info: 'ℹ', success: '✔', warning: '!', critical: '✖' } as const;

/** A line of the log. github.com/kris-nova/logger, with eksctl's layout */
export function* log(process: Process, level: keyof typeof SYMBOLS, text: string): Task {
  const time = new Date(process.now).toISOString();
  yield* process.print(`${time.slice(0, 10)} ${time.slice(11, 19)} [${SYMBOLS[level]}]  ${text}\n`);
}

/** Columns parted by tabs, each as wide as its widest cell. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headers, ...rows];
  const widths = headers.map((_, column) => {
    const widest = Math.max(...all.map((row) => row[column]?.length ?? 0));
    return Math.ceil((widest + 1) / 8) * 8;
  });
  return all
    .map((row) => {
      const cells = row.map((cell, column) => {
        if (column === row.length - 1) return cell;
        return cell + '\t'.repeat(Math.ceil(((widths[column] ?? 0) - cell.length) / 8));
      });
      return `${cells.join('')}\n`;
    })
    .join('');
}

/** Tasks as eksctl describes its plan. eksctl: pkg/utils/tasks */
export type Plan = string | { readonly tasks: readonly Plan[]; readonly parallel?: boolean };

export function describePlan(plan: Plan): string {
  return `\n${describe(plan, 0)}\n`;
}

function describe(plan: Plan, depth: number): string {
  if (typeof plan === 'string') return plan;
  const { tasks, parallel = false } = plan;
  const noun = depth === 0 ? 'task' : 'sub-task';
  if (tasks.length === 0) return 'no tasks';
  const described = tasks.map((task) => describe(task, depth + 1));
  if (tasks.length === 1) return `1 ${depth === 0 ? 'task' : noun}: { ${described[0]} }`;
  const kind = parallel ? 'parallel' : 'sequential';
  const pad = '    '.repeat(depth + 1);
  const simple = described.every((text) => !text.includes('\n'));
  const body =
    simple && depth === 0
      ? ` ${described.join(', ')} `
      : ` \n${described.map((text) => pad + text).join(',\n')},\n${'    '.repeat(depth)}`.replace(
          /,\n( *)$/,
          simple ? ',\n$1' : ' \n$1',
        );
  return `${tasks.length} ${kind} ${noun}s: {${body}}`;
}

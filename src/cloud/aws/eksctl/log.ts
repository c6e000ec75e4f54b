import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';

/** Ends eksctl: `Error: TEXT`. */
export class EksctlError extends Error {}

/** Words the failure of a task anew. Raises EksctlError. */
export function* wording<T>(words: (why: string) => string, task: Task<T>): Task<T> {
  try {
    return yield* task;
  } catch (error) {
    if (!(error instanceof EksctlError)) throw error;
    throw new EksctlError(words(error.message));
  }
}

const SYMBOLS = { info: 'ℹ', success: '✔', warning: '!', critical: '✖' } as const;

/**
 * A line of the log. As the logger does it, a text that has line feeds of its own gets none at its end: what follows
 * eksctl's `1 task: {…}` stands behind it. github.com/kris-nova/logger, with eksctl's layout
 */
export function* log(process: Process, level: keyof typeof SYMBOLS, text: string): Task {
  const time = new Date(process.now).toISOString();
  yield* process.print(
    `${time.slice(0, 10)} ${time.slice(11, 19)} [${SYMBOLS[level]}]  ${text}${text.includes('\n') ? '' : '\n'}`,
  );
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

/** Tasks as eksctl describes its plan; `sub` for those inside others. */
export interface PlanTree {
  readonly tasks: readonly Plan[];
  readonly parallel?: boolean;
  readonly sub?: boolean;
}
export type Plan = string | PlanTree;

const INDENT = '    ';

/** eksctl: pkg/utils/tasks/tasks.go, TaskTree.Describe */
export function describePlan(plan: Plan): string {
  if (typeof plan === 'string') return plan;
  const { tasks, parallel = false, sub = false } = plan;
  const described = tasks.map((task) => describePlan(task).replace(/\n$/, ''));
  const [first] = described;
  if (first === undefined) return 'no tasks';
  if (described.length === 1) return sub ? first : `1 task: { ${first} }`;
  const head = `${described.length} ${parallel ? 'parallel' : 'sequential'} ${sub ? 'sub-tasks' : 'tasks'}: { `;
  if (!sub) return `\n${head}${described.join(', ')} \n}\n`;
  const lines = described.map((text) =>
    text.includes('sub-task') ? text.replace(/^\n/, '').replace(/^/gm, INDENT) : INDENT + INDENT + text,
  );
  return `\n${INDENT}${head}\n${lines.map((line) => `${line},\n`).join('')}${INDENT}}\n`;
}

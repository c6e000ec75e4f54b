import type { Task } from '../world/task.ts';
import type { Invocation } from './command/command.ts';
import { KubectlError } from './errors.ts';
import { klogLine } from './klog.ts';

export type DryRun = 'none' | 'client' | 'server';

/** Reads `--dry-run`, with its old forms. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util GetDryRunStrategy */
export function* dryRunOf(invocation: Invocation): Task<DryRun> {
  const text = invocation.flags.string('dry-run');
  if (text === 'none' || text === 'client' || text === 'server') return text;
  if (text === 'unchanged') {
    yield* invocation.process.printError(
      klogLine(
        invocation.process,
        'W',
        'helpers.go:719',
        '--dry-run is deprecated and can be replaced with --dry-run=client.',
      ),
    );
    return 'client';
  }
  const yes = ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text);
  const no = ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text);
  if (!yes && !no) throw new KubectlError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
  const value: DryRun = yes ? 'client' : 'none';
  yield* invocation.process.printError(
    klogLine(
      invocation.process,
      'W',
      yes ? 'helpers.go:733' : 'helpers.go:736',
      `--dry-run=${text} is deprecated (boolean value) and can be replaced with --dry-run=${value}.`,
    ),
  );
  return value;
}

/** The query of a request that writes. */
export function writeQuery(dryRun: DryRun, fieldManager: string, fieldValidation = ''): [string, string][] {
  const query: [string, string][] = [];
  if (dryRun === 'server') query.push(['dryRun', 'All']);
  if (fieldManager !== '') query.push(['fieldManager', fieldManager]);
  if (fieldValidation !== '') query.push(['fieldValidation', fieldValidation]);
  return query;
}

/** Reads `--validate`. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util GetValidationDirective */
export function fieldValidationOf(invocation: Invocation): 'Strict' | 'Warn' | 'Ignore' {
  const text = invocation.flags.string('validate');
  if (text === 'strict' || ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return 'Strict';
  if (text === 'warn') return 'Warn';
  if (text === 'ignore' || ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return 'Ignore';
  throw new KubectlError(
    `invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

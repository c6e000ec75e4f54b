import { goQuote } from '../go-quote.ts';
import { compareStrings } from '../json-value.ts';
import { StatusError } from '../status-error.ts';
import type { Manager } from './entries.ts';
import { formatPath, type Path } from './path.ts';

/** A field that somebody else owns. */
export interface Conflict {
  readonly identity: string;
  readonly manager: Manager;
  readonly path: Path;
}

/** The Status of an apply that was refused. kubernetes: managedfields/internal/conflict.go */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const sorted = [...conflicts].sort((a, b) => compareStrings(a.identity, b.identity));
  const causes = sorted.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describe(manager)}`,
    field: formatPath(path),
  }));
  return StatusError.applyConflict(causes, message(sorted));
}

function message(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${describe(first.manager)}: ${formatPath(first.path)}`;
  }
  const lines: string[] = [];
  for (const [i, { identity, manager, path }] of conflicts.entries()) {
    if (identity !== conflicts[i - 1]?.identity) lines.push(`conflicts with ${describe(manager)}:`);
    lines.push(`- ${formatPath(path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function describe({ name, subresource, operation, apiVersion }: Manager): string {
  const who = subresource === '' ? goQuote(name) : `${goQuote(name)} with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
}

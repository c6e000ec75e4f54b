import { formatDuration } from '../../cluster/apimachinery/duration.ts';
import type { Flag } from '../flags/index.ts';
import { type Command, type CommandGroup, type CommandPath, pathText } from './command.ts';

/** The page of `kubectl VERB --help`. kubernetes: kubectl/pkg/util/templates */
export function helpPage(path: CommandPath, groups: readonly CommandGroup[]): string {
  const command = path[path.length - 1] ?? path[0];
  const sections = [(command.long ?? command.short).trim()];
  if (command.aliases?.length) sections.push(`Aliases:\n${[command.name, ...command.aliases].join(', ')}`);
  if (command.examples) sections.push(`Examples:\n${indent(command.examples.trim())}`);
  const listed = path.length === 1 ? groups : subcommandGroups(command);
  if (listed.length > 0) sections.push(listed.map((group) => groupText(group, command)).join('\n\n'));
  const flags = flagUsages(command.flags ?? []);
  if (flags !== '') sections.push(`Options:\n${flags.trimEnd()}`);
  sections.push(`Usage:\n  ${usageLine(path)}`);
  const tips: string[] = [];
  if (command.subcommands?.length)
    tips.push(`Use "${pathText(path)} <command> --help" for more information about a given command.`);
  tips.push(`Use "${path[0].name} options" for a list of global command-line options (applies to all commands).`);
  sections.push(tips.join('\n'));
  return `${sections.join('\n\n')}\n`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function subcommandGroups(command: Command): CommandGroup[] {
  const commands = (command.subcommands ?? []).filter((one) => !one.hidden);
  return commands.length === 0 ? [] : [{ message: 'Available Commands:', commands }];
}

function groupText(group: CommandGroup, parent: Command): string {
  const width = Math.max(11, ...(parent.subcommands ?? []).map((one) => one.name.length));
  const lines = [...group.commands].map((one) => `  ${one.name.padEnd(width)}   ${one.short}`);
  return [group.message, ...lines].join('\n');
}

export function usageLine(path: CommandPath): string {
  const command = path[path.length - 1] ?? path[0];
  const parents = path.slice(0, -1).map((one) => one.name);
  const line = [...parents, command.use].join(' ');
  return line.includes('[options]') ? line : `${line} [options]`;
}

/** The list of flags by name, each with its default and its usage on the next line. */
export function flagUsages(flags: readonly Flag[]): string {
  return [...flags]
    .filter((flag) => !flag.hidden && flag.deprecated === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const name = flag.shorthand === undefined ? `--${flag.name}` : `-${flag.shorthand}, --${flag.name}`;
      return `    ${name}=${defaultText(flag)}:\n\t${flag.usage}\n\n`;
    })
    .join('');
}

function defaultText(flag: Flag): string {
  const value = flag.default;
  if (flag.type === 'string') return `'${typeof value === 'string' ? value : ''}'`;
  if (flag.type === 'duration') return formatDuration(typeof value === 'number' ? value : 0);
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  if (value instanceof Map) return '[]';
  return value === undefined ? '' : String(value);
}

/** The page of `kubectl options`. */
export function optionsPage(globals: readonly Flag[]): string {
  return `The following options can be passed to any command:\n\n${flagUsages(globals)}`;
}

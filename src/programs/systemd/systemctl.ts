import { formatTime } from '../../shell/utilities/time-text.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { type Task, wait } from '../../world/task.ts';
import type { Unit } from '../../world/units.ts';
import { ago, exitText, journalLine, span } from './text.ts';

const UTC = { name: 'UTC', offset: 0 };

/** systemctl(1) over the services of the machine. */
export const systemctl = utility({
  name: 'systemctl',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Query or send control commands to the system manager.',
  package: 'systemd',
  options: [
    '--no-pager',
    '-l --full',
    '-a --all',
    '--now',
    '-q --quiet',
    '-n --lines=',
    '-p --property=',
    '--value',
    '-t --type=',
    '--state=',
    '--failed',
    '--no-legend',
    '--plain',
    '-f --force',
    '--system',
    '--no-block',
    '-o --output=',
  ],
  *run(tool, options) {
    const [verb = 'list-units', ...names] = options.operands;
    const { machine } = tool.p;
    switch (verb) {
      case 'list-units':
        return listUnits(
          tool,
          options.has('a'),
          options.get('state') ?? (options.has('failed') ? 'failed' : undefined),
          !options.has('no-legend'),
        );
      case 'list-unit-files':
        return listUnitFiles(tool);
      case 'daemon-reload':
      case 'daemon-reexec':
      case 'reset-failed':
        return (yield* refusedTo(tool, 'reload daemon')) ? 1 : 0;
      case 'is-system-running': {
        const failed = machine.units.all().some((unit) => unit.state === 'failed');
        tool.put(failed ? 'degraded\n' : 'running\n');
        return failed ? 1 : 0;
      }
    }
    if (
      ![
        'status',
        'start',
        'stop',
        'restart',
        'try-restart',
        'reload',
        'is-active',
        'is-failed',
        'is-enabled',
        'enable',
        'disable',
        'cat',
        'show',
        'kill',
        'reload-or-restart',
        'mask',
        'unmask',
      ].includes(verb)
    ) {
      yield* tool.complain(`Unknown command verb ${verb}.\n`);
      return 1;
    }
    const wanted = names.length === 0 && verb === 'status' ? machine.units.all().map((unit) => unit.name) : names;
    if (wanted.length === 0) {
      yield* tool.complain('Too few arguments.\n');
      return 1;
    }
    let status = 0;
    for (const [index, name] of wanted.entries()) {
      if (index > 0 && verb === 'status') tool.put('\n');
      const result = yield* act(tool, verb, name, {
        now: options.has('now'),
        quiet: options.has('q'),
        lines: Number(options.get('n') ?? '10'),
        properties: options.all('p').flatMap((list) => list.split(',')),
        value: options.has('value'),
      });
      if (result !== 0) status = result;
    }
    return status;
  },
});

interface Settings {
  readonly now: boolean;
  readonly quiet: boolean;
  readonly lines: number;
  readonly properties: readonly string[];
  readonly value: boolean;
}

function* refusedTo(tool: Tool, what: string, unit?: string): Task<boolean> {
  if (tool.p.credentials.uid === 0) return false;
  yield* tool.complain(
    `Failed to ${what}: Interactive authentication required.\n${unit === undefined ? '' : `See system logs and 'systemctl status ${unit}' for details.\n`}`,
  );
  return true;
}

function* act(tool: Tool, verb: string, name: string, settings: Settings): Task<number> {
  const full = /\.\w+$/.test(name) ? name : `${name}.service`;
  const unit = tool.p.machine.units.find(full);
  switch (verb) {
    case 'status':
      if (unit) return showStatus(tool, unit, settings.lines);
      yield* tool.complain(`Unit ${full} could not be found.\n`);
      return 4;
    case 'is-active':
    case 'is-failed': {
      const state = unit?.state ?? 'inactive';
      if (!settings.quiet) tool.put(`${state}\n`);
      if (verb === 'is-failed') return state === 'failed' ? 0 : 1;
      return state === 'active' ? 0 : unit ? 3 : 4;
    }
    case 'is-enabled':
      if (!unit) {
        yield* tool.complain(`Failed to get unit file state for ${full}: No such file or directory\n`);
        return 1;
      }
      if (!settings.quiet) tool.put(`${fileState(unit)}\n`);
      return fileState(unit) === 'enabled' ? 0 : 1;
    case 'show':
      showProperties(tool, full, unit, settings);
      return 0;
    case 'cat':
      return yield* catUnit(tool, full, unit);
    case 'mask':
    case 'unmask':
      return yield* setMasked(tool, verb, full, unit, settings.now);
    case 'enable':
    case 'disable':
      return yield* setEnabled(tool, verb, full, unit, settings.now);
    default:
      return yield* control(tool, verb, full, unit);
  }
}

function* control(tool: Tool, verb: string, full: string, unit: Unit | undefined): Task<number> {
  const word = verb === 'try-restart' || verb === 'reload-or-restart' ? 'restart' : verb;
  if (yield* refusedTo(tool, `${word} ${full}`, full)) return 1;
  if (!unit) {
    yield* tool.complain(
      `Failed to ${word} ${full}: Unit ${full} not ${word === 'stop' || word === 'kill' ? 'loaded' : 'found'}.\n`,
    );
    return 5;
  }
  if (unit.masked && (word === 'start' || word === 'restart')) {
    yield* tool.complain(`Failed to ${word} ${full}: Unit ${full} is masked.\n`);
    return 1;
  }
  if (word === 'kill') {
    unit.process?.signal('TERM');
    return 0;
  }
  if (word === 'reload') {
    yield* tool.complain(
      `Failed to reload ${full}: Job type reload is not applicable for unit ${full}.\nSee system logs and 'systemctl status ${full}' for details.\n`,
    );
    return 1;
  }
  if (word !== 'start') yield* stopUnit(unit);
  if (word === 'start' || word === 'restart') {
    if (!unit.process || unit.process.ended) unit.restarts = 0;
    unit.start();
  }
  yield* tool.p.sleep(30);
  return 0;
}

function* stopUnit(unit: Unit): Task {
  unit.stop();
  const { process } = unit;
  while (process && !process.ended) yield* wait(process.stateChange);
}

function* setEnabled(
  tool: Tool,
  verb: 'enable' | 'disable',
  full: string,
  unit: Unit | undefined,
  now: boolean,
): Task<number> {
  if (yield* refusedTo(tool, `${verb} unit`)) return 1;
  if (!unit) {
    yield* tool.complain(`Failed to ${verb} unit: Unit file ${full} does not exist.\n`);
    return 1;
  }
  if (unit.masked) {
    yield* tool.complain(`Failed to ${verb} unit: Unit file ${unit.maskPath} is masked.\n`);
    return 1;
  }
  const link = `/etc/systemd/system/multi-user.target.wants/${full}`;
  if (verb === 'enable' && !unit.enabled) yield* tool.complain(`Created symlink ${link} → ${unit.options.path}.\n`);
  if (verb === 'disable' && unit.enabled) yield* tool.complain(`Removed "${link}".\n`);
  unit.enabled = verb === 'enable';
  if (now && verb === 'enable') unit.start();
  if (now && verb === 'disable') yield* stopUnit(unit);
  return 0;
}

function* setMasked(
  tool: Tool,
  verb: 'mask' | 'unmask',
  full: string,
  unit: Unit | undefined,
  now: boolean,
): Task<number> {
  if (yield* refusedTo(tool, `${verb} unit`)) return 1;
  if (!unit) {
    yield* tool.complain(`Unit ${full} does not exist, proceeding anyway.\n`);
    return 0;
  }
  if (verb === 'mask' && !unit.masked) {
    if (tool.files.exists(unit.maskPath)) {
      yield* tool.complain(`Failed to mask unit: File ${unit.maskPath} already exists.\n`);
      return 1;
    }
    tool.files.makeDirectories('/etc/systemd/system');
    tool.files.symlink('/dev/null', unit.maskPath);
    yield* tool.complain(`Created symlink ${unit.maskPath} → /dev/null.\n`);
  }
  if (verb === 'unmask' && unit.masked) {
    tool.files.unlink(unit.maskPath);
    yield* tool.complain(`Removed "${unit.maskPath}".\n`);
  }
  if (now && verb === 'mask') yield* stopUnit(unit);
  return 0;
}

function fileState(unit: Unit): 'masked' | 'enabled' | 'disabled' {
  if (unit.masked) return 'masked';
  return unit.enabled ? 'enabled' : 'disabled';
}

function* catUnit(tool: Tool, full: string, unit: Unit | undefined): Task<number> {
  if (!unit) {
    yield* tool.complain(`No files found for ${full}.\n`);
    return 1;
  }
  const paths = [unit.options.path, ...(unit.options.dropIns ?? [])].filter((path) => tool.tryStat(path));
  for (const [index, path] of paths.entries())
    tool.put(`${index > 0 ? '\n' : ''}# ${path}\n${tool.files.readText(path)}`);
  if (paths.length === 0) yield* tool.complain(`kubetutor does not model the unit file of ${full}\n`);
  return paths.length === 0 ? 1 : 0;
}

function subState(unit: Unit): string {
  if (unit.state === 'active') return 'running';
  if (unit.state === 'activating') return 'auto-restart';
  if (unit.state === 'deactivating') return 'stop-sigterm';
  return unit.state === 'failed' ? 'failed' : 'dead';
}

function showProperties(tool: Tool, full: string, unit: Unit | undefined, settings: Settings): void {
  const all: [string, string][] = [
    ['Id', full],
    ['Description', unit?.options.description ?? full],
    ['LoadState', unit ? 'loaded' : 'not-found'],
    ['ActiveState', unit?.state ?? 'inactive'],
    ['SubState', unit ? subState(unit) : 'dead'],
    ['FragmentPath', unit?.options.path ?? ''],
    ['UnitFileState', unit ? fileState(unit) : ''],
    ['MainPID', String(unit?.process && !unit.process.ended ? unit.process.pid : 0)],
    ['NRestarts', String(unit?.restarts ?? 0)],
    ['Restart', unit?.options.restartDelay === undefined ? 'no' : 'always'],
  ];
  for (const [key, value] of all) {
    if (settings.properties.length > 0 && !settings.properties.includes(key)) continue;
    tool.put(settings.value ? `${value}\n` : `${key}=${value}\n`);
  }
}

function showStatus(tool: Tool, unit: Unit, lines: number): number {
  const { options } = unit;
  const { process } = unit;
  const colored = tool.isTty(1);
  const paint = (text: string) => {
    const color = { active: '32', failed: '31', activating: '33', deactivating: '33', inactive: '' }[unit.state];
    return colored && color !== '' ? `\x1b[0;1;${color}m${text}\x1b[0m` : text;
  };
  const dot = { active: '●', failed: '×', activating: '●', deactivating: '●', inactive: '○' }[unit.state];
  const result =
    unit.lastStatus && ['failed', 'activating'].includes(unit.state)
      ? ` (Result: ${unit.lastStatus.kind === 'exited' ? 'exit-code' : 'signal'})`
      : '';
  const command = unit.argv.join(' ');
  const name = unit.argv[0]?.split('/').at(-1) ?? '';
  const when =
    unit.since > 0
      ? ` since ${formatTime('%a %Y-%m-%d %H:%M:%S UTC', unit.since, UTC)}; ${ago(tool.p.now - unit.since)}`
      : '';
  tool.put(`${paint(dot)} ${unit.name} - ${options.description}\n`);
  tool.put(
    unit.masked
      ? `     Loaded: masked (Reason: Unit ${unit.name} is masked.)\n`
      : `     Loaded: loaded (${options.path}; ${fileState(unit)}; preset: enabled)\n`,
  );
  const dropIns = options.dropIns ?? [];
  const [firstDropIn] = dropIns;
  if (firstDropIn !== undefined) {
    tool.put(`    Drop-In: ${firstDropIn.slice(0, firstDropIn.lastIndexOf('/'))}\n`);
    tool.put(`             └─${dropIns.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(', ')}\n`);
  }
  tool.put(`     Active: ${paint(`${unit.state} (${subState(unit)})${result}`)}${when}\n`);
  if (process?.ended && unit.state !== 'active' && unit.since > process.startTime)
    tool.put(`   Duration: ${span(unit.since - process.startTime)}\n`);
  if (options.documentation !== undefined) tool.put(`       Docs: ${options.documentation}\n`);
  if (process && !process.ended) {
    tool.put(`   Main PID: ${process.pid} (${name})\n`);
    tool.put(`      Tasks: 12 (limit: 9442)\n`);
    tool.put(`        CPU: ${span(Math.max(1, process.cpuTime))}\n`);
    tool.put(`     CGroup: /system.slice/${unit.name}\n             └─${process.pid} ${command}\n`);
  } else if (process?.ended) {
    tool.put(`    Process: ${process.pid} ExecStart=${command} (${exitText(process.ended)})\n`);
    tool.put(`   Main PID: ${process.pid} (${exitText(process.ended)})\n`);
    tool.put(`        CPU: ${span(Math.max(1, process.cpuTime))}\n`);
  }
  const journal = lines > 0 ? unit.journal.slice(-lines) : [];
  if (journal.length > 0) tool.put('\n');
  for (const entry of journal) tool.put(`${journalLine(tool.p.machine, entry)}\n`);
  return unit.state === 'active' || unit.state === 'activating' ? (unit.state === 'active' ? 0 : 3) : 3;
}

function listUnits(tool: Tool, all: boolean, state: string | undefined, legend: boolean): number {
  const units = tool.p.machine.units
    .all()
    .filter((unit) =>
      state === undefined ? all || unit.state !== 'inactive' : [unit.state, subState(unit)].includes(state),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = units.map((unit) => [unit.name, 'loaded', unit.state, subState(unit), unit.options.description]);
  const header = ['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 4 ? cell.padEnd(widths[i] ?? 0) : cell)).join(' ');
  if (legend && rows.length > 0) tool.put(`  ${line(header)}\n`);
  for (const [i, unit] of units.entries()) tool.put(`${unit.state === 'failed' ? '●' : ' '} ${line(rows[i] ?? [])}\n`);
  if (!legend) return 0;
  if (rows.length > 0)
    tool.put(
      '\nLegend: LOAD   → Reflects whether the unit definition was properly loaded.\n        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.\n        SUB    → The low-level unit activation state, values depend on unit type.\n\n',
    );
  tool.put(
    `${rows.length} loaded units listed.${all ? '' : ' Pass --all to see loaded but inactive units, too.'}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`,
  );
  return 0;
}

function listUnitFiles(tool: Tool): number {
  const units = [...tool.p.machine.units.all()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(9, ...units.map((unit) => unit.name.length));
  tool.put(`${'UNIT FILE'.padEnd(width)} STATE    PRESET\n`);
  for (const unit of units) tool.put(`${unit.name.padEnd(width)} ${fileState(unit).padEnd(8)} enabled\n`);
  tool.put(`\n${units.length} unit files listed.\n`);
  return 0;
}

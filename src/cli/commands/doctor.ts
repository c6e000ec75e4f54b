import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dataFolder } from '../../course/storage/data-folder.ts';
import { VERSION } from '../../course/version.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly detail: string;
}

const SMALLEST = { columns: 80, rows: 24 };
const ROOM = 20_000_000;

/** `kubetutor doctor`: 0 when all is well. */
export function doctor(): number {
  const say = cliMessages();
  const findings = [node(), terminal(), size(), encoding(), folder()];
  process.stdout.write(`kubetutor ${VERSION}\n`);
  for (const { ok, what, detail } of findings) process.stdout.write(`${ok ? '✓' : '✗'} ${what}: ${detail}\n`);
  const good = findings.every((finding) => finding.ok);
  process.stdout.write(`${good ? say.doctor.good : say.doctor.bad}\n`);
  return good ? 0 : 1;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 18);
  return { ok, what: 'Node.js', detail: `${process.versions.node} (>= 20.18)` };
}

function terminal(): Finding {
  const both = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const term = process.env['TERM'] ?? '';
  const ok = both && term !== 'dumb' && term !== '';
  return {
    ok,
    what: 'terminal',
    detail: `${both ? 'TERM' : 'stdin or stdout is no terminal; TERM'}=${term || '(none)'}`,
  };
}

function size(): Finding {
  const { columns = 0, rows = 0 } = process.stdout;
  const ok = columns >= SMALLEST.columns && rows >= SMALLEST.rows;
  return { ok, what: 'size', detail: `${columns}x${rows} (>= ${SMALLEST.columns}x${SMALLEST.rows})` };
}

function encoding(): Finding {
  const locale = process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '';
  const ok = process.platform === 'win32' || /utf-?8/i.test(locale);
  return { ok, what: 'UTF-8', detail: `${locale || '(no locale)'}; language ${cliLanguage()}` };
}

function folder(): Finding {
  const place = dataFolder();
  try {
    if (!existsSync(place)) mkdirSync(place, { recursive: true });
    accessSync(place, constants.W_OK);
    const { bavail, bsize } = statfsSync(place);
    const free = bavail * bsize;
    return { ok: free > ROOM, what: 'saves', detail: `${place} (${Math.floor(free / 1_000_000)} MB free)` };
  } catch (error) {
    return { ok: false, what: 'saves', detail: error instanceof Error ? error.message : place };
  }
}

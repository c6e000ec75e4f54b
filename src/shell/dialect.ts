/**
 * Which shell's words are spoken: `bash`; `ash`, the sh of busybox images; `dash`, the sh of Debian and Ubuntu.
 * The grammar understood is bash's in all three.
 */
export type Dialect = 'bash' | 'ash' | 'dash';

/** Where a message comes from. */
export interface Speaker {
  /** `$0` */
  readonly name: string;
  readonly line: number;
  readonly interactive: boolean;
  /** The commands come from a file and not from `-c` or standard input. */
  readonly file: boolean;
  /** The builtin that complains. */
  readonly builtin: string | undefined;
}

/** A message of bash and how the dialect says it; `$1` is the group. */
type Translation = readonly [pattern: RegExp, ash: string | undefined, dash: string | undefined];

// busybox: shell/ash.c, coreutils/test.c, shell/math.c; dash: src/{error,expand,var,cd,trap,jobs}.c, bltin/test.c
const TRANSLATIONS: readonly Translation[] = [
  [/^(.+): command not found$/s, '$1: not found', '$1: not found'],
  [/^\$?(.+): unbound variable$/s, '$1: parameter not set', '$1: parameter not set'],
  [/^(.+): readonly variable$/s, '$1: is read only', '$1: is read only'],
  [/^(.+): division by 0 \(.*$/s, 'divide by zero', 'arithmetic expression: division by zero: "$1"'],
  [
    /^(.+): syntax error.*\(error token is .*$/s,
    'arithmetic syntax error',
    'arithmetic expression: expecting primary: "$1"',
  ],
  [/^.+: bad substitution$/s, 'syntax error: bad substitution', 'Bad substitution'],
  [/^(.+): integer expression expected$/s, '$1: bad number', 'Illegal number: $1'],
  [/^missing `]'$/, 'missing ]', 'missing ]'],
  [/^(.+): binary operator expected$/s, '$1: unknown operand', '$1: unexpected operator'],
  [/^(.+): unary operator expected$/s, '$1: unknown operand', '$1: unexpected operator'],
  [/^(.+): numeric argument required$/s, 'Illegal number: $1', 'Illegal number: $1'],
  [/^-(.): invalid option$/, 'illegal option -$1', 'Illegal option -$1'],
  [/^(.+): invalid option name$/, 'illegal option -o $1', 'Illegal option -o $1'],
  [/^`(.+)': not a valid identifier$/s, "'$1': bad variable name", '$1: bad variable name'],
  [/^can only be used in a function$/, 'not in a function', 'not in a function'],
  [/^\((.+)\) - No such process$/, "can't kill pid $1: No such process", 'No such process\n'],
  [/^(.+): arguments must be process or job IDs$/s, "invalid number '$1'", 'Illegal number: $1'],
  [/^(.+): octal number out of range$/, 'illegal mode: $1', 'Illegal number: $1'],
];

/** Builtins that are programs of their own in busybox: their messages name nobody. */
const ASH_APPLETS = new Set(['test', '[', 'kill', 'printf', 'ulimit']);
/** Those that are named, but say no line. */
const ASH_WITHOUT_LINE = new Set(['read']);

export function translate(dialect: Dialect, message: string): string {
  if (dialect === 'bash') return message;
  for (const [pattern, ash, dash] of TRANSLATIONS) {
    const replacement = dialect === 'ash' ? ash : dash;
    if (replacement !== undefined && pattern.test(message)) return message.replace(pattern, replacement);
  }
  return message;
}

/** A message with who says it and where, as the dialect lays it out; without the newline. */
export function layOut(dialect: Dialect, speaker: Speaker, message: string): string {
  const { name, line, interactive, file, builtin } = speaker;
  const text = translate(dialect, message);
  if (dialect === 'bash') {
    const where = interactive ? '' : `line ${line}: `;
    return `${name}: ${where}${builtin === undefined ? '' : `${builtin}: `}${text}`;
  }
  if (dialect === 'dash') return `${name}: ${line}: ${builtin === undefined ? '' : `${builtin}: `}${text}`;
  const named = builtin !== undefined && !ASH_APPLETS.has(builtin);
  const silent = builtin !== undefined && (!named || ASH_WITHOUT_LINE.has(builtin));
  const where = !interactive && !silent && (named || file) ? `line ${file ? line : Math.max(0, line - 1)}: ` : '';
  return `${name}: ${named ? `${builtin}: ` : ''}${where}${text}`;
}

/** Builtins that the other shells do not have. */
const BASH_ONLY = [
  'builtin',
  'caller',
  'compgen',
  'complete',
  'compopt',
  'declare',
  'typeset',
  'dirs',
  'disown',
  'enable',
  'bind',
  'help',
  'logout',
  'mapfile',
  'readarray',
  'popd',
  'pushd',
  'shopt',
  'suspend',
];
const MISSING: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  bash: new Set(),
  ash: new Set(BASH_ONLY),
  dash: new Set([...BASH_ONLY, 'source', 'let', 'history']),
};

export function hasBuiltin(dialect: Dialect, name: string): boolean {
  return !MISSING[dialect].has(name);
}

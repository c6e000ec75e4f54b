/**
 * Which shell's words are spoken: `bash`; `ash`, the sh of busybox images; `dash`, the sh of Debian and Ubuntu.
 * The language understood is bash's in all three.
 */
export type Dialect = 'bash' | 'ash' | 'dash';

export interface Wording {
  /** The prefix of a message: who speaks, and where. */
  prefix(name: string, line: number, interactive: boolean): string;
  commandNotFound(command: string): string;
}

const bash: Wording = {
  prefix: (name, line, interactive) => (interactive ? `${name}: ` : `${name}: line ${line}: `),
  commandNotFound: (command) => `${command}: command not found`,
};

// busybox: shell/ash.c ash_vmsg
const ash: Wording = {
  prefix: (name, line, interactive) => (interactive || line <= 1 ? `${name}: ` : `${name}: line ${line}: `),
  commandNotFound: (command) => `${command}: not found`,
};

// dash: src/error.c exvwarning2
const dash: Wording = {
  prefix: (name, line) => `${name}: ${line}: `,
  commandNotFound: (command) => `${command}: not found`,
};

export const WORDINGS: Readonly<Record<Dialect, Wording>> = { bash, ash, dash };

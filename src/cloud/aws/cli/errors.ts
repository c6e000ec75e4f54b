const HELP = `To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
`;
export const USAGE = `usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n${HELP}`;

/** Ends the client: what goes to standard error between two newlines, and the exit status. awscli: errorhandler.py */
export class CliError extends Error {
  constructor(
    message: string,
    /** 252 wrong usage, 253 configuration, 254 the service's error, 255 anything else. */
    readonly status: number,
  ) {
    super(message);
  }
}

/** argparse's errors. */
export function usageError(message: string): CliError {
  return new CliError(`${USAGE}\naws: error: ${message}\n`, 252);
}

/** A first parser looks for these two only. awscli: clidriver.py, FirstPassGlobalArgParser */
const FIRST_USAGE = 'usage: aws [-h] [--profile PROFILE] [--debug]\n';
export const FIRST_HELP = `${FIRST_USAGE}
options:
  -h, --help         show this help message and exit
  --profile PROFILE
  --debug
`;

export function firstPassError(message: string): CliError {
  return new CliError(`${FIRST_USAGE}\naws: error: ${message}\n`, 252);
}

/** The first word that is no option comes last: it might have been `help`. awscli: clidriver.py, ServiceOperation */
export function unknownOptions(words: readonly string[]): CliError {
  const first = words.findIndex((word) => !word.startsWith('-'));
  const listed = first < 0 ? words : [...words.filter((_, index) => index !== first), words[first]];
  return new CliError(`${USAGE}\nUnknown options: ${listed.join(', ')}\n`, 252);
}

/** Commands that the client has beside the services' operations leave out the usage. awscli: customizations/commands.py */
export function unknownToCommand(words: readonly string[]): CliError {
  return new CliError(`Unknown options: ${words.join(',')}`, 252);
}

export function parameterError(name: string, message: string): CliError {
  return new CliError(`Error parsing parameter '${name}': ${message}`, 252);
}

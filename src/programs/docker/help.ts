import { COMMON_HELP } from './help/common.ts';
import { MORE_HELP } from './help/more.ts';

/** The text of `docker COMMAND --help` by command, '' for docker's own. */
export const HELP: Readonly<Record<string, string>> = { ...COMMON_HELP, ...MORE_HELP };

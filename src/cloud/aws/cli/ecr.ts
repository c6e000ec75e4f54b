import type { Task } from '../../../world/task.ts';
import { objectsOf, textOf } from '../params.ts';
import { CliError, unknownToCommand } from './errors.ts';
import { commandHelp } from './help.ts';
import type { Session } from './session.ts';

/** `aws ecr get-login-password`: what `docker login --password-stdin` reads. awscli: customizations/ecr.py */
export function* getLoginPassword(session: Session, words: readonly string[]): Task<number> {
  const { process } = session;
  if (words[0] === 'help') return yield* commandHelp(process, 'get-login-password', []);
  if (words.length > 0) throw unknownToCommand(words);
  const answer = yield* session.client('ecr').call('ecr', 'GetAuthorizationToken');
  const [data] = objectsOf(answer, 'authorizationData');
  const token = textOf(data ?? {}, 'authorizationToken');
  if (token === undefined) throw new CliError("'authorizationToken'", 255);
  yield* process.print(`${atob(token).replace(/^AWS:/, '')}\n`);
  return 0;
}

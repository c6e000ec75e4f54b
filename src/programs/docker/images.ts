import type { Task } from '../../world/task.ts';
import { humanBytes } from '../containers/runtime.ts';
import { type Context, each, listText } from './context.ts';
import { daemonError } from './engine.ts';
import { has, needOperands, value } from './flags.ts';
import { familiar } from './names.ts';
import { pullImage } from './pull.ts';

const COLUMNS = {
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  ID: 'IMAGE ID',
  CreatedSince: 'CREATED',
  Size: 'SIZE',
};

/** docker images. When images of the world were built nobody knows: docker shows `N/A` for them. */
export function* images(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 0, 1);
  const [wanted] = line.operands;
  const rows = [...engine.images]
    .map(([full, image]) => {
      const name = familiar(full);
      const tagged = name.lastIndexOf(':') > name.lastIndexOf('/') && !name.includes('@');
      const id = image.digest.replace('sha256:', '');
      return {
        Repository: tagged ? name.slice(0, name.lastIndexOf(':')) : name.replace(/@.*/, ''),
        Tag: tagged ? name.slice(name.lastIndexOf(':') + 1) : '<none>',
        Digest: image.digest,
        ID: has(line, 'no-trunc') ? image.digest : id.slice(0, 12),
        CreatedSince: 'N/A',
        Size: humanBytes(image.size),
      };
    })
    .filter(
      ({ Repository, Tag }) => wanted === undefined || wanted === Repository || wanted === `${Repository}:${Tag}`,
    );
  if (has(line, 'quiet')) {
    yield* process.print(rows.map(({ ID }) => `${ID}\n`).join(''));
    return 0;
  }
  const shown = ['Repository', 'Tag', ...(has(line, 'digests') ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size'];
  yield* process.print(listText(context, value(line, 'format'), COLUMNS, shown, rows));
  return 0;
}

export function* pull({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1, 1);
  const [text = ''] = line.operands;
  const { full, tag, digest } = engine.reference(text);
  const isQuiet = has(line, 'quiet');
  const untagged = tag === 'latest' && digest === '' && !text.endsWith(':latest');
  if (untagged && !isQuiet) yield* process.print('Using default tag: latest\n');
  yield* pullImage(process, engine, text, isQuiet ? undefined : 1);
  yield* process.print(`${full}\n`);
  return 0;
}

export function* rmi(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 1);
  return yield* each(context, function* (text) {
    const image = engine.findImage(text);
    if (!image) throw daemonError(`No such image: ${familiar(engine.reference(text).full)}`);
    const full = [...engine.images].find(([, one]) => one === image)?.[0] ?? '';
    const user = engine.containers.find((one) => one.plan.image === image);
    if (user && (user.running || !has(line, 'force'))) {
      const force = has(line, 'force') ? 'cannot be forced' : 'must force';
      throw daemonError(
        `conflict: unable to remove repository reference "${text}" (${force}) - container ${user.shortId} is using its referenced image ${image.digest.slice(7, 19)}`,
      );
    }
    engine.images.delete(full);
    yield* process.print(`Untagged: ${familiar(full)}\nDeleted: ${image.digest}\n`);
  });
}

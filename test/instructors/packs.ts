import { packFiles } from '../../src/cli/templates/pack.ts';
import { packFrom } from './synthetic.ts';

/** The pack that `kubetutor new pack` begins with, changed by `change`. */
export function templatePack(id = 'week1', change: (text: string) => string = (text) => text) {
  return packFrom(Object.fromEntries([...packFiles(id, 'en')].map(([name, text]) => [name, change(text)])));
}

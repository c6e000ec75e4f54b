import type { Command } from '../../command/command.ts';
import { setEnv } from './env.ts';
import { setImage } from './image.ts';
import { setSelector, setServiceAccount, setSubject } from './others.ts';
import { setResources } from './resources.ts';

export const set: Command = {
  name: 'set',
  use: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  helpTo: 'stderr',
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
};

import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';

const APPLET = /^busybox\//;

/** The busybox binary: `busybox ls -l`; its applets are the programs `busybox/NAME`, and `sh` is ash. */
export const busybox: Program = {
  name: 'busybox',
  *main(process: Process): Task<number> {
    const [, name, ...args] = process.argv;
    const { programs } = process.machine.world;
    const applets = [
      ...programs
        .names()
        .filter((one) => APPLET.test(one))
        .map((one) => one.replace(APPLET, '')),
      ...(programs.get('ash') ? ['ash', 'sh'] : []),
    ].sort();
    if (name === undefined || name === '--help') {
      yield* process.print(
        `BusyBox v1.37.0 () multi-call binary.\nBusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n\nCurrently defined functions:\n${wrapped(applets)}\n`,
      );
      return 0;
    }
    if (name === '--list') {
      yield* process.print(`${applets.join('\n')}\n`);
      return 0;
    }
    const applet =
      programs.get(name === 'sh' ? 'ash' : `busybox/${name}`) ?? (name === 'ash' ? programs.get('ash') : undefined);
    if (!applet) {
      yield* process.printError(`${name}: applet not found\n`);
      return 127;
    }
    process.argv = [name, ...args];
    try {
      return yield* applet.main(process);
    } catch (error) {
      if (error instanceof Errno && error.code === 'ENOENT') return 127;
      throw error;
    }
  },
};

function wrapped(names: readonly string[]): string {
  let text = '';
  let line = '\t';
  names.forEach((name, i) => {
    const word = name + (i < names.length - 1 ? ', ' : '');
    if (line.length + word.length > 72) {
      text += `${line.trimEnd()}\n`;
      line = '\t';
    }
    line += word;
  });
  return text + line;
}

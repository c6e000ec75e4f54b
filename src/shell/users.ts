import { Errno } from '../world/errno.ts';
import type { Process } from '../world/process.ts';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** The lines of the machine's /etc/passwd. */
export function users(process: Pick<Process, 'machine'>): User[] {
  try {
    const text = process.machine.files.readText('/etc/passwd');
    return text.split('\n').flatMap((line) => {
      const [name, , uid, gid, , home = '/', shell = '/bin/sh'] = line.split(':');
      return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }] : [];
    });
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

export function findUser(process: Process, who: string | number): User | undefined {
  return users(process).find((user) => (typeof who === 'number' ? user.uid : user.name) === who);
}

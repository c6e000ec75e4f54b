import { Errno } from '../../world/errno.ts';
import type { Machine } from '../../world/machine.ts';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

function records(machine: Machine, path: string): string[][] {
  try {
    return machine.files
      .readText(path)
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(':'));
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/** /etc/passwd of a machine. */
export function usersOf(machine: Machine): User[] {
  return records(machine, '/etc/passwd').map(([name = '', , uid, gid, , home = '/', shell = '/bin/sh']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
    shell,
  }));
}

/** /etc/group of a machine. */
export function groupsOf(machine: Machine): Group[] {
  return records(machine, '/etc/group').map(([name = '', , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter(Boolean),
  }));
}

export function userName(machine: Machine, uid: number): string {
  return usersOf(machine).find((user) => user.uid === uid)?.name ?? (uid === 0 ? 'root' : String(uid));
}

export function groupName(machine: Machine, gid: number): string {
  return groupsOf(machine).find((group) => group.gid === gid)?.name ?? (gid === 0 ? 'root' : String(gid));
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { BuiltWorld } from '../course/world-source.ts';
import { joinPath } from '../world/files/paths.ts';

/** Copies a file or folder of the host into the workstation; the learner owns it. Raises what node:fs and the world raise. */
export function copyIn(built: BuiltWorld, host: string, to: string): void {
  const { learner, workstation } = built;
  const { uid, gid } = learner.credentials;
  const target = joinPath(learner.home, to.replace(/^~(?=\/|$)/, learner.home));
  const own = (file: string) => workstation.files.chown(file, uid, gid);
  const parent = target.slice(0, target.lastIndexOf('/')) || '/';
  for (const [index] of parent.split('/').entries()) {
    const folder = parent
      .split('/')
      .slice(0, index + 1)
      .join('/');
    if (folder === '' || workstation.files.exists(folder)) continue;
    workstation.files.makeDirectory(folder);
    own(folder);
  }
  const copy = (from: string, into: string) => {
    const stat = statSync(from);
    if (!stat.isDirectory()) {
      workstation.files.writeFile(into, readFileSync(from));
      workstation.files.chmod(into, stat.mode & 0o777);
      own(into);
      return;
    }
    if (!workstation.files.exists(into)) workstation.files.makeDirectory(into);
    own(into);
    for (const name of readdirSync(from).sort()) copy(path.join(from, name), `${into}/${name}`);
  };
  copy(host, target);
}

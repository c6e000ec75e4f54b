import { programOf } from '../shell/utilities/utility.ts';
import type { Program } from '../world/program.ts';
import { curl } from './http/curl.ts';
import { nginx } from './nginx/nginx.ts';
import { ssh } from './ssh/ssh.ts';
import { su, sudo } from './sudo/sudo.ts';
import { journalctl } from './systemd/journalctl.ts';
import { systemctl } from './systemd/systemctl.ts';

/** What runs on machines and is neither Kubernetes nor part of the shell: one line a program. */
export const programs: readonly Program[] = [
  curl,
  nginx,
  programOf(journalctl, 'gnu'),
  programOf(systemctl, 'gnu'),
  ssh,
  su,
  sudo,
];

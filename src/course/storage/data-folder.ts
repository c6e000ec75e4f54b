import os from 'node:os';
import path from 'node:path';

/** Where an application keeps its data, by the rules of each system. KUBETUTOR_HOME wins over all of them. */
export function dataFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  home: string = os.homedir(),
): string {
  const own = env['KUBETUTOR_HOME'];
  if (own) return path.resolve(own);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'kubetutor');
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'), 'kubetutor', 'Data');
  return path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'kubetutor');
}

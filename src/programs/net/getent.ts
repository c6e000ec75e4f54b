import type { Tool } from '../../shell/utilities/tool.ts';
import { groupsOf, usersOf } from '../../shell/utilities/users.ts';
import { utility } from '../../shell/utilities/utility.ts';
import type { Task } from '../../world/task.ts';
import { candidates, resolverConfig } from './dns.ts';
import { askServers, reverseName } from './nslookup.ts';
import { isAddress } from './resolve.ts';

/** getent(1): hosts, ahosts, passwd, group. */
export const getent = utility({
  name: 'getent',
  usage: '[OPTION...] database [key ...]',
  about: 'Get entries from administrative database.',
  options: ['-s --service=', '-i --no-idn'],
  *run(tool, options) {
    const [database = '', ...keys] = options.operands;
    let status = 0;
    if (database === 'hosts' || database === 'ahosts' || database === 'ahostsv4') {
      for (const key of keys) {
        const found = yield* findHost(tool, key);
        if (found.length === 0) status = 2;
        for (const [address, name] of found) {
          if (database === 'hosts') tool.put(`${address.padEnd(15)} ${name}\n`);
          else
            for (const [index, kind] of ['STREAM', 'DGRAM', 'RAW'].entries())
              tool.put(`${address.padEnd(15)} ${kind}${index === 0 ? ` ${name}` : ''}\n`);
        }
      }
      return status;
    }
    if (database !== 'passwd' && database !== 'group') {
      yield* tool.complain(
        `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`,
      );
      return 1;
    }
    const path = `/etc/${database}`;
    const lines = tool.tryStat(path) ? tool.files.readText(path).split('\n').filter(Boolean) : [];
    if (keys.length === 0) for (const line of lines) tool.put(`${line}\n`);
    for (const key of keys) {
      const known =
        database === 'passwd'
          ? usersOf(tool.p.machine).find((user) => user.name === key || String(user.uid) === key)?.name
          : groupsOf(tool.p.machine).find((group) => group.name === key || String(group.gid) === key)?.name;
      const line = lines.find((one) => known !== undefined && one.startsWith(`${known}:`));
      if (line === undefined) status = 2;
      else tool.put(`${line}\n`);
    }
    return status;
  },
});

/** Address and canonical name, by /etc/hosts and then DNS. */
function* findHost(tool: Tool, key: string): Task<[string, string][]> {
  const hosts = tool.tryStat('/etc/hosts') ? tool.files.readText('/etc/hosts') : '';
  for (const line of hosts.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address && (names.includes(key) || address === key)) return [[address, names.join(' ')]];
  }
  const config = resolverConfig(tool.p);
  const type = isAddress(key) ? 'PTR' : 'A';
  for (const candidate of type === 'PTR' ? [reverseName(key)] : candidates(key, config)) {
    const result = yield* askServers(tool, config, candidate, type);
    if ('problem' in result) break;
    const records = result.message.answers.filter((record) => record.type === type);
    if (records.length > 0)
      return records.map((record) => (type === 'PTR' ? [key, record.value] : [record.value, record.name]));
  }
  return [];
}

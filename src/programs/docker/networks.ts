import type { Task } from '../../world/task.ts';
import { show } from './containers.ts';
import { type Context, each, listText } from './context.ts';
import { DockerError, has, needOperands, value, values } from './flags.ts';
import { inspectNetwork } from './inspect.ts';

const COLUMNS = { ID: 'NETWORK ID', Name: 'NAME', Driver: 'DRIVER', Scope: 'SCOPE' };

export function* list(context: Context): Task<number> {
  const { process, engine, line } = context;
  needOperands(line, 0, 0);
  const networks = [...engine.networks].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (has(line, 'quiet')) {
    yield* process.print(networks.map(({ id }) => `${id.slice(0, 12)}\n`).join(''));
    return 0;
  }
  const rows = networks.map(({ id, name, driver }) => ({
    ID: has(line, 'no-trunc') ? id : id.slice(0, 12),
    Name: name,
    Driver: driver,
    Scope: 'local',
  }));
  yield* process.print(listText(context, value(line, 'format'), COLUMNS, Object.keys(COLUMNS), rows));
  return 0;
}

export function* inspect(context: Context): Task<number> {
  const { engine, line, process } = context;
  needOperands(line, 1);
  const find = (text: string) => {
    const network = engine.networks.find(({ name, id }) => name === text || (text.length > 3 && id.startsWith(text)));
    return network && inspectNetwork(engine, network);
  };
  return yield* show(context, find, (text) => `Error response from daemon: network ${text} not found`, process);
}

export function* create({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1, 1);
  const driver = value(line, 'driver') ?? 'bridge';
  if (driver !== 'bridge') throw new DockerError(`kubetutor does not model networks of the driver ${driver}`);
  const options: Record<string, string> = {};
  for (const text of values(line, 'opt')) {
    const [key = '', given = ''] = text.split(/=(.*)/s);
    options[key] = given;
  }
  const [name = ''] = line.operands;
  const bridge = options['com.docker.network.bridge.name'];
  const network = engine.addNetwork(name, 'bridge', value(line, 'subnet'), bridge, options);
  yield* process.print(`${network.id}\n`);
  return 0;
}

export function* connect({ engine, line }: Context): Task<number> {
  needOperands(line, 2, 2);
  const [network = '', container = ''] = line.operands;
  engine.connect(engine.network(network), engine.container(container));
  return yield* done();
}

export function* disconnect({ engine, line }: Context): Task<number> {
  needOperands(line, 2, 2);
  const [network = '', container = ''] = line.operands;
  engine.disconnect(engine.network(network), engine.container(container));
  return yield* done();
}

export function* remove(context: Context): Task<number> {
  needOperands(context.line, 1);
  return yield* each(context, function* (text) {
    context.engine.removeNetwork(text);
    yield* context.process.print(`${text}\n`);
  });
}

function* done(): Task<number> {
  return 0;
}

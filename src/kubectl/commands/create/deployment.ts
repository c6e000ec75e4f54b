import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { int32, stringSlice } from '../../flags/index.ts';
import { generatorCommand } from './generator.ts';

export const createDeployment = generatorCommand({
  name: 'deployment',
  aliases: ['deploy'],
  use: 'deployment NAME --image=image -- [COMMAND] [args...]',
  short: 'Create a deployment with the specified name',
  examples: `# Three pods that run nginx
kubectl create deployment web --image=nginx --replicas=3

# A command of one's own
kubectl create deployment clock --image=busybox -- sh -c 'while date; do sleep 5; done'`,
  flags: [
    stringSlice('image', 'Image names to run. A deployment can have several image to make containers from.', {
      required: true,
    }),
    int32('port', -1, 'The containerPort that this deployment exposes.'),
    int32('replicas', 1, 'Number of replicas to create. Default is 1.', { shorthand: 'r' }),
  ],
  plural: 'deployments',
  namespaced: true,
  failure: 'failed to create deployment:',
  object(invocation, name): JsonObject {
    const { flags } = invocation;
    const images = flags.list('image');
    const command = invocation.args.slice(1);
    if (images.length > 1 && command.length > 0)
      throw new KubectlError('cannot specify multiple --image options and command');
    const labels = { app: name };
    const containers = images.map(
      (image): Json => ({
        name: containerName(invocation, image),
        image,
        ...(command.length > 0 ? { command: [...command] } : {}),
        ...(flags.number('port') >= 0 && images[0] === image
          ? { ports: [{ containerPort: flags.number('port') }] }
          : {}),
        resources: {},
      }),
    );
    return {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name, labels },
      spec: {
        replicas: flags.number('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
        strategy: {},
      },
      status: {},
    };
  },
});

/**
 * The last word of an image's name without tag and digest. One with `_` or `.` has `-` for them and ends with chance.
 * kubernetes: kubectl/pkg/cmd/create buildPodSpec, sanitizeAndUniquify
 */
function containerName({ process }: Invocation, image: string): string {
  let name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  if (colon >= 0) name = name.slice(0, colon);
  const at = name.indexOf('@');
  if (at >= 0) name = name.slice(0, at);
  return /[_.]/.test(name) ? `${name.replace(/[_.]/g, '-')}-${process.machine.world.random.suffix(5)}` : name;
}

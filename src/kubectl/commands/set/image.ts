import type { Command } from '../../command/command.ts';
import { dryRunOf } from '../../dry-run.ts';
import { KubectlError, SeveralErrors } from '../../errors.ts';
import { printerFor } from '../../printing.ts';
import { resourcesAndPairs } from '../pairs.ts';
import { mapContainers, podSpecOf, withPodSpec } from './pod-template.ts';
import { applyChanges, setFlags, setInfos } from './run.ts';

export const setImage: Command = {
  name: 'image',
  use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  long: `Update existing container image(s) of resources.

 Possible resources include (case insensitive):

        pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs)`,
  examples: `# The image of one container
kubectl set image deployment/web nginx=nginx:1.27

# Of every container
kubectl set image deployment/web *=nginx:1.27`,
  flags: setFlags('image'),
  *run(invocation) {
    const { flags } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'image updated', dryRun);
    const { resources, pairs } = resourcesAndPairs(invocation.args, 'image');
    const images = new Map<string, string>();
    const invalid = pairs.filter((pair) => pair.indexOf('=') <= 0);
    if (invalid.length > 0) throw new KubectlError(`invalid image format: ${invalid.join(', ')}`);
    for (const pair of pairs) images.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    const infos = yield* setInfos(invocation, resources);
    const problems: Error[] = [];
    if (flags.bool('all') && flags.string('selector') !== '')
      problems.push(new KubectlError('cannot set --all and --selector at the same time'));
    if (resources.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '')
      problems.push(
        new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>'),
      );
    if (images.size === 0) problems.push(new KubectlError('at least one image update is required'));
    else if (images.size > 1 && images.has('*'))
      problems.push(
        new KubectlError(
          'all containers are already specified by *, but saw more than one container_name=container_image pairs',
        ),
      );
    if (flags.bool('local') && dryRun === 'server')
      problems.push(new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?'));
    if (problems.length > 0) throw new SeveralErrors(problems);
    const errors: Error[] = [];
    yield* applyChanges(invocation, infos, {
      printer,
      dryRun,
      failure: 'failed to patch image update to pod template:',
      errors,
      change(object) {
        let spec = podSpecOf(object);
        for (const [name, image] of images) {
          const result = mapContainers(
            spec,
            (one) => name === '*' || one === name,
            (container) => ({ ...container, image }),
          );
          if (result.count === 0)
            errors.push(new KubectlError(`error: unable to find container named ${JSON.stringify(name)}`));
          spec = result.spec;
        }
        return withPodSpec(object, spec);
      },
    });
  },
};

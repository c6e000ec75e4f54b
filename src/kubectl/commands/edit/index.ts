import type { Command } from '../../command/command.ts';
import { fieldManagerFlag, filenameFlags, printFlags, validateFlag } from '../../common-flags.ts';
import { KubectlError } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import { recordFlag } from '../../record.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { editLive } from './modes.ts';
import { editObjects } from './session.ts';

/** kubernetes: kubectl/pkg/cmd/util/editor/editoptions.go */
export const edit: Command = {
  name: 'edit',
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  long: 'Edit a resource with the editor of KUBE_EDITOR or EDITOR, or with vi.\n\n What cannot be saved is opened again with the reason in comments.',
  examples: `# A service
kubectl edit svc/registry

# With another editor
KUBE_EDITOR="nano" kubectl edit svc/registry`,
  flags: [
    fieldManagerFlag('kubectl-edit'),
    ...filenameFlags('Files that name the resource to edit'),
    bool('output-patch', false, 'Output the patch if the resource is edited.'),
    ...printFlags(),
    recordFlag,
    bool('save-config', false, 'Keep the configuration in an annotation of the object.'),
    string('subresource', '', 'If specified, edit will operate on the subresource of the requested object.'),
    validateFlag,
    bool('windows-line-endings', false, 'Defaults to the line ending native to your platform.'),
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const resources = yield* findByFlags(factory, flags, {
      args,
      subresource: flags.string('subresource'),
      allowEmptySelector: true,
      continueOnError: true,
      flatten: true,
      latest: true,
    });
    const infos = yield* resources.infos();
    if (infos.length === 0) throw new KubectlError('edit cancelled, no objects found');
    yield* editObjects(invocation, infos, editLive);
  },
};

import { toSeconds } from '../../cluster/apimachinery/time.ts';
import type { Command } from '../command/command.ts';
import { filenameFlags, printFlags } from '../common-flags.ts';
import { KubectlError } from '../errors.ts';
import { bool } from '../flags/index.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { printerFor, printObject } from '../printing.ts';
import { findResources, readObject } from '../resource/builder.ts';
import { replaceObject } from '../resource/helper.ts';
import { mappingOf } from '../resource/info.ts';

/** kubernetes: kubectl/pkg/cmd/certificates/certificates.go */
function decide(name: string, type: 'Approved' | 'Denied', opposite: 'Approved' | 'Denied', reason: string): Command {
  const verb = type.toLowerCase();
  return {
    name,
    use: `${name} (-f FILENAME | NAME)`,
    short: type === 'Approved' ? 'Approve a certificate signing request' : 'Deny a certificate signing request',
    flags: [
      ...filenameFlags('Files that name the requests'),
      bool('force', false, 'Update the CSR even if it is already decided.'),
      ...printFlags(),
    ],
    *run(invocation) {
      const { args, flags, factory, process } = invocation;
      if (args.length === 0 && flags.list('filename').length === 0)
        throw new KubectlError('one or more CSRs must be specified as <name> or -f <filename>');
      const resources = yield* findResources(factory, {
        args: args.length === 0 ? [] : ['certificatesigningrequests.certificates.k8s.io', ...args],
        filenames: flags.list('filename'),
        namespace: factory.namespace().name,
        continueOnError: true,
        flatten: true,
        latest: true,
      });
      yield* resources.visit(function* (info) {
        let object = yield* readObject(factory, info);
        const conditions = listAt(object, 'status', 'conditions');
        if (conditions.some((one) => one['type'] === opposite))
          throw new KubectlError(`certificate signing request ${JSON.stringify(info.name)} is already ${opposite}`);
        if (!conditions.some((one) => one['type'] === type) || flags.bool('force')) {
          const condition = {
            type,
            status: 'True',
            reason,
            message: `This CSR was ${verb} by kubectl certificate ${name}.`,
            lastUpdateTime: toSeconds(process.now),
          };
          const others = conditions.filter((one) => one['type'] !== type);
          const status = { ...objectAt(object, 'status'), conditions: [...others, condition] };
          const changed = { ...object, status };
          object = yield* replaceObject(factory.client(), mappingOf(info), '', info.name, changed, [], 'approval');
        }
        yield* printObject(invocation, printerFor(invocation, verb), { ...object, kind: textAt(object, 'kind') });
      });
    },
  };
}

export const certificate: Command = {
  name: 'certificate',
  use: 'certificate SUBCOMMAND',
  short: 'Modify certificate resources',
  long: 'Modify certificate resources.',
  helpTo: 'stdout',
  helpStatus: 0,
  subcommands: [
    decide('approve', 'Approved', 'Denied', 'KubectlApprove'),
    decide('deny', 'Denied', 'Approved', 'KubectlDeny'),
  ],
};

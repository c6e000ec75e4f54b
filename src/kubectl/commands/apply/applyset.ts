import { sha256 } from '@noble/hashes/sha2.js';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { encode } from '../../../world/bytes.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { type DryRun, writeQuery } from '../../dry-run.ts';
import { KubectlError, SeveralErrors, StatusError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { encodeBase64 } from '../../kubeconfig/base64.ts';
import { apiVersionOf, type Mapping, type RestMapper, resourcePath } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { APPLY_PATCH, deleteObject, objectPath, patchObject } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf, withMetadata } from '../../resource/info.ts';

// Objects that are applied together under a parent, which remembers their kinds and namespaces (KEP-3659, alpha).
// kubernetes: kubectl/pkg/cmd/apply/applyset.go, applyset_pruner.go

const LABEL = 'applyset.kubernetes.io';
const PART_OF = `${LABEL}/part-of`;
const ID = `${LABEL}/id`;
const TOOLING = `${LABEL}/tooling`;
const KINDS = `${LABEL}/contains-group-kinds`;
const NAMESPACES = `${LABEL}/additional-namespaces`;
const IS_PARENT = `${LABEL}/is-parent-type`;
const TOOL = 'kubectl';
const TOOL_VERSION = 'v1.36.4';
const MANAGER = 'kubectl-applyset';
const BUILT_IN = new Set(['/v1, Resource=secrets', '/v1, Resource=configmaps']);

/** Whether the alpha flag exists at all. */
export function applySetsAreOn({ process }: Invocation): boolean {
  return process.env.get('KUBECTL_APPLYSET') === 'true';
}

/** Members of a set: their kinds as `Deployment.apps`, and their namespaces. */
interface Members {
  readonly kinds: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

export class ApplySet {
  private readonly id: string;
  private current: Members = { kinds: new Set(), namespaces: new Set() };

  private constructor(
    private readonly invocation: Invocation,
    private readonly mapper: RestMapper,
    private readonly parent: { readonly mapping: Mapping; readonly namespace: string; readonly name: string },
  ) {
    const { mapping, namespace, name } = parent;
    const digest = sha256(encode([name, namespace, mapping.kind, mapping.group].join('.')));
    const text = encodeBase64(digest).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
    this.id = `applyset-${text}-v1`;
  }

  /** The set that --applyset names. Raises KubectlError. kubernetes: ParseApplySetParentRef */
  static *named(invocation: Invocation, reference: string): Task<ApplySet> {
    const mapper = yield* invocation.factory.mapper();
    const slash = reference.indexOf('/');
    const type = slash < 0 ? 'secrets' : reference.slice(0, slash);
    const name = reference.slice(slash + 1);
    const fail = (why: string) => new KubectlError(`invalid parent reference ${JSON.stringify(reference)}: ${why}`);
    if (name === '') throw fail('name cannot be blank');
    const mapping = mappingOfType(mapper, type, fail);
    const { name: given, enforced } = invocation.factory.namespace();
    // The namespace must be named by a flag: that of the context could be another one next time.
    const namespace = enforced && mapping.namespaced ? given : '';
    return new ApplySet(invocation, mapper, { mapping, namespace, name });
  }

  /** Raises KubectlError, SeveralErrors. kubernetes: ApplySet.Validate */
  *validate(): Task<void> {
    const { mapping, namespace } = this.parent;
    const errors: Error[] = [];
    if (mapping.namespaced && namespace === '')
      errors.push(new KubectlError('namespace is required to use namespace-scoped ApplySet'));
    const resource = `${mapping.group}/${mapping.version}, Resource=${mapping.plural}`;
    if (!BUILT_IN.has(resource) && !(yield* this.isCustomParent()))
      errors.push(new KubectlError(`resource ${JSON.stringify(resource)} is not permitted as an ApplySet parent`));
    if (errors.length === 1 && errors[0]) throw errors[0];
    if (errors.length > 1) throw new SeveralErrors(errors);
  }

  /** Whether a CRD says that its objects may be parents. */
  private *isCustomParent(): Task<boolean> {
    const { mapping } = this.parent;
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const list = yield* this.invocation.factory.client().get(path, [['labelSelector', `${IS_PARENT}=true`]]);
    return listAt(list, 'items').some(
      (one) =>
        textAt(one, 'spec', 'group') === mapping.group &&
        textAt(one, 'spec', 'names', 'plural') === mapping.plural &&
        listAt(one, 'spec', 'versions').some((version) => textAt(version, 'name') === mapping.version),
    );
  }

  /** The object with the label of the set. Raises KubectlError when the file has one of its own. */
  labelled(info: Info): Info {
    const object = objectOf(info);
    const labels = objectAt(object, 'metadata', 'labels');
    if (labels[PART_OF] !== undefined)
      throw new KubectlError(`ApplySet label ${JSON.stringify(PART_OF)} already set in input data`);
    return { ...info, object: withMetadata(object, { labels: { ...labels, [PART_OF]: this.id } }) };
  }

  /** Reads the parent and has it remember what will be applied beside what was. Raises KubectlError, StatusError. kubernetes: BeforeApply */
  *beforeApply(infos: readonly Info[], dryRun: DryRun): Task<void> {
    this.current = yield* this.fetchParent();
    yield* this.updateParent(this.united(this.membersOf(infos)), dryRun);
  }

  /** Deletes members that were not applied now, then has the parent forget them. Raises StatusError. kubernetes: ApplySet.Prune */
  *prune(infos: readonly Info[], kept: ReadonlySet<string>, dryRun: DryRun): Task<void> {
    const client = this.invocation.factory.client();
    const printer = printerFor(this.invocation, 'pruned', dryRun);
    const members = this.membersOf(infos);
    const all = this.united(members);
    const namespaces = [...new Set([...all.namespaces, this.parent.namespace])].filter((name) => name !== '').sort();
    for (const kind of [...all.kinds].sort()) {
      const mapping = this.mappingOfMember(kind);
      for (const namespace of mapping.namespaced ? namespaces : ['']) {
        const query: [string, string][] = [['labelSelector', `${PART_OF}=${this.id}`]];
        const list = yield* client.get(resourcePath(mapping, namespace), query);
        for (const item of listAt(list, 'items')) {
          if (kept.has(textAt(item, 'metadata', 'uid'))) continue;
          if (dryRun !== 'client')
            yield* deleteObject(client, mapping, namespace, textAt(item, 'metadata', 'name'), {
              propagationPolicy: 'Background',
              ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
            });
          const object = { apiVersion: textAt(list, 'apiVersion'), kind: mapping.kind, ...item };
          yield* printObject(this.invocation, printer, object);
        }
      }
    }
    yield* this.updateParent(members, dryRun);
  }

  private united(members: Members): Members {
    return {
      kinds: new Set([...this.current.kinds, ...members.kinds]),
      namespaces: new Set([...this.current.namespaces, ...members.namespaces]),
    };
  }

  private membersOf(infos: readonly Info[]): Members {
    const kindOf = ({ kind, group }: Mapping) => (group === '' ? kind : `${kind}.${group}`);
    const namespaces = infos.filter((info) => mappingOf(info).namespaced).map((info) => info.namespace);
    return { kinds: new Set(infos.map((info) => kindOf(mappingOf(info)))), namespaces: new Set(namespaces) };
  }

  private mappingOfMember(text: string): Mapping {
    const [kind = '', ...group] = text.split('.');
    const found = this.mapper.resources.find((one) => one.kind === kind && one.group === group.join('.'));
    if (found) return found;
    throw new KubectlError(
      `parsing ApplySet annotation on ${JSON.stringify(this.shown)}: could not find mapping for kind in ${JSON.stringify(KINDS)} annotation: no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group.join('.'))}`,
    );
  }

  private get shown(): string {
    const { mapping, name } = this.parent;
    return `${mapping.plural}.${mapping.group}/${name}`;
  }

  /** kubernetes: ApplySet.fetchParent */
  private *fetchParent(): Task<Members> {
    const { mapping, namespace, name } = this.parent;
    const shown = JSON.stringify(this.shown);
    let parent: JsonObject;
    try {
      parent = yield* this.invocation.factory.client().get(objectPath(mapping, namespace, name));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (!error.notFound)
        throw new KubectlError(`failed to fetch ApplySet parent object ${shown} from server: ${error.message}`);
      if (mapping.group !== '')
        throw new KubectlError('custom resource ApplySet parents cannot be created automatically');
      return { kinds: new Set(), namespaces: new Set() };
    }
    const annotation = (key: string) => textAt(parent, 'metadata', 'annotations', key);
    const tooling = annotation(TOOLING);
    if (tooling === '')
      throw new KubectlError(
        `ApplySet parent object ${shown} already exists and is missing required annotation ${JSON.stringify(TOOLING)}`,
      );
    const tool = tooling.split('/')[0] ?? '';
    if (tool !== TOOL)
      throw new KubectlError(
        `ApplySet parent object ${shown} already exists and is managed by tooling ${JSON.stringify(tool)} instead of ${JSON.stringify(TOOL)}`,
      );
    const id = textAt(parent, 'metadata', 'labels', ID);
    if (id === '')
      throw new KubectlError(`ApplySet parent object ${shown} exists and does not have required label ${ID}`);
    if (id !== this.id)
      throw new KubectlError(
        `ApplySet parent object ${shown} exists and has incorrect value for label ${JSON.stringify(ID)} (got: ${id}, want: ${this.id})`,
      );
    const words = (text: string) => new Set(text.split(',').filter((word) => word !== ''));
    return { kinds: words(annotation(KINDS)), namespaces: words(annotation(NAMESPACES)) };
  }

  /** By server-side apply; what others changed is taken at the second try. kubernetes: ApplySet.updateParent */
  private *updateParent({ kinds, namespaces }: Members, dryRun: DryRun): Task<void> {
    if (dryRun === 'client') return;
    const { mapping, namespace, name } = this.parent;
    const others = [...namespaces].filter((one) => one !== namespace && one !== '').sort();
    const object = {
      apiVersion: apiVersionOf(mapping),
      kind: mapping.kind,
      metadata: {
        name,
        ...(namespace === '' ? {} : { namespace }),
        annotations: {
          [TOOLING]: `${TOOL}/${TOOL_VERSION}`,
          [KINDS]: [...kinds].sort().join(','),
          [NAMESPACES]: others.join(','),
        },
        labels: { [ID]: this.id },
      },
    };
    const client = this.invocation.factory.client();
    const send = (force: boolean) =>
      patchObject(client, mapping, namespace, name, APPLY_PATCH, object, [
        ...writeQuery(dryRun, MANAGER),
        ['force', String(force)],
      ]);
    try {
      yield* send(false);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason !== 'Conflict') throw new KubectlError(`failed to update ApplySet: ${error.message}`);
      yield* this.invocation.process.printError(
        `WARNING: failed to update ApplySet: ${error.message}\nApplySet field manager ${MANAGER} should own these fields. Retrying with conflicts forced.\n`,
      );
      yield* send(true);
    }
  }
}

/** kubernetes: apimachinery/pkg/runtime/schema ParseResourceArg, ParseGroupResource */
function mappingOfType(mapper: RestMapper, type: string, fail: (why: string) => KubectlError): Mapping {
  try {
    return mapper.mappingFor(type);
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    const [resource = '', ...group] = type.split('.');
    throw fail(`no matches for ${group.join('.')}/, Resource=${resource}`);
  }
}

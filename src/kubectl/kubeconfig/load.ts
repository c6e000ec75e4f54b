import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import { KubectlError } from '../errors.ts';
import { resolvePath } from '../files.ts';
import { EMPTY_CONFIG, type Entry, type Kubeconfig } from './model.ts';
import { parseKubeconfig } from './parse.ts';

/** Where kubeconfig files are looked for. client-go: clientcmd.ClientConfigLoadingRules */
export interface LoadingRules {
  /** `--kubeconfig`: this file only, and it must be there. */
  readonly explicit: string;
  /** The files that are merged, the first that says something wins. */
  readonly paths: readonly string[];
}

export function loadingRules(process: Process, flag: string): LoadingRules {
  if (flag !== '') return { explicit: flag, paths: [flag] };
  const variable = process.env.get('KUBECONFIG') ?? '';
  const paths = [...new Set(variable.split(':').filter((path) => path !== ''))];
  if (paths.length > 0) return { explicit: '', paths };
  return { explicit: '', paths: [`${process.env.get('HOME') ?? ''}/.kube/config`] };
}

/** Loads and merges. Raises KubectlError. */
export function loadKubeconfig(process: Process, rules: LoadingRules): Kubeconfig {
  if (rules.explicit !== '') {
    try {
      process.machine.files.stat(resolvePath(process, rules.explicit), process.credentials);
    } catch (error) {
      if (error instanceof Errno) throw new KubectlError(`stat ${rules.explicit}: ${error.text.toLowerCase()}`);
      throw error;
    }
  }
  return rules.paths.map((path) => loadFile(process, path)).reduce(merge, EMPTY_CONFIG);
}

/** One file; a missing one is an empty one. Raises KubectlError. */
export function loadFile(process: Process, path: string): Kubeconfig {
  const full = resolvePath(process, path);
  let text: string;
  try {
    text = process.machine.files.readText(full, process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ENOENT') return EMPTY_CONFIG;
    throw new KubectlError(
      `error loading config file ${JSON.stringify(path)}: ${error.code === 'EISDIR' ? 'read' : 'open'} ${path}: ${error.text.toLowerCase()}`,
    );
  }
  return parseKubeconfig(text, full, path);
}

function merge(first: Kubeconfig, second: Kubeconfig): Kubeconfig {
  return {
    clusters: mergeEntries(first.clusters, second.clusters),
    users: mergeEntries(first.users, second.users),
    contexts: mergeEntries(first.contexts, second.contexts),
    currentContext: first.currentContext || second.currentContext,
  };
}

function mergeEntries(first: ReadonlyMap<string, Entry>, second: ReadonlyMap<string, Entry>): Map<string, Entry> {
  return new Map([...second, ...first]);
}

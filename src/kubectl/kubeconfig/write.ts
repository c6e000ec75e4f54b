import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../world/process.ts';
import { resolvePath } from '../files.ts';
import { yamlText } from '../yaml.ts';
import { type LoadingRules, loadFile } from './load.ts';
import { type Entry, INNER, type Kubeconfig, type Section } from './model.ts';

const SECTIONS: readonly Section[] = ['clusters', 'contexts', 'users'];

/** A kubeconfig as it is written: entries by name, empty fields left out. */
export function configObject(config: Kubeconfig): JsonObject {
  const out: JsonObject = { apiVersion: 'v1', kind: 'Config', 'current-context': config.currentContext };
  for (const section of SECTIONS) out[section] = sectionList(config[section], section);
  return out;
}

function sectionList(entries: ReadonlyMap<string, Entry>, section: Section): Json {
  if (entries.size === 0) return null;
  return [...entries.keys()].sort().map((name) => {
    const fields: JsonObject = {};
    for (const [key, value] of Object.entries(entries.get(name)?.fields ?? {}))
      if (value !== '' && value !== false && value !== null) fields[key] = value;
    if (section === 'contexts') for (const key of ['cluster', 'user']) fields[key] ??= '';
    if (section === 'clusters') fields['server'] ??= '';
    return { name, [INNER[section]]: fields };
  });
}

/** The file that takes what is new. client-go: clientcmd GetDefaultFilename */
export function defaultFile(process: Process, rules: LoadingRules): string {
  if (rules.explicit !== '') return rules.explicit;
  const { files } = process.machine;
  const existing = rules.paths.find((path) => files.exists(resolvePath(process, path), process.credentials));
  return existing ?? rules.paths.at(-1) ?? '';
}

/** Writes each change to the file it belongs to. client-go: clientcmd.ModifyConfig */
export function writeChanges(process: Process, rules: LoadingRules, before: Kubeconfig, after: Kubeconfig): void {
  const edits = new Map<string, Kubeconfig>();
  const fallback = defaultFile(process, rules);
  const fileOf = (origin: string) => rules.paths.find((path) => resolvePath(process, path) === origin) ?? fallback;
  const edit = (path: string, change: (config: Kubeconfig) => Kubeconfig) => {
    edits.set(path, change(edits.get(path) ?? loadFile(process, path)));
  };
  for (const section of SECTIONS) {
    for (const [name, entry] of after[section]) {
      const old = before[section].get(name);
      if (old === entry) continue;
      edit(fileOf(old?.origin ?? ''), (config) => ({
        ...config,
        [section]: new Map([...config[section], [name, entry]]),
      }));
    }
    for (const [name, entry] of before[section]) {
      if (after[section].has(name)) continue;
      edit(fileOf(entry.origin), (config) => ({
        ...config,
        [section]: new Map([...config[section]].filter(([other]) => other !== name)),
      }));
    }
  }
  if (before.currentContext !== after.currentContext) {
    const holder = rules.paths.find((path) => loadFile(process, path).currentContext !== '') ?? fallback;
    edit(holder, (config) => ({ ...config, currentContext: after.currentContext }));
  }
  for (const [path, config] of edits) writeFile(process, path, config);
}

function writeFile(process: Process, path: string, config: Kubeconfig): void {
  const full = resolvePath(process, path);
  const directory = full.slice(0, full.lastIndexOf('/')) || '/';
  const { files } = process.machine;
  if (!files.exists(directory, process.credentials)) files.makeDirectories(directory, process.credentials, 0o750);
  files.writeFile(full, yamlText(configObject(config)), process.credentials, 0o600);
}

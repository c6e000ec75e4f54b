import { LineCounter, parseAllDocuments } from 'yaml';
import { apiVersionOf } from '../../cluster/api/resource.ts';
import { servedResources } from '../../cluster/api/schema/served-resources.ts';
import { decodeStream } from '../../cluster/apimachinery/yaml.ts';
import type { SyntaxProblem } from '../../shell/parse/syntax-error.ts';
import { parseUnit } from '../../shell/parse/unit.ts';
import { editDistance } from '../../world/edit-distance.ts';
import { isRecord } from '../input.ts';
import { meant } from './issues.ts';
import { type Lesson, type Step, scriptOf } from './lesson.ts';
import type { Path } from './yaml-positions.ts';

/** What is wrong with a text that lies in lesson.yaml: its place there, and the offset in the text as it was read. */
export interface TextProblem {
  readonly path: Path;
  readonly text: string;
  readonly offset: number;
  readonly message: string;
}

/** Manifests that no cluster takes and scripts that no bash reads, found without playing the lesson. */
export function lintTexts(lesson: Lesson): readonly TextProblem[] {
  return lesson.steps.flatMap((step, index) => [
    ...manifestsOf(step, ['steps', index]).flatMap(({ path, text }) =>
      manifestProblems(text).map((problem) => ({ path, text, ...problem })),
    ),
    ...scriptsOf(step, ['steps', index]).flatMap(({ path, text }) =>
      scriptProblems(text).map((problem) => ({ path, text, ...problem })),
    ),
  ]);
}

interface Placed {
  readonly path: Path;
  readonly text: string;
}

function manifestsOf(step: Step, path: Path): Placed[] {
  return step.setup.flatMap(({ manifest }, at) =>
    manifest === undefined ? [] : [{ path: [...path, 'setup', at, 'manifest'], text: manifest }],
  );
}

function scriptsOf(step: Step, path: Path): Placed[] {
  const checks = (name: 'checks' | 'symptoms') =>
    step[name].flatMap((check, at) => {
      const text = scriptOf(check);
      const within = check.bash === undefined ? ['answer', 'output'] : ['bash', 'script'];
      return text === undefined ? [] : [{ path: [...path, name, at, ...within], text }];
    });
  return [
    ...step.setup.flatMap(({ run }, at) =>
      run === undefined ? [] : [{ path: [...path, 'setup', at, 'run'], text: run }],
    ),
    ...checks('symptoms'),
    ...checks('checks'),
    ...step.solutions.map((text, at) => ({ path: [...path, 'solutions', at], text })),
    ...step.nearMisses.map(({ script }, at) => ({ path: [...path, 'nearMisses', at, 'script'], text: script })),
  ];
}

interface Found {
  readonly offset: number;
  readonly message: string;
}

/** The first thing that bash would stop at. */
function scriptProblems(text: string): Found[] {
  const { problem } = parseUnit(text);
  if (!problem) return [];
  const offset = problem.kind === 'end' ? text.trimEnd().length : problem.pos;
  return [{ offset, message: `bash: ${bashWords(problem)}` }];
}

function bashWords(problem: SyntaxProblem): string {
  if (problem.kind === 'end') return 'syntax error: unexpected end of file';
  if (problem.kind === 'quote') return `unexpected EOF while looking for matching \`${problem.close}'`;
  if (problem.kind === 'conditional') return problem.message;
  return `syntax error near unexpected token \`${problem.token}'`;
}

/** The errors of one text that are told. */
const MOST_ERRORS = 3;

/** What `kubectl apply` would refuse of a manifest: YAML that is none, objects without a kind, kinds that there are not. */
function manifestProblems(text: string): Found[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  const errors = documents.flatMap(({ errors }) => errors.map(({ pos, message }) => ({ offset: pos[0], message })));
  if (errors.length > 0) return errors.slice(0, MOST_ERRORS);
  const refused = clusterRefuses(text, lines);
  if (refused) return [refused];
  return documents.flatMap((document) => {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) return [];
    const offset = document.contents?.range?.[0] ?? 0;
    return objectProblems(value).map((message) => ({ offset, message }));
  });
}

/** What only the cluster's own reader stumbles over. */
function clusterRefuses(text: string, lines: LineCounter): Found | undefined {
  try {
    for (const _ of decodeStream(text));
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
    return { offset: lines.lineStarts[line - 1] ?? 0, message };
  }
}

function objectProblems(value: unknown): string[] {
  if (!isRecord(value)) return ['an object of a manifest is a mapping with apiVersion and kind'];
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') return ['this object has no apiVersion'];
  if (typeof kind !== 'string' || kind === '') return ['this object has no kind'];
  if (kind === 'List' && apiVersion === 'v1') return Array.isArray(items) ? items.flatMap(objectProblems) : [];
  const problem = kindProblem(apiVersion, kind);
  return problem === undefined ? [] : [problem];
}

/** A custom resource's group has a dot; whether the world has its definition, only playing shows. */
function kindProblem(apiVersion: string, kind: string): string | undefined {
  const served = servedResources();
  const here = served.filter((one) => apiVersionOf(one) === apiVersion);
  if (here.some((one) => one.kind === kind)) return undefined;
  const elsewhere = [...new Set(served.filter((one) => one.kind === kind).map(apiVersionOf))];
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  const ours = here.length > 0 || !group.includes('.') || served.some((one) => one.group === group);
  if (!ours && !elsewhere.some((one) => editDistance(one, apiVersion) <= 2)) return undefined;
  const other = elsewhere.length > 0 ? `; it is in ${elsewhere.join(', ')}` : '';
  const kinds = here.map((one) => one.kind);
  return `there is no kind ${kind} in ${apiVersion}${other === '' ? meant(kind, kinds) : other}`;
}

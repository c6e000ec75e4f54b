import fs from 'node:fs';
import { expect, test } from 'vitest';
import { isObject, type JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { asError, describeError } from '../../../src/kubectl/errors.ts';
import { makePrinter, TemplateError } from '../../../src/kubectl/printers/printer.ts';
import { withMetadata } from '../../../src/kubectl/resource/info.ts';
import { parseYaml } from '../../../src/kubectl/yaml.ts';

interface Recorded {
  readonly output: string;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const here = new URL('../fixtures/', import.meta.url);
const recorded: Recorded[] = JSON.parse(fs.readFileSync(new URL('templates.json', here), 'utf8'));
const manifest = parseYaml(fs.readFileSync(new URL('template-manifest.yaml', here), 'utf8'));

/** What `kubectl annotate --local … -o OUTPUT` prints. */
function play(output: string): { exit: number; stdout: string; stderr: string } {
  const object: JsonObject = isObject(manifest) ? withMetadata(manifest, { annotations: { added: 'yes' } }) : {};
  let stdout = '';
  try {
    stdout = makePrinter({
      output,
      outputGiven: true,
      template: '',
      allowMissingKeys: true,
      showManagedFields: false,
      operation: 'annotated',
      readFile: () => '',
    }).print(object);
    return { exit: 0, stdout, stderr: '' };
  } catch (error) {
    if (error instanceof TemplateError) stdout = error.stdout;
    const { text, code } = describeError(asError(error));
    return { exit: code, stdout, stderr: text.endsWith('\n') ? text : `${text}\n` };
  }
}

/** Go walks maps in any order: lines that depend on it are compared as sets of words. */
const UNORDERED = new Set([
  'jsonpath={..name}',
  'jsonpath={..image}',
  'jsonpath={..containerPort}',
  'jsonpath={.spec..name}',
  'jsonpath={..ports[0].containerPort}',
  'jsonpath={.spec.containers[0].*}',
]);

function words(text: string): string {
  return text.split(' ').sort().join(' ');
}

test.each(recorded)('$output', ({ output, exit, stdout, stderr }) => {
  const ours = play(output);
  const tidy = UNORDERED.has(output) ? words : (text: string) => text;
  expect({ exit: ours.exit, stdout: tidy(ours.stdout.slice(0, 600)), stderr: ours.stderr.slice(0, 600) }).toEqual({
    exit,
    stdout: tidy(stdout),
    stderr,
  });
});

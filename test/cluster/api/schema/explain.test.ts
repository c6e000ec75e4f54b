import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { discoveryDocument } from '../../../../src/cluster/api/schema/discovery.ts';
import { type ExplainRequest, explain } from '../../../../src/cluster/api/schema/explain.ts';
import { servedResources } from '../../../../src/cluster/api/schema/served-resources.ts';

interface Recorded extends ExplainRequest {
  args: string;
  text: string;
  error: string;
}

// What kubectl v1.36.4 printed.
const recorded = JSON.parse(readFileSync(new URL('./fixtures/explain.json', import.meta.url), 'utf8')) as Recorded[];
const resources = servedResources().map((resource) => ({ ...resource, strategy: {} }));

it.each(recorded)('kubectl explain $args', (request) => {
  const folder = request.group === '' ? 'api' : `apis/${request.group}`;
  const document = discoveryDocument(`/openapi/v3/${folder}/${request.version}`, resources, '');
  const { text, error } = explain(document, request);
  expect(text).toBe(request.text);
  expect(error ?? '').toBe(request.error);
});

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../errors.ts';
import { textOf, textsOf } from '../params.ts';
import type { Region } from '../region.ts';
import type { Service } from './call.ts';
import { EKS_VERSIONS, imageName, type NodeImage } from './eks/versions.ts';

const PUBLIC = '/aws/service/';
const IMAGES = `${PUBLIC}eks/optimized-ami/`;

interface Parameter {
  readonly value: string;
  readonly at: number;
}

/**
 * The parameters that EKS publishes of its images for nodes: of each release by name, and of the newest one as `recommended`.
 * EKS User Guide: retrieve-ami-id
 */
function imageParameters(): Map<string, Parameter> {
  const all = new Map<string, Parameter>();
  const put = (path: string, image: NodeImage, recommended: boolean) => {
    const at = dayOf(image.release);
    const facts = { image_id: image.ami, image_name: imageName(image), release_version: image.release };
    for (const [name, value] of Object.entries(facts)) all.set(`${path}/${name}`, { value, at });
    if (recommended) all.set(path, { value: JSON.stringify({ schema_version: '2', ...facts }), at });
  };
  for (const { version, images } of EKS_VERSIONS) {
    const folder = `${IMAGES}${version}/amazon-linux-2023/x86_64/standard`;
    for (const image of images) put(`${folder}/${imageName(image)}`, image, false);
    if (images[0]) put(`${folder}/recommended`, images[0], true);
  }
  return all;
}

/** Of `1.36.4-20260818`. */
function dayOf(release: string): number {
  return Date.parse(release.replace(/.*-(....)(..)(..)$/, '$1-$2-$3T09:20:00Z'));
}

let parameters: Map<string, Parameter> | undefined;

/** Raises an error that says so for public parameters that kubetutor does not have; an account has none of its own. */
function parameterOf(region: Region, name: string): JsonObject | undefined {
  parameters ??= imageParameters();
  const found = parameters.get(name);
  if (found) return view(region, name, found);
  if (!name.startsWith(PUBLIC)) return undefined;
  const version = new RegExp(`^${IMAGES}(\\d+\\.\\d+)/amazon-linux-2023/x86_64/standard/`).exec(name)?.[1];
  if (version !== undefined && EKS_VERSIONS.some((one) => one.version === version)) return undefined;
  throw notModelled(
    `the public parameter ${name} (it has those of ${IMAGES}VERSION/amazon-linux-2023/x86_64/standard)`,
  );
}

function view(region: Region, Name: string, { value, at }: Parameter): JsonObject {
  return {
    Name,
    Type: 'String',
    Value: value,
    Version: 1,
    LastModifiedDate: at,
    ARN: `arn:aws:ssm:${region.name}::parameter${Name}`,
    DataType: 'text',
  };
}

export const ssm: Service = {
  GetParameter: ({ region, params }) => {
    const Parameter = parameterOf(region, textOf(params, 'Name') ?? '');
    if (!Parameter) throw new AwsError('ParameterNotFound', '');
    return { Parameter };
  },
  GetParameters: ({ region, params }) => {
    const names = textsOf(params, 'Names');
    return {
      Parameters: names.flatMap((name) => parameterOf(region, name) ?? []),
      InvalidParameters: names.filter((name) => !parameterOf(region, name)),
    };
  },
  GetParametersByPath: ({ region, params }) => {
    const path = (textOf(params, 'Path') ?? '').replace(/\/?$/, '/');
    if (!path.startsWith('/'))
      throw new AwsError(
        'ValidationException',
        'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
      );
    parameters ??= imageParameters();
    const below = [...parameters].filter(([name]) => name.startsWith(path));
    if (below.length === 0 && path.startsWith(PUBLIC) && !path.startsWith(IMAGES))
      throw notModelled(`the public parameters below ${path} (it has those below ${IMAGES})`);
    const chosen = below.filter(([name]) => params['Recursive'] === true || !name.slice(path.length).includes('/'));
    return { Parameters: chosen.map(([name, parameter]) => view(region, name, parameter)) };
  },
};

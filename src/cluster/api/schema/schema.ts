import type { FieldSchema, PatchSchema } from '../../apimachinery/strategic/schema.ts';
import { parseShape, type Shape } from './shape.ts';
import { structure } from './structure.generated.ts';

/** What the API publishes about one field, and what its Go type adds. */
export class Field implements FieldSchema {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Values that the schema lists. Of a list: those of its items. */
  readonly enum: readonly string[];
  /** The published default, where it is more than Go's zero value. */
  readonly default: unknown;
  readonly listType: 'atomic' | 'set' | 'map' | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: 'atomic' | 'granular' | undefined;
  readonly patchStrategy: readonly string[];
  readonly patchMergeKey: string;
  /** Whether Go holds a pointer, so that zero and absent differ. */
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** Names of the embedded structs that the field comes from: `ProbeHandler`. */
  readonly via: string;

  /** `line`: see structure.generated.ts: name, shape, Go type (`*` stands for the shape), marks. */
  constructor(line: string) {
    const [name = '', shape = '', goType = '', ...rest] = line.split(' ');
    const marks = new Map(rest.map((mark): [string, string] => [mark.split('=')[0] ?? '', mark.split('=')[1] ?? '']));
    const list = (mark: string) => marks.get(mark)?.split(',') ?? [];
    const flags = marks.get('f') ?? '';
    const given = marks.get('default');
    const listType = marks.get('list');
    const mapType = marks.get('map');
    this.name = name;
    this.shape = parseShape(shape, goType.replace('*', shape), typeNamed);
    this.required = marks.has('r');
    this.enum = list('enum').map(decodeURIComponent);
    this.default = given === undefined ? undefined : JSON.parse(decodeURIComponent(given));
    this.listType = listType === 'atomic' || listType === 'set' || listType === 'map' ? listType : undefined;
    this.listMapKeys = list('keys');
    this.mapType = mapType === 'atomic' || mapType === 'granular' ? mapType : undefined;
    this.patchStrategy = list('patch');
    this.patchMergeKey = marks.get('merge') ?? '';
    this.pointer = flags.includes('p');
    this.omitEmpty = flags.includes('o');
    this.omitZero = flags.includes('z');
    this.via = marks.get('via') ?? '';
  }

  get schema(): PatchSchema | undefined {
    return patchSchemaOfShape(this.shape.form === 'list' ? this.shape.items : this.shape);
  }
}

function patchSchemaOfShape(shape: Shape): PatchSchema | undefined {
  if (shape.form === 'struct') return shape.type;
  if (shape.form !== 'map') return undefined;
  const values: FieldSchema = { patchStrategy: [], patchMergeKey: '', schema: patchSchemaOfShape(shape.values) };
  return { name: shape.goType, field: () => values };
}

/** A type of the API: its fields in the order of the Go struct, which is the order of JSON that the server sends. */
export class TypeSchema implements PatchSchema {
  /** The name in Go: `PodSpec`. */
  readonly name: string;
  /** `io.k8s.api.core.v1.PodSpec` */
  readonly fullName: string;
  readonly mapType: 'atomic' | undefined;
  readonly fields: ReadonlyMap<string, Field>;

  constructor(
    /** The name in types.generated.ts: `PodSpec`, `EventsV1Event`. */
    readonly short: string,
    text: string,
  ) {
    const [head = '', ...lines] = text.split('\n');
    const [fullName = '', mapType] = head.split(' ');
    this.fullName = fullName;
    this.name = fullName.slice(fullName.lastIndexOf('.') + 1);
    this.mapType = mapType === 'atomic' ? 'atomic' : undefined;
    this.fields = new Map(lines.map((line) => new Field(line)).map((field) => [field.name, field]));
  }

  field(name: string): Field | undefined {
    return this.fields.get(name);
  }
}

interface Structure {
  /** Short name → lines. */
  readonly types: Readonly<Record<string, string>>;
  /** `group/version/kind` → short name. */
  readonly kinds: Readonly<Record<string, string>>;
}

let parsed: Structure | undefined;
const made = new Map<string, TypeSchema>();

function data(): Structure {
  parsed ??= JSON.parse(structure) as Structure;
  return parsed;
}

/** A type by its short name, as in types.generated.ts: `PodSpec`, `EventsV1Event`. Error when there is none. */
export function typeNamed(short: string): TypeSchema {
  const known = made.get(short);
  if (known) return known;
  const text = data().types[short];
  if (text === undefined) throw new Error(`the API has no type ${short}`);
  const type = new TypeSchema(short, text);
  made.set(short, type);
  return type;
}

/** The type of a kind that is built in; undefined for others. */
export function typeOfKind(group: string, version: string, kind: string): TypeSchema | undefined {
  const short = shortNameOfKind(group, version, kind);
  return short === undefined ? undefined : typeNamed(short);
}

/** `HorizontalPodAutoscaler` for autoscaling/v2, `AutoscalingV1HorizontalPodAutoscaler` for v1. */
export function shortNameOfKind(group: string, version: string, kind: string): string | undefined {
  return data().kinds[`${group}/${version}/${kind}`];
}

/** All built-in kinds as `group/version/kind`. */
export function allKinds(): readonly string[] {
  return Object.keys(data().kinds);
}

import { digest } from '../../../world/describe.ts';
import { FileSystem } from '../../../world/files/file-system.ts';
import { Directory } from '../../../world/files/inode.ts';
import type { ImageReference } from './reference.ts';

/** What an image says about the containers made from it. */
export interface ImageConfig {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly user?: string;
}

/** An image as the catalogue describes it: one file each in this folder, one line in `images.ts`. */
export interface ImageDefinition {
  /** `docker.io/library/nginx`. */
  readonly name: string;
  readonly tags: readonly string[];
  /** Bytes, unpacked. */
  readonly size: number;
  readonly config: ImageConfig;
  /** Writes the image's files. `tag` for those that differ by version. */
  readonly build: (files: FileSystem, tag: string) => void;
}

/** An image that a registry holds. */
export interface Image {
  readonly name: string;
  readonly tag: string;
  /** `sha256:…`, the same for the same name and tag. */
  readonly digest: string;
  readonly size: number;
  readonly config: ImageConfig;
  /** The read-only tree that containers lie over. */
  readonly layer: Directory;
}

/** All images that registries of the world hold. Trees are built when first used, and shared from then on. */
export class ImageCatalog {
  private readonly definitions = new Map<string, ImageDefinition>();
  private readonly images = new Map<string, Image>();

  constructor(
    definitions: readonly ImageDefinition[],
    private readonly now: number,
  ) {
    for (const definition of definitions) this.definitions.set(definition.name, definition);
  }

  /** The image of a reference; undefined when no registry has that name, tag or digest. */
  find(reference: ImageReference): Image | undefined {
    const name = `${reference.registry}/${reference.repository}`;
    const definition = this.definitions.get(name);
    if (!definition) return undefined;
    if (reference.digest !== '') {
      const tag = definition.tags.find((candidate) => digestOf(name, candidate) === reference.digest);
      return tag === undefined ? undefined : this.image(definition, tag);
    }
    return definition.tags.includes(reference.tag) ? this.image(definition, reference.tag) : undefined;
  }

  /** What the registry gives now: the image, or why it refuses to. Nodes may be let in to different ones. */
  pull(reference: ImageReference): Image | string | undefined {
    return this.find(reference);
  }

  /** Whether a registry knows the repository at all, whatever the tag. */
  hasRepository(reference: ImageReference): boolean {
    return this.definitions.has(`${reference.registry}/${reference.repository}`);
  }

  private image(definition: ImageDefinition, tag: string): Image {
    const key = `${definition.name}:${tag}`;
    const known = this.images.get(key) ?? builtBefore(definition, tag, this.now);
    if (known) {
      this.images.set(key, known);
      return known;
    }
    const layer = new Directory({ mode: 0o755, uid: 0, gid: 0, mtime: this.now });
    definition.build(new FileSystem(layer, () => this.now), tag);
    const image: Image = {
      name: definition.name,
      tag,
      digest: digestOf(definition.name, tag),
      size: definition.size,
      config: definition.config,
      layer,
    };
    this.images.set(key, image);
    remember(definition, image, this.now);
    return image;
  }
}

/** Images never change: worlds that begin at the same time share them. The last one of each tag is kept. */
const built = new WeakMap<ImageDefinition, Map<string, { readonly now: number; readonly image: Image }>>();

function builtBefore(definition: ImageDefinition, tag: string, now: number): Image | undefined {
  const entry = built.get(definition)?.get(tag);
  return entry?.now === now ? entry.image : undefined;
}

function remember(definition: ImageDefinition, image: Image, now: number): void {
  const byTag = built.get(definition) ?? new Map<string, { readonly now: number; readonly image: Image }>();
  byTag.set(image.tag, { now, image });
  built.set(definition, byTag);
}

function digestOf(name: string, tag: string): string {
  return `sha256:${digest(['image', name, tag])}`;
}

import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Random } from '../../world/random.ts';
import type { World } from '../../world/world.ts';
import { type Backend, NO_BACKEND } from './backend.ts';
import { Costs } from './costs.ts';
import { decimal, encodedText, iamId, secretKey } from './ids.ts';
import { toJson } from './params.ts';
import { Region } from './region.ts';
import type { AccessKey, IamGroup, IamPolicy, IamRole, IamUser, InstanceProfile, OidcProvider } from './types/iam.ts';

/** What a simulated account holds that belongs to no region. */
export interface IamState {
  readonly users: Map<string, IamUser>;
  readonly groups: Map<string, IamGroup>;
  readonly roles: Map<string, IamRole>;
  /** Customer managed; AWS's own are facts. */
  readonly policies: Map<string, IamPolicy>;
  readonly profiles: Map<string, InstanceProfile>;
  readonly providers: Map<string, OidcProvider>;
  /** Temporary credentials by access key id. */
  readonly sessions: Map<string, AccessKey>;
}

/** A simulated AWS account: deterministic data that services change as the virtual clock goes on. */
export class Account {
  readonly id: string;
  readonly iam: IamState = {
    users: new Map(),
    groups: new Map(),
    roles: new Map(),
    policies: new Map(),
    profiles: new Map(),
    providers: new Map(),
    sessions: new Map(),
  };
  readonly costs = new Costs();
  readonly random: Random;
  readonly createdAt: number;
  backend: Backend = NO_BACKEND;
  private readonly byName = new Map<string, Region>();

  constructor(readonly world: World) {
    this.random = world.random.fork('aws');
    this.id = decimal(this.random, 12);
    this.createdAt = world.now;
    world.parts.push({ name: 'aws', describe: () => this.describe() });
  }

  get now(): number {
    return this.world.now;
  }

  /** The same as services that tell whole seconds keep it, ms. */
  get second(): number {
    return Math.floor(this.now / 1000) * 1000;
  }

  private readonly refusals = new Map<string, JsonObject>();

  /** The encoded authorization failure message of a refusal, which `sts decode-authorization-message` reads. */
  encodeRefusal(refusal: JsonObject): string {
    const message = encodedText(this.random, 432);
    this.refusals.set(message, refusal);
    return message;
  }

  refusalOf(message: string): JsonObject | undefined {
    return this.refusals.get(message);
  }

  /** Runs `run` after `ms` of virtual time. */
  after(ms: number, run: () => void): void {
    this.world.loop.after(ms, run);
  }

  region(name: string): Region {
    let region = this.byName.get(name);
    if (!region) {
      region = new Region(this, name);
      this.byName.set(name, region);
    }
    return region;
  }

  /** Regions in which somebody has asked for something. */
  get regions(): readonly Region[] {
    return [...this.byName.values()];
  }

  addUser(name: string, policies: readonly string[]): IamUser {
    const user: IamUser = {
      UserName: name,
      UserId: iamId(this.random, 'AIDA'),
      Arn: `arn:aws:iam::${this.id}:user/${name}`,
      Path: '/',
      CreateDate: this.second,
      policies: [...policies],
      accessKeys: [],
    };
    this.iam.users.set(name, user);
    return user;
  }

  addAccessKey(user: IamUser): AccessKey {
    const key: AccessKey = {
      AccessKeyId: iamId(this.random, 'AKIA', 20),
      SecretAccessKey: secretKey(this.random),
      UserName: user.UserName,
      Status: 'Active',
      CreateDate: this.second,
    };
    user.accessKeys.push(key);
    return key;
  }

  findKey(id: string): AccessKey | undefined {
    for (const user of this.iam.users.values()) {
      const key = user.accessKeys.find((candidate) => candidate.AccessKeyId === id);
      if (key) return key;
    }
    return this.iam.sessions.get(id);
  }

  private describe(): unknown {
    return [
      this.id,
      this.costs.total(this.now),
      ...Object.values(this.iam).map((map: ReadonlyMap<string, unknown>) =>
        [...map].map(([key, value]) => [key, toJson(value)]),
      ),
      ...this.regions.map((region) => region.describe()),
    ];
  }
}

/** A reply of the Redis protocol. */
export type Reply =
  | { readonly kind: 'status' | 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bulk'; readonly text: string | undefined }
  | { readonly kind: 'array'; readonly items: readonly Reply[] };

type Value = string | string[] | Map<string, string> | Set<string>;

const OK: Reply = { kind: 'status', text: 'OK' };
const NIL: Reply = { kind: 'bulk', text: undefined };
const integer = (value: number): Reply => ({ kind: 'integer', value });
const bulk = (text: string | undefined): Reply => ({ kind: 'bulk', text });
const array = (texts: readonly (string | undefined)[]): Reply => ({ kind: 'array', items: texts.map(bulk) });
const error = (text: string): Reply => ({ kind: 'error', text });
const WRONG_TYPE = error('WRONGTYPE Operation against a key holding the wrong kind of value');
const NO_INTEGER = error('ERR value is not an integer or out of range');
const SYNTAX = error('ERR syntax error');

/** How many words a command has, itself included; negative for at least so many. */
const ARITY: Readonly<Record<string, number>> = {
  append: 3,
  dbsize: 1,
  decr: 2,
  decrby: 3,
  del: -2,
  echo: 2,
  exists: -2,
  expire: -3,
  get: 2,
  hdel: -3,
  hget: 3,
  hgetall: 2,
  hset: -4,
  incr: 2,
  incrby: 3,
  keys: 2,
  llen: 2,
  lpop: -2,
  lpush: -3,
  lrange: 4,
  mget: -2,
  mset: -3,
  persist: 2,
  rpop: -2,
  rpush: -3,
  sadd: -3,
  scard: 2,
  set: -3,
  setnx: 3,
  smembers: 2,
  srem: -3,
  strlen: 2,
  ttl: 2,
  type: 2,
};

/** The data of a Redis server and the commands that work on it. */
export class RedisStore {
  private readonly values = new Map<string, Value>();
  private readonly expiry = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  get size(): number {
    return this.keys().length;
  }

  private keys(): string[] {
    return [...this.values.keys()].filter((key) => this.live(key) !== undefined);
  }

  private live(key: string): Value | undefined {
    const until = this.expiry.get(key);
    if (until !== undefined && until <= this.now()) this.remove(key);
    return this.values.get(key);
  }

  private remove(key: string): boolean {
    this.expiry.delete(key);
    return this.values.delete(key);
  }

  /** Undefined for a command that is not about data. */
  run(words: readonly string[]): Reply | undefined {
    const name = (words[0] ?? '').toLowerCase();
    const arity = ARITY[name];
    if (name === 'flushall' || name === 'flushdb') {
      this.values.clear();
      this.expiry.clear();
      return OK;
    }
    if (arity === undefined) return undefined;
    if (arity > 0 ? words.length !== arity : words.length < -arity)
      return error(`ERR wrong number of arguments for '${name}' command`);
    const [, key = '', ...rest] = words;
    return this.general(name, key, rest) ?? this.collection(name, key, rest);
  }

  private general(name: string, key: string, rest: readonly string[]): Reply | undefined {
    const value = this.live(key);
    const text = typeof value === 'string' ? value : undefined;
    switch (name) {
      case 'echo':
        return bulk(key);
      case 'dbsize':
        return integer(this.size);
      case 'get':
        return value !== undefined && text === undefined ? WRONG_TYPE : bulk(text);
      case 'set':
        return this.set(key, rest);
      case 'setnx':
        if (value !== undefined) return integer(0);
        this.values.set(key, rest[0] ?? '');
        return integer(1);
      case 'mset':
        for (let i = 0; i < rest.length + 1; i += 2)
          this.values.set([key, ...rest][i] ?? '', [key, ...rest][i + 1] ?? '');
        return OK;
      case 'mget':
        return array(
          [key, ...rest].map((one) => {
            const found = this.live(one);
            return typeof found === 'string' ? found : undefined;
          }),
        );
      case 'del':
        return integer([key, ...rest].filter((one) => this.live(one) !== undefined && this.remove(one)).length);
      case 'exists':
        return integer([key, ...rest].filter((one) => this.live(one) !== undefined).length);
      case 'append':
        if (value !== undefined && text === undefined) return WRONG_TYPE;
        this.values.set(key, (text ?? '') + (rest[0] ?? ''));
        return integer(((text ?? '') + (rest[0] ?? '')).length);
      case 'strlen':
        return value !== undefined && text === undefined ? WRONG_TYPE : integer(text?.length ?? 0);
      case 'incr':
        return this.add(key, 1);
      case 'decr':
        return this.add(key, -1);
      case 'incrby':
        return this.add(key, Number(rest[0]));
      case 'decrby':
        return this.add(key, -Number(rest[0]));
      case 'expire':
        if (value === undefined) return integer(0);
        if (!/^-?\d+$/.test(rest[0] ?? '')) return NO_INTEGER;
        this.expiry.set(key, this.now() + Number(rest[0]) * 1000);
        return integer(1);
      case 'persist':
        return integer(this.expiry.delete(key) ? 1 : 0);
      case 'ttl': {
        if (value === undefined) return integer(-2);
        const until = this.expiry.get(key);
        return integer(until === undefined ? -1 : Math.round((until - this.now()) / 1000));
      }
      case 'type':
        return {
          kind: 'status',
          text:
            value === undefined
              ? 'none'
              : typeof value === 'string'
                ? 'string'
                : Array.isArray(value)
                  ? 'list'
                  : value instanceof Map
                    ? 'hash'
                    : 'set',
        };
      case 'keys': {
        const pattern = new RegExp(
          `^${key
            .replace(/[.+^${}()|\\]/g, '\\$&')
            .replace(/\*/g, '.*')
            .replace(/\?/g, '.')}$`,
          's',
        );
        return array(this.keys().filter((one) => pattern.test(one)));
      }
    }
    return undefined;
  }

  private set(key: string, [text = '', ...options]: readonly string[]): Reply {
    let until: number | undefined;
    const exists = this.live(key) !== undefined;
    for (let i = 0; i < options.length; i++) {
      const option = (options[i] ?? '').toUpperCase();
      if (option === 'EX' || option === 'PX') {
        const amount = options[++i] ?? '';
        if (!/^\d+$/.test(amount)) return NO_INTEGER;
        until = this.now() + Number(amount) * (option === 'EX' ? 1000 : 1);
      } else if (option === 'NX' || option === 'XX') {
        if (exists === (option === 'NX')) return NIL;
      } else if (option !== 'KEEPTTL') return SYNTAX;
    }
    this.values.set(key, text);
    if (until === undefined) this.expiry.delete(key);
    else this.expiry.set(key, until);
    return OK;
  }

  private add(key: string, amount: number): Reply {
    const value = this.live(key) ?? '0';
    if (typeof value !== 'string') return WRONG_TYPE;
    if (!/^-?\d+$/.test(value) || !Number.isInteger(amount)) return NO_INTEGER;
    this.values.set(key, String(Number(value) + amount));
    return integer(Number(value) + amount);
  }

  private collection(name: string, key: string, rest: readonly string[]): Reply | undefined {
    const value = this.live(key);
    const kind = name.startsWith('h') ? 'hash' : name.startsWith('s') ? 'set' : 'list';
    const fits =
      value === undefined ||
      (kind === 'hash' ? value instanceof Map : kind === 'set' ? value instanceof Set : Array.isArray(value));
    if (!fits) return WRONG_TYPE;
    if (kind === 'hash') return this.hash(name, key, value instanceof Map ? value : new Map<string, string>(), rest);
    if (kind === 'set') return this.members(name, key, value instanceof Set ? value : new Set<string>(), rest);
    return this.list(name, key, Array.isArray(value) ? value : [], rest);
  }

  private hash(name: string, key: string, hash: Map<string, string>, rest: readonly string[]): Reply | undefined {
    if (name === 'hget') return bulk(hash.get(rest[0] ?? ''));
    if (name === 'hgetall') return array([...hash].flat());
    let count = 0;
    if (name === 'hdel') count = rest.filter((field) => hash.delete(field)).length;
    else
      for (let i = 0; i < rest.length; i += 2) {
        if (!hash.has(rest[i] ?? '')) count++;
        hash.set(rest[i] ?? '', rest[i + 1] ?? '');
      }
    if (hash.size > 0) this.values.set(key, hash);
    else this.remove(key);
    return integer(count);
  }

  private members(name: string, key: string, set: Set<string>, rest: readonly string[]): Reply | undefined {
    if (name === 'scard') return integer(set.size);
    if (name === 'smembers') return array([...set]);
    const before = set.size;
    for (const one of rest) {
      if (name === 'sadd') set.add(one);
      else set.delete(one);
    }
    if (set.size > 0) this.values.set(key, set);
    else this.remove(key);
    return integer(Math.abs(set.size - before));
  }

  private list(name: string, key: string, list: string[], rest: readonly string[]): Reply | undefined {
    switch (name) {
      case 'llen':
        return integer(list.length);
      case 'lrange': {
        const place = (text: string | undefined) =>
          Number(text) < 0 ? Math.max(0, list.length + Number(text)) : Number(text);
        return array(list.slice(place(rest[0]), place(rest[1]) + 1));
      }
      case 'lpush':
        for (const one of rest) list.unshift(one);
        break;
      case 'rpush':
        list.push(...rest);
        break;
      default: {
        const one = name === 'lpop' ? list.shift() : list.pop();
        if (list.length === 0) this.remove(key);
        return bulk(one);
      }
    }
    this.values.set(key, list);
    return integer(list.length);
  }
}

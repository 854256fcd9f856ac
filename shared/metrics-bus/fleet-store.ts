/**
 * What the hubs of a fleet keep in Redis. All keys share a hash tag, so a Redis Cluster holds them in one place.
 *
 *     mb:{app}:live           sorted set: hub -> when it last published, by Redis's clock
 *     mb:{app}:v:<hub>        its totals
 *     mb:{app}:schema:<hash>  the series of totals, once for all that have the same
 *     mb:{app}:retired        totals of hosts that are no more, and whose they were; `:version` counts its changes
 *     mb:{app}:tomb:<hub>     the totals of such a host, as they were counted
 */
import { createHash } from 'node:crypto';
import { type Changes, isRecord, parseSchema, type SchemaItem } from './definitions.ts';
import { decodeFrame, encodeFrame, FLAG, TYPE } from './frames.ts';

/**
 * One Redis command; answers are Buffers, numbers, null and arrays of them. For ioredis: `(command, ...args) => redis.callBuffer(command, ...args)`.
 * Give it a connection of its own that does not queue while Redis is away (`enableOfflineQueue: false`).
 */
export type RedisCall = (command: string, ...args: (string | Buffer)[]) => Promise<unknown>;

export interface Published {
  readonly hub: string;
  readonly silentMs: number;
  readonly bytes: Buffer;
}
export interface Gathered {
  readonly hosts: readonly Published[];
  readonly retired: Buffer | undefined;
  readonly version: string | undefined;
}
export interface Totals extends Changes {
  /** Hosts whose totals these are; only of `retired`. */
  readonly of: readonly string[];
}

const DAY_S = 24 * 3600;
/** A host that returns later than that has long been started again. Its tomb needs its schema to be read. */
const TOMB_S = `${7 * DAY_S}`;
const SCHEMA_S = `${8 * DAY_S}`;
const MAX_HOSTS = '1000';

const PUBLISH = `
if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
local time = redis.call('TIME')
redis.call('SET', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[2])
return redis.call('EXPIRE', KEYS[4], ARGV[3])`;

// All at once: a host must not be seen in its own totals and in those of the retired.
const GATHER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local live = redis.call('ZRANGE', KEYS[1], 0, ARGV[2] - 1, 'WITHSCORES')
local hosts = {}
for i = 1, #live, 2 do
  local bytes = redis.call('GET', ARGV[1] .. live[i])
  if bytes then hosts[#hosts + 1] = { live[i], math.floor(now - live[i + 1]), bytes } end
end
return { hosts, redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]) }`;

// Only if nobody was faster and the host has stayed silent.
const RETIRE = `
if (redis.call('GET', KEYS[5]) or '0') ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not score or time[1] * 1000 - score < ARGV[2] - 1000 then return 0 end
redis.call('SET', KEYS[4], ARGV[4])
redis.call('INCR', KEYS[5])
redis.call('RENAME', KEYS[1], KEYS[3])
redis.call('EXPIRE', KEYS[3], ARGV[5])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1`;

const RESTORE = `
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
return 1`;

export class FleetStore {
  readonly #call: RedisCall;
  readonly #prefix: string;
  readonly #schemas = new Map<string, readonly SchemaItem[]>();

  constructor(call: RedisCall, app: string) {
    this.#call = call;
    this.#prefix = `mb:{${app}}:`;
  }

  /** Answers false when others have counted this hub among the retired. */
  async publish(hub: string, totals: Changes): Promise<boolean> {
    const schema = JSON.stringify(totals.schema);
    const hash = createHash('sha256').update(schema).digest('hex');
    const schemaKey = this.#key(`schema:${hash}`);
    const { slots, values } = totals;
    const bytes = encodeFrame(TYPE.state, { flags: FLAG.full, notes: { hash }, slots, values });
    const keys = [this.#key(`tomb:${hub}`), this.#key(`v:${hub}`), this.#key('live'), schemaKey];
    const answer = await this.#call('EVAL', PUBLISH, '4', ...keys, bytes, hub, SCHEMA_S);
    if (answer === 0) await this.#call('SET', schemaKey, schema, 'EX', SCHEMA_S);
    return answer !== -1;
  }

  async gather(): Promise<Gathered> {
    const keys = [this.#key('live'), this.#key('retired'), this.#key('retired:version')];
    const answer = await this.#call('EVAL', GATHER, '3', ...keys, this.#key('v:'), MAX_HOSTS);
    const [hosts, retired, version] = answer as [[Buffer, number, Buffer][], Buffer | null, Buffer | null];
    return {
      hosts: hosts.map(([hub, silentMs, bytes]) => ({ hub: hub.toString(), silentMs, bytes })),
      retired: retired ?? undefined,
      version: version?.toString(),
    };
  }

  /** The totals of a host as they were counted among the retired. */
  async tomb(hub: string): Promise<Totals | undefined> {
    const bytes = await this.#call('GET', this.#key(`tomb:${hub}`));
    return Buffer.isBuffer(bytes) ? this.decode(bytes) : undefined;
  }

  /** Moves a silent host's totals to the retired; `totals` are all of theirs, with its own. Answers whether it was us. */
  async retire(hub: string, silentMs: number, version: string | undefined, totals: Totals): Promise<boolean> {
    const { schema, of, slots, values } = totals;
    const bytes = encodeFrame(TYPE.state, { flags: FLAG.full, notes: { schema, of }, slots, values });
    const keys = [`v:${hub}`, 'live', `tomb:${hub}`, 'retired', 'retired:version'].map((key) => this.#key(key));
    return (await this.#call('EVAL', RETIRE, '5', ...keys, hub, `${silentMs}`, version ?? '0', bytes, TOMB_S)) === 1;
  }

  /** After Redis lost everything: the retired as somebody still knows them. */
  async restore(retired: Buffer, version: string): Promise<void> {
    await this.#call('EVAL', RESTORE, '2', this.#key('retired'), this.#key('retired:version'), retired, version);
  }

  /** Undefined when its schema is not there (yet). Throws FrameError or SchemaError when the bytes are none of ours. */
  async decode(bytes: Buffer): Promise<Totals | undefined> {
    const { notes, slots, values } = decodeFrame(bytes);
    const { hash, schema: own, of } = isRecord(notes) ? notes : {};
    const schema =
      own === undefined ? (this.#schemas.get(String(hash)) ?? (await this.#fetch(String(hash)))) : parseSchema(own);
    const names = Array.isArray(of) ? of.filter((name): name is string => typeof name === 'string') : [];
    return schema && { schema, exemplars: [], slots, values, of: names };
  }

  async #fetch(hash: string): Promise<readonly SchemaItem[] | undefined> {
    const text = await this.#call('GET', this.#key(`schema:${hash}`));
    if (!Buffer.isBuffer(text)) return undefined;
    const schema = parseSchema(JSON.parse(text.toString()));
    this.#remember(hash, schema);
    return schema;
  }

  /** The last 50: one for each host in the middle of a deploy, and more. */
  #remember(hash: string, schema: readonly SchemaItem[]): void {
    this.#schemas.delete(hash);
    this.#schemas.set(hash, schema);
    for (const oldest of this.#schemas.keys()) if (this.#schemas.size > 50) this.#schemas.delete(oldest);
  }

  #key(name: string): string {
    return this.#prefix + name;
  }
}

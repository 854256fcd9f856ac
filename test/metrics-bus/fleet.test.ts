import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { Counter, Gauge, Histogram } from 'prom-client';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { RedisCall } from '../../shared/metrics-bus/fleet-store.ts';
import { encodeFrame, FLAG, TYPE } from '../../shared/metrics-bus/frames.ts';
import type { MetricsHub, MetricsHubOptions } from '../../shared/metrics-bus/start-hub.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { testRedis } from '../redis.ts';
import { until } from '../until.ts';
import { scrape, startAgent, startHub } from './bus.ts';

const hasRedis = inject('redisUrl') !== undefined;
if (!hasRedis)
  test.skip('several hosts: redis-server is not installed, `npm test` says how to get it', () => undefined);

/** A Redis that can be unplugged. */
function plug(url: string) {
  const redis = new Redis(url);
  atEnd(() => redis.disconnect());
  let isPlugged = true;
  const call: RedisCall = async (command, ...args) => {
    if (!isPlugged) throw new Error('unplugged');
    // So slow that a host which publishes is asked meanwhile, and both find out at the same time that others have given it up.
    if (command === 'GET') await sleep(100);
    return redis.callBuffer(command, ...args);
  };
  const plugged = (is: boolean) => () => {
    isPlugged = is;
  };
  return { redis, call, out: plugged(false), in: plugged(true) };
}

async function startHost(
  url: string,
  host: string,
  options: Partial<MetricsHubOptions> & { staleMs?: number; retireMs?: number } = {},
) {
  const { staleMs = 60_000, retireMs = 600_000, ...rest } = options;
  const line = plug(url);
  const hub = await startHub({
    ...rest,
    fleet: { call: line.call, app: 'test', host, publishMs: 50, staleMs, retireMs },
  });
  const { agent, registers } = startAgent(hub);
  const counter = new Counter({ name: 'events_total', help: 'h', registers });
  const gauge = new Gauge({ name: 'level', help: 'h', registers });
  const histogram = new Histogram({ name: 'took', help: 'h', buckets: [1], registers });
  const largest = new Histogram({ name: 'largest', help: 'h', buckets: [1], aggregator: 'max', registers });
  const all = new Gauge({ name: 'each', help: 'h', aggregator: 'all' as 'sum', registers });
  await agent.joined;
  const page = () => scrape(hub);
  return {
    hub,
    agent,
    counter,
    gauge,
    histogram,
    largest,
    all,
    line,
    page,
    events: async () => (await page())['events_total{}'],
  };
}

describe.runIf(hasRedis)('hubs that meet in Redis', () => {
  let url: string;
  beforeAll(async () => {
    url = await testRedis();
  });

  test('a hub that starts while its connection is being made has all on its first page', async () => {
    const options = { app: 'starts', publishMs: 50 };
    const first = await startHub({ fleet: { ...options, call: plug(url).call, host: 'first' } });
    const { agent, registers } = startAgent(first);
    new Counter({ name: 'events_total', help: 'h', registers }).inc(7);
    await agent.joined;
    await until(async () => (await scrape(first))['events_total{}'] === 7);
    await sleep(300);
    const line = plug(url);
    line.out();
    setTimeout(line.in, 200);
    const second = await startHub({ fleet: { ...options, call: line.call, host: 'second' } });
    expect((await scrape(second))['events_total{}']).toBe(7);
  });

  test('all show the sum of all, and each alone what it is asked for', async () => {
    const hosts = await Promise.all(['a', 'b', 'c'].map((host, i) => startHost(url, host, { thread: i === 2 })));
    for (const [i, { counter, gauge, histogram, largest, all }] of hosts.entries()) {
      counter.inc(10 ** i);
      gauge.set(i + 1);
      histogram.observe(i);
      for (let k = 0; k <= i; k++) largest.observe(i);
      all.set(i);
    }
    const expected = {
      'events_total{}': 111,
      'level{}': 6,
      'took_bucket{le="1"}': 2,
      'took_bucket{le="+Inf"}': 3,
      'took_sum{}': 3,
      'took_count{}': 3,
      'largest_bucket{le="1"}': 2,
      'largest_bucket{le="+Inf"}': 3,
      'largest_sum{}': 6,
      'largest_count{}': 3,
      'each{host="a",proc="test-1"}': 0,
      'each{host="b",proc="test-1"}': 1,
      'each{host="c",proc="test-1"}': 2,
    };
    for (const { page } of hosts) {
      await until(async () => (await page())['events_total{}'] === 111);
      expect(await page()).toEqual(expected);
    }
    expect(await scrape(hosts[1]!.hub, { scope: 'host' })).toMatchObject({ 'events_total{}': 10, 'level{}': 2 });
    await until(async () => {
      const own = await scrape(hosts[1]!.hub, {}, true);
      return own['metrics_bus_redis_up{}'] === 1 && own['metrics_bus_processes{role="test"}'] === 3;
    });
    for (const { hub } of hosts) await hub.close();
  });

  test('show a histogram that processes cut differently at the bounds of all, exactly, also of a host that is gone', async () => {
    const own = await testRedis();
    const times = { staleMs: 100, retireMs: 1100 };
    const [goes, stays] = await Promise.all(['a', 'b'].map((host) => startHost(own, host, times)));
    const observe = async (buckets: number[]) => {
      const { agent, registers } = startAgent(goes!.hub);
      const histogram = new Histogram({ name: 'cut', help: 'h', buckets, registers });
      for (const value of [0.5, 1.5, 2.5]) histogram.observe(value);
      await agent.joined;
    };
    const shown = async ({ page }: typeof stays & {}) =>
      Object.fromEntries(Object.entries(await page()).filter(([key]) => key.startsWith('cut_bucket')));
    await observe([1, 2, 3]);
    const alone = { 1: 1, 2: 2, 3: 3, '+Inf': 3 };
    const buckets = (counts: Record<string, number>) =>
      Object.fromEntries(Object.entries(counts).map(([le, count]) => [`cut_bucket{le="${le}"}`, count]));
    for (const host of [goes!, stays!]) await until(async () => isDeepStrictEqual(await shown(host), buckets(alone)));
    // The first has all of these bounds, so only what both share becomes less. The third has one of its own.
    await observe([1, 2]);
    const both = { 1: 2, 2: 4, '+Inf': 6 };
    for (const host of [goes!, stays!]) await until(async () => isDeepStrictEqual(await shown(host), buckets(both)));
    await observe([1, 4]);
    const all = { 1: 3, '+Inf': 9 };
    for (const host of [goes!, stays!]) await until(async () => isDeepStrictEqual(await shown(host), buckets(all)));
    await goes!.hub.close();
    await until(async () => (await stays!.line.redis.get('mb:{test}:retired:version')) === '1');
    expect(await shown(stays!)).toEqual(buckets(all));
    const fresh = await startHost(own, 'c', times);
    await until(async () => isDeepStrictEqual(await shown(fresh), buckets(all)));
    for (const { hub } of [stays!, fresh]) await hub.close();
  });

  test('show a metric of which another host had another definition, when that one is gone', async () => {
    const own = await testRedis();
    const [old, living] = await Promise.all(['a', 'b'].map((host) => startHost(own, host)));
    const differs = async ({ page }: typeof old & {}) => (await page())['differs{}'];
    const [first, second] = [startAgent(old!.hub), startAgent(living!.hub)];
    new Gauge({ name: 'differs', help: 'h', registers: first.registers }).set(1);
    for (const host of [old!, living!]) await until(async () => (await differs(host)) === 1);
    new Gauge({ name: 'differs', help: 'h', aggregator: 'max', registers: second.registers }).set(2);
    living!.counter.inc();
    await until(async () => (await old!.events()) === 1);
    for (const host of [old!, living!]) expect(await differs(host)).toBe(1);
    await first.agent.leave();
    for (const host of [old!, living!]) await until(async () => (await differs(host)) === 2);
    for (const { hub } of [old!, living!]) await hub.close();
  });

  test('keep the counters of a host that dies, count them once, and drop its gauges', async () => {
    const own = await testRedis();
    const times = { staleMs: 1000, retireMs: 3000 };
    const [dying, ...others] = await Promise.all(['a', 'b', 'c'].map((host) => startHost(own, host, times)));
    for (const { counter, gauge } of [dying!, ...others]) {
      counter.inc(5);
      gauge.set(2);
    }
    const settled = async (level: number, redisKeys: RegExp) => {
      const keys = (await dying!.line.redis.keys('*')).join(' ');
      for (const { page } of others) expect(await page()).toMatchObject({ 'events_total{}': 15, 'level{}': level });
      return redisKeys.test(keys);
    };
    await until(() => settled(6, /live/));
    dying!.line.out();
    await until(async () => (await others[0]!.page())['level{}'] === 4);
    await until(() => settled(4, /tomb:/));
    expect(await dying!.line.redis.get('mb:{test}:retired:version')).toBe('1');
    for (const { counter } of others) counter.inc(1);
    for (const { events } of others) await until(async () => (await events()) === 17);
    // It was only cut off, and comes back.
    dying!.counter.inc(3);
    dying!.line.in();
    for (const { events } of [dying!, ...others]) await until(async () => ((await events()) as number) >= 20);
    for (const { page } of [dying!, ...others]) {
      await until(async () => (await page())['level{}'] === 6);
      expect(await page()).toMatchObject({ 'events_total{}': 20, 'took_count{}': 0 });
    }
    // And again: the retired now hold it twice, each part once.
    dying!.line.out();
    await until(async () => (await others[0]!.line.redis.get('mb:{test}:retired:version')) === '2');
    for (const { events } of others) expect(await events()).toBe(20);
    // Even if it only was away a second time.
    dying!.counter.inc(1);
    dying!.line.in();
    for (const { events } of [dying!, ...others]) await until(async () => ((await events()) as number) >= 21);
    for (const { page } of [dying!, ...others]) {
      await until(async () => (await page())['level{}'] === 6);
      expect(await page()).toMatchObject({ 'events_total{}': 21 });
    }
    for (const { hub } of [dying!, ...others]) await hub.close();
  });

  test('count of a host that was given up and comes back all that is not added up', async () => {
    const own = await testRedis();
    const hosts = await Promise.all(['a', 'b'].map((host) => startHost(own, host, { staleMs: 100, retireMs: 1100 })));
    const counters = hosts.map(({ hub }) => {
      const { registers } = startAgent(hub, { falling: ['falls_total'] });
      const named = (name: string, aggregator: string) =>
        new Counter({ name, help: 'h', aggregator: aggregator as 'sum', registers });
      return [...['first', 'average', 'max'].map((how) => named(`${how}_total`, how)), named('falls_total', 'sum')];
    });
    const count = (host: number, value: number) => {
      for (const counter of counters[host]!) counter.inc(value);
    };
    const shows = (host: number, expected: Record<string, number>) =>
      until(async () => {
        const page = await hosts[host]!.page();
        return Object.entries(expected).every(([name, value]) => page[`${name}_total{}`] === value);
      });
    count(0, 1000);
    count(1, 10);
    for (const host of [0, 1]) await shows(host, { average: 505, max: 1000, falls: 1010 });
    hosts[0]!.line.out();
    await until(async () => (await hosts[1]!.line.redis.get('mb:{test}:retired:version')) === '1');
    await shows(1, { first: 10, average: 10, max: 1000, falls: 10 });
    hosts[0]!.line.in();
    count(0, 10);
    for (const host of [0, 1]) await shows(host, { average: 510, max: 1010, falls: 1020 });
    for (const { hub } of hosts) await hub.close();
  });

  test('show the last known totals while Redis is away, and lose nothing when it was emptied', async () => {
    const own = await testRedis();
    const [first, second] = await Promise.all(['a', 'b'].map((host) => startHost(own, host)));
    first!.counter.inc(5);
    second!.counter.inc(7);
    for (const { events } of [first!, second!]) await until(async () => (await events()) === 12);
    for (const { line } of [first!, second!]) line.out();
    first!.counter.inc(1);
    second!.counter.inc(2);
    await until(async () => (await scrape(first!.hub, {}, true))['metrics_bus_redis_up{}'] === 0);
    const startedAt = performance.now();
    expect(await first!.events()).toBe(13);
    // Publishing may take two seconds, a scrape does not wait for that.
    expect(performance.now() - startedAt).toBeLessThan(1500);
    await first!.line.redis.flushdb();
    for (const { line } of [first!, second!]) line.in();
    for (const { events } of [first!, second!]) {
      expect(await events()).toBeGreaterThanOrEqual(13);
      await until(async () => (await events()) === 15);
    }
    await first!.line.redis.flushdb();
    for (let i = 0; i < 20; i++) expect(await first!.events()).toBe(15);
    for (const { hub } of [first!, second!]) await hub.close();
  });

  test('restore the totals of the retired to a Redis that lost them', async () => {
    const own = await testRedis();
    const times = { staleMs: 100, retireMs: 1100 };
    const [stays, goes] = await Promise.all(['a', 'b'].map((host) => startHost(own, host, times)));
    stays!.counter.inc(1);
    goes!.counter.inc(10);
    await until(async () => (await stays!.events()) === 11);
    await goes!.hub.close();
    const { redis } = stays!.line;
    const version = () => redis.get('mb:{test}:retired:version');
    await until(async () => (await version()) === '1');
    await redis.flushdb();
    await until(async () => (await version()) === '1');
    const fresh = await startHost(own, 'c', times);
    await until(async () => (await fresh.events()) === 11);
    for (const { hub } of [stays!, fresh]) await hub.close();
  });

  test('that are started again go on under their name', async () => {
    const own = await testRedis();
    const stateDir = join(testFolder(), 'bus');
    const other = await startHost(own, 'b');
    const first = await startHost(own, 'a', { stateDir });
    first.counter.inc(5);
    await until(async () => (await other.events()) === 5);
    await first.agent.leave();
    await first.hub.close();
    const second = await startHost(own, 'a', { stateDir });
    second.counter.inc(2);
    await until(async () => (await other.events()) === 7);
    expect(await other.line.redis.zcard('mb:{test}:live')).toBe(2);
    for (const { hub } of [other, second]) await hub.close();
  });

  test('that came back and are killed are still counted once', async () => {
    const own = await testRedis();
    const times = { staleMs: 100, retireMs: 1100 };
    const [away, stays] = await Promise.all(['a', 'b'].map((host) => startHost(own, host, { ...times, thread: true })));
    away!.counter.inc(1000);
    stays!.counter.inc(1);
    for (const { events } of [away!, stays!]) await until(async () => (await events()) === 1001);
    away!.line.out();
    const retired = () => stays!.line.redis.get('mb:{test}:retired:version');
    await until(async () => (await retired()) === '1');
    away!.counter.inc(10);
    away!.line.in();
    await until(async () => (await stays!.events()) === 1011);
    // Nothing but its return has made it write to its folder.
    await away!.hub.restart();
    await until(async () => (await away!.events()) === 1011);
    away!.counter.inc(5);
    for (const { events } of [away!, stays!]) {
      await until(async () => ((await events()) as number) > 1011);
      expect(await events()).toBe(1016);
    }
    // Under the name that it had: no other one is left behind for the retired.
    expect(await stays!.line.redis.zcard('mb:{test}:live')).toBe(2);
    for (const { hub } of [away!, stays!]) await hub.close();
  });

  test('leave out a host whose totals contradict themselves, and go on with the others', async () => {
    const own = await testRedis();
    const times = { staleMs: 100, retireMs: 1100 };
    const [first, second] = await Promise.all(['a', 'b'].map((host) => startHost(own, host, times)));
    first!.counter.inc(1);
    second!.counter.inc(10);
    for (const { events } of [first!, second!]) await until(async () => (await events()) === 11);
    const { redis } = first!.line;
    // A value and no series. In the order of names it is read before all others.
    const odd = { flags: FLAG.full, notes: { schema: [] }, slots: Uint32Array.of(3), values: Float64Array.of(1) };
    await redis.set('mb:{test}:v:0', encodeFrame(TYPE.state, odd));
    await redis.zadd('mb:{test}:live', 1, '0');
    second!.counter.inc(5);
    for (const { events } of [first!, second!]) await until(async () => (await events()) === 16);
    // Publishing, too, gets to its end, although that host is silent for so long that it is due to be retired.
    await until(async () => (await scrape(first!.hub, {}, true))['metrics_bus_redis_up{}'] === 1);
    await second!.hub.close();
    await until(async () => (await redis.get('mb:{test}:retired:version')) === '1');
    expect(await first!.events()).toBe(16);
    await first!.hub.close();
  });

  test('do not mind garbage under their keys, or a Redis that never answers', async () => {
    const own = await testRedis();
    const host = await startHost(own, 'a');
    const { redis } = host.line;
    host.counter.inc(3);
    await until(async () => (await redis.zcard('mb:{test}:live')) === 1);
    for (const [name, bytes] of [
      ['x', 'garbage'],
      ['y', ''],
      ['z', Buffer.alloc(64, 1)],
    ] as const) {
      await redis.set(`mb:{test}:v:${name}`, bytes);
      await redis.zadd('mb:{test}:live', Date.now(), name);
    }
    await redis.set('mb:{test}:retired', 'garbage');
    await redis.set('mb:{test}:retired:version', '9');
    expect(await host.events()).toBe(3);
    const silent: MetricsHub = await startHub({
      fleet: { call: () => new Promise(() => {}), app: 'test', host: 'a', publishMs: 50 },
    });
    const startedAt = performance.now();
    expect(await scrape(silent, {}, true)).toMatchObject({ 'metrics_bus_redis_up{}': 0 });
    expect(performance.now() - startedAt).toBeLessThan(1500);
    await host.hub.close();
  });
});

import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { MetricsAgent } from '../../shared/metrics-bus/agent.ts';
import { encodeFrame, TYPE } from '../../shared/metrics-bus/frames.ts';
import type { MetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';
import { scrape, startAgent, startHub, startProcess } from './bus.ts';

/** A process on the bus that counts one thing. */
async function counting(hub: Pick<MetricsHub, 'address'>, options: Parameters<typeof startAgent>[1] = {}) {
  const { agent, registers, registry } = startAgent(hub, options);
  const counter = new Counter({ name: 'events_total', help: 'h', registers });
  await agent.joined;
  return { agent, counter, registers, registry };
}
/** How long a scrape would wait for somebody who never answers: so long that a busy machine cannot be taken for it. */
const PATIENCE_MS = 5000;

function gaugeWith(registry: Registry, { name = 'odd', labels = [] as string[] }): void {
  const gauge = new Gauge({ name, help: 'h', labelNames: labels, registers: [registry] });
  gauge.set(Object.fromEntries(labels.map((label) => [label, 'v'])), 1);
}

const events = async (hub: MetricsHub) => (await scrape(hub))['events_total{}'];

/** The bytes between a process and its hub go through here, so that the wire can be cut. */
async function wire(hub: MetricsHub) {
  const path = join(testFolder(), 'wire.sock');
  const sockets = new Set<Socket>();
  let isCut = false;
  let bytes = 0;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect({ path: hub.address.path });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        bytes += chunk.length;
        to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    address: { path, token: hub.address.token },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    pause: () => {
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      for (const socket of sockets) socket.resume();
    },
    bytes: () => bytes,
  };
}

describe('a socket that is cut and mended', () => {
  test('within the grace: nothing is lost and nothing counted twice', async () => {
    const hub = await startHub();
    const line = await wire(hub);
    const { counter, registers } = await counting(line);
    new Gauge({ name: 'level', help: 'h', registers }).set(4);
    counter.inc(5);
    expect(await scrape(hub)).toEqual({ 'events_total{}': 5, 'level{}': 4 });
    line.cut();
    counter.inc(3);
    await until(async () => (await scrape(hub))['level{}'] === undefined);
    expect(await events(hub)).toBe(5);
    line.mend();
    await until(async () => (await events(hub)) === 8);
    expect(await scrape(hub)).toEqual({ 'events_total{}': 8, 'level{}': 4 });
  });

  test('after the process was given up: the same', async () => {
    const hub = await startHub({ graceMs: 1 });
    const line = await wire(hub);
    const { counter } = await counting(line);
    counter.inc(5);
    expect(await events(hub)).toBe(5);
    line.cut();
    const lost = async () => (await scrape(hub, {}, true))['metrics_bus_processes_lost_total{role="test"}'];
    await until(async () => (await lost()) === 1);
    counter.inc(3);
    line.mend();
    await until(async () => (await events(hub)) === 8);
    line.cut();
    await until(async () => (await lost()) === 2);
    line.mend();
    counter.inc(1);
    await until(async () => (await events(hub)) === 9);
    expect(await scrape(hub, {}, true)).toMatchObject({ 'metrics_bus_processes_started_total{role="test"}': 1 });
  });

  test('at the moment of a goodbye: the process waits for it, and nothing is lost', async () => {
    const hub = await startHub();
    const line = await wire(hub);
    const { agent, counter } = await counting(line, { pushMs: 60_000 });
    counter.inc(5);
    expect(await events(hub)).toBe(5);
    line.cut();
    counter.inc(7);
    await until(async () => (await hub.scrape({ by: 'process' })) && expect(agent.page()).rejects.toThrow('reached'));
    const left = agent.leave();
    line.mend();
    await left;
    expect(await events(hub)).toBe(12);
  });

  test('while a goodbye is under way: it is said again, and counts once', async () => {
    const hub = await startHub();
    const line = await wire(hub);
    const { agent, counter } = await counting(line, { pushMs: 60_000 });
    counter.inc(5);
    expect(await events(hub)).toBe(5);
    counter.inc(7);
    const left = agent.leave();
    line.cut();
    line.mend();
    await left;
    expect(await scrape(hub, {}, true)).toMatchObject({
      'events_total{}': 12,
      'metrics_bus_processes_started_total{role="test"}': 1,
    });
  });

  test('while the hub reads nothing: the process holds no queue, and sends the rest in one piece', async () => {
    const hub = await startHub({ flushMs: 30 });
    const line = await wire(hub);
    const { registers } = await counting(line, { pushMs: 5 });
    const many = new Counter({ name: 'many_total', help: 'h', labelNames: ['i'], registers });
    for (let i = 0; i < 1000; i++) many.inc({ i });
    await until(async () => (await scrape(hub))['many_total{i="999"}'] === 1);
    line.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 1000; i++) many.inc({ i });
      await sleep(5);
    }
    // 200 ticks of 12 kB would be 2.4 MB in the socket's queue if ticks did not wait for the hub.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
    line.resume();
    await until(async () => (await scrape(hub))['many_total{i="999"}'] === 201);
  });
});

test('a histogram of which the largest or smallest is shown has counts that a process has, also over a restart and when it ended', async () => {
  const stateDir = join(testFolder(), 'bus');
  const first = await startHub({ stateDir });
  const processes = [];
  for (const values of [[0.5, 0.5, 0.5], [1.5, 1.5], []]) {
    const { agent, registers } = startAgent(first);
    const observe = (['max', 'min', 'average'] as const).map((aggregator) => {
      const histogram = new Histogram({ name: aggregator, help: 'h', buckets: [1, 2], aggregator, registers });
      for (const value of values) histogram.observe(value);
      return (value: number) => histogram.observe(value);
    });
    await agent.joined;
    processes.push({ agent, observe: (value: number) => observe.map((each) => each(value)) });
  }
  const [threeSmall, twoLarge, none] = processes;
  none!.observe(1.2);
  none!.observe(5);
  const counts = (name: string, [one, two, all]: number[]) => ({
    [`${name}_bucket{le="1"}`]: one,
    [`${name}_bucket{le="2"}`]: two,
    [`${name}_bucket{le="+Inf"}`]: all,
    [`${name}_count{}`]: all,
  });
  const shown = { ...counts('max', [3, 3, 3]), ...counts('min', [0, 1, 2]), ...counts('average', [1, 2, 7 / 3]) };
  expect(await scrape(first)).toMatchObject(shown);
  expect((await first.scrape({ by: 'process' })).body.toString()).toContain('max_count{proc="test-1",role="test"} 3\n');
  await first.close();
  const second = await startHub({ stateDir, token: first.address.token });
  await until(async () => (await scrape(second, {}, true))['metrics_bus_processes{role="test"}'] === 3);
  expect(await scrape(second)).toMatchObject(shown);
  twoLarge!.observe(0.1);
  twoLarge!.observe(9);
  expect(await scrape(second)).toMatchObject({ ...counts('max', [3, 3, 4]), ...counts('min', [0, 1, 2]) });
  await threeSmall!.agent.leave();
  await none!.agent.leave();
  await twoLarge!.agent.leave();
  expect(await scrape(second)).toMatchObject({ ...counts('max', [3, 3, 4]), ...counts('min', [0, 1, 2]) });
});

test('labels and roles may be called like what every object has', async () => {
  const hub = await startHub();
  for (const role of ['constructor', '__proto__']) await startAgent(hub, { role }).agent.joined;
  const { registers, registry } = await counting(hub);
  registry.setDefaultLabels({ valueOf: 'd' });
  const labelNames = ['constructor', '__proto__', 'toString', 'a'];
  const odd = new Counter({ name: 'odd_total', help: 'h', labelNames, registers });
  const sets = ['{"constructor":""}', '{"a":"x"}', '{"constructor":"y","toString":"z"}', '{"__proto__":"p"}'];
  for (const labels of sets) odd.inc(JSON.parse(labels));
  const page = await scrape(hub, {}, true);
  expect(page).toMatchObject({
    'odd_total{valueOf="d"}': 1,
    'odd_total{a="x",valueOf="d"}': 1,
    'odd_total{constructor="y",toString="z",valueOf="d"}': 1,
    'odd_total{__proto__="p",valueOf="d"}': 1,
    'metrics_bus_processes{role="constructor"}': 1,
    'metrics_bus_processes{role="__proto__"}': 1,
    'metrics_bus_processes_started_total{role="constructor"}': 1,
    'metrics_bus_processes_started_total{role="__proto__"}': 1,
  });
  expect(Object.keys(page).join()).not.toContain('native code');
});

test('a label of the metric itself stands beside one of that name that the bus adds, also over a restart', async () => {
  const stateDir = join(testFolder(), 'bus');
  const first = await startHub({ stateDir });
  const { agent, registers } = startAgent(first, { role: 'api' });
  const own = new Gauge({ name: 'own', help: 'h', labelNames: ['role', 'proc'], registers });
  own.set({ role: 'a' }, 1);
  own.set({ role: 'b', proc: 'x' }, 2);
  const options = { name: 'each_total', help: 'h', aggregator: 'all' as 'sum', registers };
  const each = new Counter({ ...options, labelNames: ['proc', 'exported_proc'] });
  each.inc({}, 1);
  each.inc({ proc: 'a' }, 2);
  each.inc({ proc: 'b' }, 4);
  each.inc({ proc: 'b', exported_proc: 'c' }, 8);
  await agent.joined;
  const shown = {
    'each_total{proc="api-1"}': 1,
    'each_total{exported_proc="a",proc="api-1"}': 2,
    'each_total{exported_proc="b",proc="api-1"}': 4,
    'each_total{exported_exported_proc="b",exported_proc="c",proc="api-1"}': 8,
    'own{role="a"}': 1,
    'own{proc="x",role="b"}': 2,
  };
  expect(await scrape(first)).toEqual(shown);
  expect(await scrape(first, { by: 'process' })).toEqual({
    'each_total{proc="api-1",role="api"}': 1,
    'each_total{exported_proc="a",proc="api-1",role="api"}': 2,
    'each_total{exported_proc="b",proc="api-1",role="api"}': 4,
    'each_total{exported_exported_proc="b",exported_proc="c",proc="api-1",role="api"}': 8,
    'own{exported_role="a",proc="api-1",role="api"}': 1,
    'own{exported_proc="x",exported_role="b",proc="api-1",role="api"}': 2,
  });
  await first.close();
  const second = await startHub({ stateDir, token: first.address.token });
  await until(async () => (await scrape(second))['own{role="a"}'] === 1);
  expect(await scrape(second)).toEqual(shown);
});

test('a metric that was left out is shown as soon as nobody has its name with another definition', async () => {
  const hub = await startHub();
  const old = await counting(hub);
  new Gauge({ name: 'level', help: 'h', registers: old.registers }).set(1);
  expect(await scrape(hub)).toMatchObject({ 'level{}': 1 });
  const living = await counting(hub);
  const level = new Gauge({ name: 'level', help: 'h', aggregator: 'max', registers: living.registers });
  level.set(2);
  living.counter.inc(3);
  expect(await scrape(hub)).toEqual({ 'events_total{}': 3, 'level{}': 1 });
  await old.agent.leave();
  expect(await scrape(hub)).toEqual({ 'events_total{}': 3, 'level{}': 2 });
  level.set(4);
  expect(await scrape(hub)).toEqual({ 'events_total{}': 3, 'level{}': 4 });
  expect((await hub.scrape({ by: 'process' })).body.toString()).toContain('level{proc="test-2",role="test"} 4');
});

describe('a hub that is killed and started again', () => {
  test.each([false, true])('knows how many processes there should be; as a thread: %s', async (thread) => {
    const hub = await startHub({ thread });
    hub.expect({ api: 2 });
    const expected = async () => (await scrape(hub, {}, true))['metrics_bus_processes_expected{role="api"}'];
    expect(await expected()).toBe(2);
    await hub.restart();
    expect(await expected()).toBe(2);
  });

  test('with its checkpoint: no counter is lower than before, and survivors continue', async () => {
    const stateDir = join(testFolder(), 'bus');
    const first = await startHub({ stateDir, thread: true });
    const survivor = await counting(first);
    const histogram = new Histogram({ name: 'took', help: 'h', buckets: [1], registers: survivor.registers });
    const ended = await counting(first);
    survivor.counter.inc(10);
    histogram.observe(0.5);
    ended.counter.inc(100);
    await scrape(first);
    await ended.agent.leave();
    survivor.counter.inc(1);
    const before = await scrape(first);
    expect(before).toMatchObject({ 'events_total{}': 111, 'took_count{}': 1 });
    // As after SIGKILL: what is on disk now is all that the next hub gets.
    const files = readdirSync(stateDir).filter((name) => !name.endsWith('.sock'));
    const copies = files.map((name) => [name, readFileSync(join(stateDir, name))] as const);
    await first.close();
    for (const [name, bytes] of copies) writeFileSync(join(stateDir, name), bytes);
    const second = await startHub({ stateDir });
    expect(await scrape(second)).toEqual(before);
  });

  test('with its checkpoint: what only the last scrapes saw is not taken back when the process that counted it is gone', async () => {
    const stateDir = join(testFolder(), 'bus');
    const first = await startHub({ stateDir, thread: true });
    const { counter, agent } = await counting(first);
    counter.inc(10);
    await scrape(first);
    const totals = readFileSync(join(stateDir, 'totals'));
    for (let more = 1; more <= 3; more++) {
      counter.inc(more);
      await scrape(first);
    }
    const shown = readFileSync(join(stateDir, 'shown'));
    // The larger file was not written again.
    expect(readFileSync(join(stateDir, 'totals')).equals(totals)).toBe(true);
    await agent.leave();
    await first.close();
    writeFileSync(join(stateDir, 'totals'), totals);
    writeFileSync(join(stateDir, 'shown'), shown);
    expect(await events(await startHub({ stateDir }))).toBe(16);
  });

  test('as a thread: it keeps its token, processes find it again, totals go on', async () => {
    const hub = await startHub({ thread: true });
    const { counter, registers } = await counting(hub, { pushMs: 50 });
    new Gauge({ name: 'level', help: 'h', registers }).set(4);
    counter.inc(10);
    expect(await events(hub)).toBe(10);
    await hub.restart();
    counter.inc(5);
    // The first answers come before the process is back, the later ones after.
    for (let last = 10; last < 15; ) {
      const now = (await events(hub)) as number;
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    await until(async () => (await scrape(hub))['level{}'] === 4);
    expect(await scrape(hub)).toEqual({ 'events_total{}': 15, 'level{}': 4 });
  });

  test('without a checkpoint: what survivors had counted before does not count again', async () => {
    const stateDir = join(testFolder(), 'bus');
    const hub = await startHub({ stateDir, thread: true });
    const { counter } = await counting(hub);
    counter.inc(1000);
    expect(await events(hub)).toBe(1000);
    for (const name of ['totals', 'shown']) writeFileSync(join(stateDir, name), '');
    await hub.restart();
    counter.inc(5);
    await until(async () => (await events(hub)) !== undefined);
    expect(await events(hub)).toBeLessThanOrEqual(5);
    counter.inc(2);
    expect(await events(hub)).toBeLessThanOrEqual(7);
    expect(await scrape(hub, {}, true)).toMatchObject({ 'metrics_bus_checkpoint_errors_total{}': 1 });
  });

  test('after a process was given up and came back: what it had counted before does not count again', async () => {
    const stateDir = join(testFolder(), 'bus');
    const options = { stateDir, token: 'a-token-of-some-length', graceMs: 1 };
    const first = await startHub(options);
    const line = await wire(first);
    const { counter } = await counting(line);
    counter.inc(1000);
    expect(await events(first)).toBe(1000);
    line.cut();
    const lost = async () => (await scrape(first, {}, true))['metrics_bus_processes_lost_total{role="test"}'];
    await until(async () => (await lost()) === 1);
    line.mend();
    counter.inc(5);
    await until(async () => (await events(first)) === 1005);
    await first.close();
    const second = await startHub({ ...options, graceMs: 10_000 });
    expect(await events(second)).toBe(1005);
    counter.inc(1);
    await until(async () => (await events(second)) !== 1005);
    expect(await events(second)).toBe(1006);
  });

  test('twice, the first time without its checkpoint: what survivors had counted before that does not count again', async () => {
    const stateDir = join(testFolder(), 'bus');
    const hub = await startHub({ stateDir, thread: true });
    const { counter } = await counting(hub);
    counter.inc(1000);
    expect(await events(hub)).toBe(1000);
    for (const name of ['totals', 'shown']) writeFileSync(join(stateDir, name), '');
    await hub.restart();
    await until(async () => (await events(hub)) === 0);
    counter.inc(5);
    await until(async () => (await events(hub)) === 5);
    await hub.restart();
    counter.inc(1);
    await until(async () => (await events(hub)) !== 5);
    expect(await events(hub)).toBe(6);
  });

  test('with more lines than it may show, overflow on top of them: no total is lost', async () => {
    const options = { stateDir: join(testFolder(), 'bus'), token: 'a-token-of-some-length', maxLines: 200 };
    const first = await startHub(options);
    await scrape(first);
    const { registers } = await counting(first);
    const counters = Array.from(
      { length: 5 },
      (_, i) => new Counter({ name: `many_${i}_total`, help: 'h', labelNames: ['i'], registers }),
    );
    const total = async (hub: MetricsHub) =>
      Object.entries(await scrape(hub)).reduce((sum, [name, value]) => sum + (name.startsWith('many_') ? value : 0), 0);
    // Some at a time, so that every metric has series of its own when there is no room left.
    for (let i = 0; i < 60; i += 10) {
      for (const counter of counters) for (let k = i; k < i + 10; k++) counter.inc({ i: k });
      expect(await total(first)).toBe(5 * (i + 10));
    }
    await first.close();
    const second = await startHub(options);
    expect(await total(second)).toBe(300);
    expect(await scrape(second, {}, true)).not.toHaveProperty('metrics_bus_checkpoint_errors_total{}', 1);
    for (const counter of counters) counter.inc({ i: 0 });
    await until(async () => (await total(second)) !== 300);
    expect(await total(second)).toBe(305);
  });

  test('with all its processes: counters go on where they were', async () => {
    const stateDir = join(testFolder(), 'bus');
    for (const [i, expected] of [5, 10, 15].entries()) {
      const hub = await startHub({ stateDir });
      const { counter, agent } = await counting(hub);
      counter.inc(5);
      expect(await events(hub), `run ${i}`).toBe(expected);
      await agent.leave();
      await hub.close();
    }
  });

  test.each(['torn', 'garbled', 'empty', 'not JSON', 'from the future'])(
    'with a checkpoint that is %s: it starts, and tells of it',
    async (how) => {
      const stateDir = join(testFolder(), 'bus');
      const hub = await startHub({ stateDir });
      const { counter, agent } = await counting(hub);
      counter.inc(5);
      await events(hub);
      await agent.leave();
      await hub.close();
      const file = join(stateDir, 'totals');
      const bytes = readFileSync(file);
      if (how === 'torn') writeFileSync(file, bytes.subarray(0, bytes.length - 9));
      if (how === 'garbled') writeFileSync(file, bytes.fill(7, 30, 40));
      if (how === 'empty') writeFileSync(file, '');
      if (how === 'not JSON') writeFileSync(file, '{"version":1}');
      if (how === 'from the future')
        writeFileSync(file, Buffer.from(bytes.toString('latin1').replace('metbus01', 'metbus99'), 'latin1'));
      const next = await startHub({ stateDir });
      expect(await scrape(next, {}, true)).toMatchObject({ 'metrics_bus_checkpoint_errors_total{}': 1 });
      expect(await events(next)).toBeUndefined();
    },
  );
});

describe('collectors', () => {
  test('that throw, hang or are slow cost only their own metric', async () => {
    const hub = await startHub({ flushMs: PATIENCE_MS });
    const { agent, counter, registers } = await counting(hub, { collectMs: 50, onFault: () => {} });
    const collect = {
      throws: () => {
        throw new Error('on purpose');
      },
      rejects: () => Promise.reject(new Error('on purpose')),
      hangs: () => new Promise(() => {}),
      slow: () => sleep(20),
    };
    for (const [name, fn] of Object.entries(collect))
      new Gauge({ name, help: 'h', registers, collect: fn as () => void }).set(1);
    new Gauge({
      name: 'good',
      help: 'h',
      registers,
      collect() {
        this.set(7);
      },
    });
    counter.inc(3);
    const startedAt = performance.now();
    const page = await scrape(hub, {}, true);
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS / 2);
    expect(page).toMatchObject({ 'good{}': 7, 'events_total{}': 3, 'hangs{}': 1, 'slow{}': 1 });
    await sleep(1100);
    const next = await scrape(hub, {}, true);
    const errors = (metric: string) => next[`metrics_bus_collect_errors_total{metric="${metric}"}`] ?? 0;
    expect([errors('throws'), errors('rejects'), errors('slow'), errors('good')]).toEqual([
      2,
      expect.any(Number),
      0,
      0,
    ]);
    expect(errors('rejects')).toBeGreaterThanOrEqual(1);
    expect(errors('hangs')).toBeGreaterThanOrEqual(1);
    await agent.leave();
  });

  test('of gauges run at scrapes only, at most once a second, once for all who scrape', async () => {
    const hub = await startHub();
    const { registers } = await counting(hub, { pushMs: 10 });
    let gauges = 0;
    let counters = 0;
    new Gauge({ name: 'g', help: 'h', registers, collect: () => void gauges++ });
    new Counter({ name: 'c_total', help: 'h', registers, collect: () => void counters++ });
    await until(() => counters >= 3);
    expect(gauges).toBe(0);
    const pages = await Promise.all(Array.from({ length: 50 }, () => hub.scrape()));
    expect(new Set(pages.map((page) => page.body.toString())).size).toBe(1);
    await scrape(hub);
    expect(gauges).toBe(1);
    await until(async () => (await scrape(hub)) && gauges === 2, { everyMs: 100 });
  });

  test('of a metric in two registries run once in a scrape, so a window that they empty is shown', async () => {
    const hub = await startHub();
    const registries = [new Registry(), new Registry()];
    let longest = 300;
    new Gauge({
      name: 'longest',
      help: 'h',
      registers: registries,
      collect() {
        this.set(longest);
        longest = 0;
      },
    });
    const { agent } = startAgent(hub, { registries });
    await agent.joined;
    expect(await scrape(hub)).toEqual({ 'longest{}': 300 });
  });

  test('of the event loop lag keep a block that happened between two scrapes', async () => {
    const hub = await startHub({ minCollectMs: 0 });
    const { registry } = await counting(hub, { pushMs: 20 });
    collectDefaultMetrics({ register: registry });
    await scrape(hub);
    await sleep(50);
    const end = performance.now() + 300;
    while (performance.now() < end);
    await sleep(100);
    expect((await scrape(hub))['nodejs_eventloop_lag_max_seconds{}']).toBeGreaterThan(0.25);
  });
});

describe('a scrape', () => {
  test('by 50 at once asks each process once', async () => {
    const hub = await startHub();
    const line = await wire(hub);
    const { counter } = await counting(line, { pushMs: 60_000 });
    await scrape(hub);
    const before = line.bytes();
    counter.inc();
    await Promise.all(Array.from({ length: 50 }, () => hub.scrape()));
    expect(line.bytes() - before).toBeLessThan(200);
  });

  test('comes from any process through its agent, packed when it wants it', async () => {
    const hub = await startHub({ thread: true });
    const { agent, counter } = await counting(hub);
    counter.inc(4);
    const page = await agent.page({ accept: 'application/openmetrics-text' });
    expect(page.contentType).toMatch(/^application\/openmetrics-text/);
    expect(page.body.toString()).toMatch(/^events_total 4\n[\s\S]*# EOF\n$/m);
    const packed = await agent.page({ acceptEncoding: 'gzip' });
    const { gunzipSync } = await import('node:zlib');
    expect(packed.encoding).toBe('gzip');
    expect(gunzipSync(packed.body).toString()).toContain('events_total 4\n');
    const byProcess = (await agent.page({ by: 'process' })).body.toString();
    expect(byProcess).toContain('events_total{proc="test-1",role="test"} 4');
    await hub.close();
    // Whichever the agent learns first: that its connection is closed, or that there will be no answer.
    await expect(agent.page()).rejects.toThrow(/cannot be reached|went away/);
  });

  test('of a hub without processes shows the hub', async () => {
    const hub = await startHub();
    hub.expect({ api: 2 });
    const page = await scrape(hub, {}, true);
    expect(page).toMatchObject({
      'metrics_bus_processes_expected{role="api"}': 2,
      'metrics_bus_series{}': expect.any(Number),
    });
  });
});

describe('the door', () => {
  test('opens for this user only, and is this hub’s alone', async () => {
    const stateDir = join(testFolder(), 'bus');
    const hub = await startHub({ stateDir });
    await counting(hub);
    await events(hub);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([
      mode(stateDir),
      mode(hub.address.path),
      mode(join(stateDir, 'totals')),
      mode(join(stateDir, 'shown')),
    ]).toEqual(['700', '600', '600', '600']);
    await expect(startHub({ stateDir })).rejects.toThrow('Another metrics hub listens');
    await expect(startHub({ stateDir: join(stateDir, 'x'.repeat(100)) })).rejects.toThrow('too long');
    await expect(startHub({ stateDir: join(stateDir, 'x'.repeat(100)), thread: true })).rejects.toThrow('too long');
  });

  // Only root can become another user; elsewhere the modes above have to do.
  const rootTest = process.getuid?.() === 0 ? test : () => {};
  rootTest('stays shut for another user', async () => {
    const hub = await startHub();
    chmodSync(join(hub.address.path, '..'), 0o700);
    const { spawnSync } = await import('node:child_process');
    // It becomes the other user after its start: that user may not reach the folder that Node itself lies in.
    const become = 'process.setgroups([]); process.setegid(65534); process.seteuid(65534);';
    const script = `${become} require('net').connect(${JSON.stringify(hub.address.path)}).on('connect', () => process.exit(0)).on('error', (e) => process.exit(e.code === 'EACCES' ? 13 : 1))`;
    const { status } = spawnSync(process.execPath, ['-e', script]);
    expect(status).toBe(13);
  });

  test('lets nobody in without the token, and tells the process why', async () => {
    const hub = await startHub();
    const faults: string[] = [];
    const { agent, registers } = startAgent(
      { address: { ...hub.address, token: 'wrong' } },
      { onFault: (kind, what) => faults.push(`${kind}: ${what}`) },
    );
    new Counter({ name: 'events_total', help: 'h', registers }).inc();
    await until(() => faults.length > 0);
    expect(faults[0]).toBe('refused: not the token of this hub');
    expect(await scrape(hub, {}, true)).toMatchObject({
      'metrics_bus_report_errors_total{reason="token"}': expect.any(Number),
    });
    expect(await events(hub)).toBeUndefined();
    await agent.leave();
  });

  test('shuts on a process that speaks another protocol, and counts it; others go on', async () => {
    const hub = await startHub();
    const { counter } = await counting(hub);
    counter.inc(2);
    const socket = connect({ path: hub.address.path });
    const hello = { proto: 2, token: hub.address.token, instance: 'f'.repeat(32), role: 'new', seen: false };
    socket.write(encodeFrame(TYPE.hello, { notes: hello }));
    const newer = encodeFrame(TYPE.hello, { notes: hello });
    newer.writeUInt8(2, 5);
    const other = connect({ path: hub.address.path });
    other.write(newer);
    const closed = (s: Socket) => new Promise((resolve) => s.resume().on('close', resolve));
    await Promise.all([closed(socket), closed(other)]);
    expect(await scrape(hub, {}, true)).toMatchObject({
      'metrics_bus_report_errors_total{reason="version"}': 2,
      'events_total{}': 2,
    });
  });

  test('stands open for a later version that speaks this protocol too, whatever else it says', async () => {
    const hub = await startHub();
    const { counter } = await counting(hub);
    counter.inc(2);
    const later = connect({ path: hub.address.path }).resume();
    atEnd(() => later.destroy());
    const hello = { proto: 1, token: hub.address.token, instance: 'e'.repeat(32), role: 'later', seen: false };
    const metric = { m: 0, name: 'events_total', help: 'h', type: 'counter', agg: 'sum' };
    const state = (flags: number, request = 0) =>
      encodeFrame(TYPE.state, {
        flags,
        request,
        notes: {
          schema: [
            { ...metric, unit: 'events' },
            { s: 0, m: 0, l: [], since: 5 },
          ],
          exemplars: [],
          mood: 'good',
        },
        slots: Uint32Array.of(0),
        values: Float64Array.of(40),
      });
    later.write(encodeFrame(TYPE.hello, { notes: { ...hello, host: 'here', caps: ['digest'] } }));
    // A type that this hub does not know, before and after what it knows.
    for (const bytes of [encodeFrame(9, { notes: { any: 'thing' } }), state(1), encodeFrame(15)]) later.write(bytes);
    const byProcess = async () => (await hub.scrape({ by: 'process' })).body.toString();
    await until(async () => (await byProcess()).includes('events_total{proc="later-1",role="later"} 40'));
    expect(await events(hub)).toBe(42);
    // It gives its last words in the same way, and they stay.
    later.write(state(3));
    await until(async () => !(await byProcess()).includes('later-1'));
    const page = await scrape(hub, {}, true);
    expect(page).toMatchObject({ 'events_total{}': 42, 'metrics_bus_processes_started_total{role="later"}': 1 });
    const errors = Object.entries(page).filter(([key]) => key.startsWith('metrics_bus_report_errors'));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.filter(([, value]) => value !== 0)).toEqual([]);
  });

  test('survives garbage, from strangers and from those who know the token', async () => {
    const hub = await startHub();
    const { counter } = await counting(hub);
    counter.inc(2);
    const hello = (i: number) =>
      encodeFrame(TYPE.hello, {
        notes: { proto: 1, token: hub.address.token, instance: `${i}`.padStart(32, '0'), role: 'odd', seen: false },
      });
    const state = encodeFrame(TYPE.state, {
      flags: 1,
      notes: {
        schema: [
          { m: 0, name: 'x', help: 'h', type: 'gauge', agg: 'sum' },
          { s: 0, m: 0, l: [] },
        ],
        exemplars: [[0, ['a', 'b'], 1, 1]],
      },
      slots: Uint32Array.of(0),
      values: Float64Array.of(1),
    });
    const send = (...parts: Buffer[]) =>
      new Promise<void>((resolve) => {
        const socket = connect({ path: hub.address.path });
        socket.on('error', () => {}).on('close', () => resolve());
        socket.resume().end(Buffer.concat(parts));
      });
    let instance = 0;
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array)),
      fc.array(fc.tuple(fc.nat(state.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }).map((changes) => {
        const copy = Buffer.from(state);
        for (const [at, byte] of changes) copy.writeUInt8(byte, at);
        return copy;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (garbage, known) => {
        await (known ? send(hello(++instance), state, garbage) : send(garbage));
      }),
      { numRuns: 300 },
    );
    const huge = Buffer.alloc(24);
    huge.writeUInt32LE(2 ** 31);
    await send(huge);
    await send(hello(++instance), huge);
    const page = await scrape(hub, {}, true);
    expect(page['events_total{}']).toBe(2);
    expect(page['metrics_bus_report_errors_total{reason="too_large"}']).toBeGreaterThanOrEqual(2);
    expect(page['metrics_bus_report_errors_total{reason="garbled"}']).toBeGreaterThan(0);
  });

  test('takes so many connections and no more, and goes on', async () => {
    const hub = await startHub({ maxConnections: 50 });
    const { counter } = await counting(hub);
    counter.inc(3);
    // Ten thousand, a thousand at a time.
    for (let wave = 0; wave < 10; wave++) {
      const sockets = Array.from({ length: 1000 }, () => connect({ path: hub.address.path }).on('error', () => {}));
      await until(() => sockets.filter((socket) => socket.closed).length >= 950);
      expect(await events(hub)).toBe(3);
      for (const socket of sockets) socket.destroy();
    }
  });
});

describe('a process', () => {
  test('with an aggregator that nobody knows is told so when it joins, and others go on', async () => {
    const hub = await startHub();
    const { registry, registers } = startAgent(hub);
    new Gauge({ name: 'odd', help: 'h', aggregator: 'median' as 'sum', registers });
    const join = () => new MetricsAgent({ address: hub.address, role: 'test', registries: [registry] });
    expect(join).toThrow('odd has the aggregator "median"; known are sum,');
    const { counter } = await counting(hub);
    counter.inc();
    expect(await events(hub)).toBe(1);
  });

  test.each<[string, (registry: Registry) => void]>([
    ['65 labels', (registry) => gaugeWith(registry, { labels: Array.from({ length: 65 }, (_, i) => `l${i}`) })],
    ['a label name of 256 characters', (registry) => gaugeWith(registry, { labels: ['l'.repeat(256)] })],
    ['a name of 256 characters', (registry) => gaugeWith(registry, { name: 'n'.repeat(256) })],
    [
      '501 buckets',
      (registry) => {
        const buckets = Array.from({ length: 501 }, (_, i) => i);
        new Histogram({ name: 'odd', help: 'h', buckets, registers: [registry] }).observe(3);
      },
    ],
    ['a default label that is none', (registry) => registry.setDefaultLabels({ 'my-label': 'x' })],
  ])('with %s in a metric is told so, and all else that it counts is shown', async (_, add) => {
    const hub = await startHub();
    const faults: string[] = [];
    const { counter, registry } = await counting(hub, { onFault: (kind) => faults.push(kind) });
    counter.inc(5);
    expect(await events(hub)).toBe(5);
    add(registry);
    counter.inc();
    const page = await scrape(hub, {}, true);
    expect(page).toMatchObject({ 'events_total{}': 6, 'metrics_bus_report_errors_total{reason="schema"}': 0 });
    expect(Object.keys(page).filter((key) => /^(odd|nnn)/.test(key))).toEqual([]);
    expect(faults).toEqual(['unreadable']);
    counter.inc();
    expect(await events(hub)).toBe(7);
  });

  test('that leaves before it was welcomed loses nothing', async () => {
    const hub = await startHub();
    const { agent, registers } = startAgent(hub);
    new Counter({ name: 'events_total', help: 'h', registers }).inc(5);
    await agent.leave();
    expect(await events(hub)).toBe(5);
  });

  test('that leaves twice is gone when it is gone', async () => {
    const hub = await startHub();
    const { agent, counter } = await counting(hub, { pushMs: 60_000 });
    counter.inc(5);
    const left = agent.leave();
    expect(agent.leave()).toBe(left);
    await left;
    expect(await scrape(hub, { by: 'process' })).toEqual({});
    expect(await events(hub)).toBe(5);
  });

  test('without a hub leaves within a second', async () => {
    const { agent } = startAgent({ address: { path: join(testFolder(), 'nobody.sock'), token: 't' } });
    const startedAt = performance.now();
    await agent.leave();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  test('that takes metrics out of its registry and puts them back counts them once', async () => {
    const hub = await startHub();
    const { counter, registry } = await counting(hub);
    counter.inc(10);
    expect(await events(hub)).toBe(10);
    registry.removeSingleMetric('events_total');
    expect(await events(hub)).toBe(10);
    registry.registerMetric(counter);
    counter.inc();
    expect(await events(hub)).toBe(11);
  });

  test('that puts another type of metric in the place of one shows the other', async () => {
    const hub = await startHub();
    const { registry, registers } = await counting(hub);
    new Gauge({ name: 'level', help: 'h', registers }).set(3);
    expect((await scrape(hub))['level{}']).toBe(3);
    registry.removeSingleMetric('level');
    new Counter({ name: 'level', help: 'h', registers }).inc(7);
    expect((await scrape(hub))['level{}']).toBe(7);
  });

  test('that gets messages which are none of the bus’s does not mind', async () => {
    const hub = await startHub();
    const { child, order } = await startProcess(hub);
    for (const message of [null, 'text', 7, [], { type: 'prom-client:getMetricsReq' }]) child.send(message as never);
    await order({ do: 'count', value: 1 });
    await until(async () => (await events(hub)) === 1);
  });

  test('without the bus does not matter to a scrape', async () => {
    const hub = await startHub({ flushMs: PATIENCE_MS });
    const { fork } = await import('node:child_process');
    const child = fork('-', { execArgv: ['-e', 'setInterval(() => {}, 1000)', '--'] });
    atEnd(() => child.kill('SIGKILL'));
    await counting(hub);
    const startedAt = performance.now();
    await scrape(hub);
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS / 2);
  });

  test('leaves no file behind', async () => {
    const stateDir = join(testFolder(), 'bus');
    const hub = await startHub({ stateDir });
    for (let i = 0; i < 20; i++) {
      const { agent, counter } = await counting(hub);
      counter.inc();
      await agent.leave();
    }
    expect(await events(hub)).toBe(20);
    expect(readdirSync(stateDir).sort()).toEqual(['hub.sock', 'shown', 'totals']);
    await hub.close();
    expect(existsSync(hub.address.path)).toBe(false);
  });
});

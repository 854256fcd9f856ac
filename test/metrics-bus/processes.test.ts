import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { addressText } from '../../shared/metrics-bus/address.ts';
import type { MetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import { until } from '../until.ts';
import { scrape, startHub, startProcess } from './bus.ts';

const GAUGES = ['level_by_adding{}', 'level_by_max{}', 'level_by_average{}', 'level_by_first{}'];

describe('a process that ends', () => {
  test.each([
    ['by process.exit', 'exit'],
    ['by an exception', 'throw'],
    ['by an unhandled rejection', 'reject'],
    ['because its parent went away', 'disconnect'],
    ['after it said goodbye', 'leave'],
  ] as const)('%s loses nothing', async (_, how) => {
    const hub = await startHub();
    const ending = await startProcess(hub, { pushMs: 60_000 });
    await ending.order({ do: 'count', value: 41 });
    if (how === 'leave') {
      await ending.order({ do: 'count', value: 1 });
      await ending.order({ do: 'leave' });
      await ending.end('SIGKILL');
    } else {
      ending.child.send({ do: how });
      await ending.gone;
    }
    expect(await until(async () => (await scrape(hub))['events_total{}'])).toBe(42);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s loses nothing, and still ends by it', async (signal) => {
    const hub = await startHub();
    const ending = await startProcess(hub, { pushMs: 60_000 });
    await until(async () => (await scrape(hub))['events_total{}'] === 0);
    await ending.order({ do: 'count', value: 42 });
    await ending.end(signal);
    expect(ending.child.signalCode).toBe(signal);
    expect((await scrape(hub))['events_total{}']).toBe(42);
  });

  test('by SIGKILL keeps what it had pushed, and its gauges are gone at the next scrape', async () => {
    const hub = await startHub({ thread: true });
    const [killed, other] = await Promise.all([startProcess(hub), startProcess(hub)]);
    for (const [i, { order }] of [killed, other].entries()) {
      await order({ do: 'count', value: 5 });
      await order({ do: 'observe', value: 3 });
      await order({ do: 'set', value: 10 * (i + 1) });
    }
    expect(await scrape(hub)).toMatchObject({
      'events_total{}': 10,
      'took_seconds_count{}': 2,
      'level_by_adding{}': 30,
      'level_by_average{}': 15,
    });
    await killed.end('SIGKILL');
    const after = await scrape(hub);
    expect(after).toMatchObject({ 'events_total{}': 10, 'took_seconds_sum{}': 6, 'took_seconds_bucket{le="10"}': 2 });
    expect(GAUGES.map((gauge) => after[gauge])).toEqual([20, 20, 20, 20]);
    await other.end('SIGKILL');
    expect(await scrape(hub)).toEqual({
      'events_total{}': 10,
      'took_seconds_bucket{le="1"}': 0,
      'took_seconds_bucket{le="10"}': 2,
      'took_seconds_bucket{le="+Inf"}': 2,
      'took_seconds_sum{}': 6,
      'took_seconds_count{}': 2,
    });
  });

  test('by SIGKILL loses at most one push interval of its work', async () => {
    const hub = await startHub({ flushMs: 10_000 });
    const killed = await startProcess(hub, { pushMs: 50 });
    await killed.order({ do: 'count', value: 7 });
    await until(async () => (await scrape(hub))['events_total{}'] === 7);
    await killed.order({ do: 'count', value: 8 });
    // No scrape asks for it: only a push can bring it.
    const pushed = async () =>
      (await hub.scrape({ by: 'process' })).body.toString().includes('events_total{proc="test-1",role="test"} 15');
    await until(pushed);
    await killed.end('SIGKILL');
    expect((await scrape(hub))['events_total{}']).toBe(15);
  });
});

describe('a process that hangs', () => {
  test.each(['busy', 'stopped'] as const)(
    '(%s) costs one scrape its patience, and nothing is counted twice when it wakes',
    async (how) => {
      const hub = await startHub({ flushMs: 600 });
      const [hung, other] = await Promise.all([startProcess(hub), startProcess(hub)]);
      await hung.order({ do: 'count', value: 5 });
      await hung.order({ do: 'set', value: 1 });
      await scrape(hub);
      await hung.order({ do: 'count', value: 2 });
      if (how === 'busy') await hung.order({ do: 'block', ms: 5000 });
      else hung.child.kill('SIGSTOP');
      const took: number[] = [];
      for (let i = 1; i <= 5; i++) {
        await other.order({ do: 'count', value: 1 });
        const startedAt = performance.now();
        const page = await scrape(hub, {}, true);
        took.push(performance.now() - startedAt);
        expect(page['events_total{}']).toBe(5 + i);
        expect(page['metrics_bus_stale_processes{role="test"}']).toBe(1);
      }
      // Within the deadline, with room for a busy machine; and the hung one is waited for once.
      expect(Math.max(...took)).toBeLessThan(3000);
      expect(Math.min(...took.slice(1))).toBeLessThan(500);
      hung.child.kill('SIGCONT');
      const page = await until(async () => {
        const now = await scrape(hub, {}, true);
        return now['metrics_bus_stale_processes{role="test"}'] === 0 && now['level_by_adding{}'] === 1 && now;
      });
      expect(page['events_total{}']).toBe(12);
      expect(page['metrics_bus_flush_timeouts_total{role="test"}']).toBeGreaterThanOrEqual(1);
    },
  );

  test('and is killed during a scrape does not spoil it', async () => {
    const hub = await startHub();
    const killed = await startProcess(hub);
    await killed.order({ do: 'count', value: 5 });
    await scrape(hub);
    killed.child.kill('SIGSTOP');
    const page = scrape(hub);
    const startedAt = performance.now();
    await killed.end('SIGKILL');
    expect(await page).toMatchObject({ 'events_total{}': 5 });
    // The scrape ended when the connection did.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a process with two agents ends by %s, too, and loses nothing',
  async (signal) => {
    const hub = await startHub();
    const child = script(
      `
      const metrics = ['one', 'two'].map((name) => ({ name, help: 'h', type: 'counter', hashMap: { '': { labels: {}, value: 3 } } }));
      setInterval(() => {}, 1000);
      const agents = metrics.map((metric) => join({ getMetricsAsArray: () => [metric] }));
      await Promise.all(agents.map((agent) => agent.joined));
      for (const metric of metrics) metric.hashMap[''].value = 5;
      console.log('ready');
    `,
      hub,
    );
    await once(child.stdout!, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(await scrape(hub)).toEqual({ 'one{}': 5, 'two{}': 5 });
  },
);

test.each(['process.exit()', 'throw new Error("on purpose")'])('last words are heard however long: %s', async (end) => {
  const hub = await startHub({ thread: true });
  const child = script(
    `
    const hashMap = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => ['i:' + i, { labels: { i }, value: 1 }]));
    const metric = { name: 'many_total', help: 'h', type: 'counter', hashMap };
    join({ getMetricsAsArray: () => [metric] });
    process.stdin.once('data', () => {
      for (const entry of Object.values(hashMap)) entry.value = 3;
      ${end};
    });
  `,
    hub,
  );
  const total = async () => Object.values(await scrape(hub)).reduce((sum, value) => sum + value, 0);
  await until(async () => (await total()) === 40_000);
  child.stdin!.write('end');
  await once(child, 'exit');
  await until(async () => (await total()) === 120_000, { timeoutMs: 5000 });
});

test('the bus does not keep a process alive', async () => {
  const hub = await startHub();
  const child = script(
    `
    const metric = { name: 'script_total', help: 'h', type: 'counter', hashMap: { '': { labels: {}, value: 3 } } };
    join({ getMetricsAsArray: () => [metric] });
    await new Promise((resolve) => setTimeout(resolve, 200));
  `,
    hub,
  );
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await scrape(hub)).toEqual({ 'script_total{}': 3 });
});

/** A process of its own that runs \`text\`, where \`join\` makes an agent of a registry. */
function script(text: string, hub: Pick<MetricsHub, 'address'>): ChildProcess {
  const agent = new URL('../../shared/metrics-bus/agent.ts', import.meta.url);
  const address = new URL('../../shared/metrics-bus/address.ts', import.meta.url);
  const start = `
    import { joinMetricsBus } from '${agent}';
    import { parseAddress } from '${address}';
    const bus = { address: parseAddress('${addressText(hub.address)}'), role: 'script', pushMs: 60_000, maxSeriesPerMetric: 50_000 };
    const join = (registry) => joinMetricsBus({ ...bus, registries: [registry] });
  `;
  return execFile(process.execPath, ['--input-type=module', '--eval', start + text], { timeout: 30_000 });
}

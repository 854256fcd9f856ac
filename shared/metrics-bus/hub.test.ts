import { Counter, Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { AgentTable } from './agent-table.ts';
import { decodeFrame, encodeFrame, FLAG, TYPE } from './frames.ts';
import { Hub } from './hub.ts';
import { readPage } from './read-page.ts';

const TOKEN = 'a-token-of-some-length';

/** A hub with a clock of its own, and processes whose wire is a function call. */
function setup(flushMs = 20) {
  let now = 0;
  const hub = new Hub({ token: TOKEN, now: () => now, flushMs }, 'hub');
  const join = (instance: string, role = 'api', seen = false) => {
    const registry = new Registry();
    const counter = new Counter({ name: 'events_total', help: 'h', registers: [registry] });
    const gauge = new Gauge({ name: 'level', help: 'h', registers: [registry] });
    const options = {
      registries: [registry],
      maxSeriesPerMetric: 100,
      falling: new Set<string>(),
      extraLabels: () => ({}),
      onFault: () => {},
    };
    const table = new AgentTable(options);
    const asked: { request: number; full: boolean }[] = [];
    const said: number[] = [];
    let answers = true;
    const report = (flags: number, request = 0) => {
      table.scan();
      const { schema, exemplars, slots, values } = flags & FLAG.full ? table.everything() : table.changes();
      connection.receive(
        decodeFrame(encodeFrame(TYPE.state, { flags, request, notes: { schema, exemplars }, slots, values })),
      );
    };
    const send = (bytes: Buffer) => {
      const frame = decodeFrame(bytes);
      said.push(frame.type);
      if (frame.type !== TYPE.flush) return;
      asked.push({ request: frame.request, full: (frame.flags & FLAG.full) !== 0 });
      if (answers) queueMicrotask(() => report(frame.flags & FLAG.full, frame.request));
    };
    const connection = hub.connect({ send, close: () => connection.closed() });
    const notes = { proto: 1, token: TOKEN, instance: instance.padEnd(32, '0'), role, seen };
    connection.receive(decodeFrame(encodeFrame(TYPE.hello, { notes })));
    report(FLAG.full);
    const hang = (is: boolean) => {
      answers = !is;
    };
    return { counter, gauge, asked, said, report, connection, hang };
  };
  const page = async () => Object.fromEntries(readPage((await hub.scrape()).body.toString()));
  const pass = (ms: number) => {
    now += ms;
    hub.tick();
  };
  return { hub, join, page, pass };
}

describe('a hub', () => {
  test('gives names by role, the lowest that is free, and takes them back when a process ended', async () => {
    const { hub, join, pass } = setup();
    const names = () => [...hub.roster.all].map(({ member }) => member.name).sort();
    const [first] = [join('a'), join('b'), join('c', 'worker')];
    expect(names()).toEqual(['api-1', 'api-2', 'worker-1']);
    first!.connection.closed();
    join('d');
    expect(names()).toEqual(['api-1', 'api-2', 'api-3', 'worker-1']);
    pass(10_000);
    join('e');
    expect(names()).toEqual(['api-1', 'api-2', 'api-3', 'worker-1']);
  });

  test('does not look at the wall clock: an hour forward or back changes nothing', async () => {
    const { join, page, pass } = setup();
    const process = join('a');
    process.counter.inc(3);
    process.gauge.set(1);
    const realNow = Date.now;
    for (const jump of [3_600_000, -3_600_000]) {
      Date.now = () => realNow() + jump;
      try {
        pass(1000);
        expect(await page()).toMatchObject({
          'events_total{}': 3,
          'level{}': 1,
          'metrics_bus_oldest_report_age_seconds{role="api"}': 0,
          'metrics_bus_processes{role="api"}': 1,
        });
      } finally {
        Date.now = realNow;
      }
    }
  });

  test('asks a silent process once, shows its gauges no more after a minute, and wants everything when it wakes', async () => {
    const { join, page, pass } = setup();
    const process = join('a');
    process.counter.inc(3);
    process.gauge.set(1);
    await page();
    process.hang(true);
    await page();
    await page();
    expect(process.asked).toHaveLength(2);
    pass(59_000);
    expect(await page()).toMatchObject({ 'level{}': 1, 'metrics_bus_oldest_report_age_seconds{role="api"}': 59 });
    pass(1000);
    expect(await page()).toMatchObject({ 'events_total{}': 3, 'metrics_bus_stale_processes{role="api"}': 1 });
    expect((await page())['level{}']).toBeUndefined();
    process.hang(false);
    process.counter.inc(1);
    process.report(0, process.asked.at(-1)!.request);
    const awake = await page();
    expect(process.asked.at(-1)!.full).toBe(true);
    expect(awake).toMatchObject({ 'events_total{}': 4, 'level{}': 1, 'metrics_bus_stale_processes{role="api"}': 0 });
  });

  test('takes the newer of two connections of one process, and counts it once', async () => {
    const { join, page } = setup();
    const old = join('a');
    old.counter.inc(3);
    old.report(0);
    const next = join('a', 'api', true);
    next.counter.inc(5);
    next.report(0);
    old.counter.inc(100);
    old.report(0);
    expect(old.said).toContain(TYPE.reject);
    expect(await page()).toMatchObject({ 'events_total{}': 5, 'metrics_bus_processes{role="api"}': 1 });
  });

  test('counts a process in full that no hub has shown before, and one that was shown only from here on', async () => {
    const { join, page } = setup();
    const fresh = join('a');
    fresh.counter.inc(7);
    fresh.report(0);
    expect(await page()).toMatchObject({ 'events_total{}': 7, 'metrics_bus_processes_started_total{role="api"}': 1 });
    const other = setup();
    const survivor = other.join('b', 'api', true);
    survivor.counter.inc(7);
    survivor.report(0);
    expect(await other.page()).toMatchObject({
      'events_total{}': 7,
      'metrics_bus_processes_started_total{role="api"}': 0,
    });
  });

  test('thanks for last words, and lets the counters stay', async () => {
    const { join, page } = setup();
    const process = join('a');
    process.counter.inc(2);
    process.gauge.set(1);
    process.report(FLAG.final);
    expect(process.said.at(-1)).toBe(TYPE.thanks);
    const shown = await page();
    expect(shown['events_total{}']).toBe(2);
    expect(shown['level{}']).toBeUndefined();
    expect(shown['metrics_bus_processes_lost_total{role="api"}']).toBeUndefined();
  });

  test('waits no longer for a scraper that itself waits only briefly', async () => {
    const { hub, join } = setup(5000);
    join('a').hang(true);
    const startedAt = performance.now();
    await hub.scrape({ timeoutSeconds: 0.02 });
    expect(performance.now() - startedAt).toBeLessThan(2500);
  });
});

/** Many of something: processes that come and go, frames that are nonsense, label sets without end. */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { Counter } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { SchemaError } from '../../shared/metrics-bus/definitions.ts';
import { decodeFrame, encodeFrame, FLAG, FrameError, TYPE } from '../../shared/metrics-bus/frames.ts';
import { Hub } from '../../shared/metrics-bus/hub.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';
import { scrape, startAgent, startHub } from './bus.ts';

const METRICS = [
  { m: 0, name: 'events_total', help: 'h', type: 'counter', agg: 'sum' },
  { m: 1, name: 'level', help: 'h', type: 'gauge', agg: 'sum' },
  { m: 2, name: 'took', help: 'h', type: 'histogram', agg: 'sum', le: [1, 5] },
] as const;

/** What a process says that counts one event, has a gauge of its own, and ends (or is killed, which is to end without `final`). */
function lifeOf(token: string, i: number, killed: boolean): Buffer {
  const instance = i.toString(16).padStart(32, '0');
  const hello = encodeFrame(TYPE.hello, { notes: { proto: 1, token, instance, role: 'job', seen: false } });
  const schema = [...METRICS, { s: 0, m: 0, l: [] }, { s: 1, m: 1, l: ['job', `${i}`] }, { s: 2, m: 2, l: [] }];
  const flags = FLAG.full | (killed ? 0 : FLAG.final);
  const state = encodeFrame(TYPE.state, {
    flags,
    notes: { schema, exemplars: [] },
    slots: Uint32Array.of(0, 1, 3, 5),
    values: Float64Array.of(1, 1, 1, 3),
  });
  return Buffer.concat([hello, state]);
}

test('a thousand short-lived processes, half of them killed, leave totals and nothing else', async () => {
  const stateDir = join(testFolder(), 'bus');
  const hub = await startHub({ stateDir, graceMs: 200 });
  const live = (i: number) =>
    new Promise<void>((resolve) => {
      const socket = connect({ path: hub.address.path }).on('close', () => resolve());
      socket.resume().end(lifeOf(hub.address.token, i, i % 2 === 0));
    });
  const took: number[] = [];
  const heap: number[] = [];
  for (let batch = 0; batch < 20; batch++) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => live(batch * 50 + i + 1)));
    // The killed ones are given up at the next tick.
    if (batch % 5 === 4) await new Promise((resolve) => setTimeout(resolve, 1300));
    const startedAt = performance.now();
    const page = await scrape(hub, {}, true);
    took.push(performance.now() - startedAt);
    expect(page).toMatchObject({ 'events_total{}': (batch + 1) * 50, 'took_count{}': (batch + 1) * 50 });
    expect(Object.keys(page).filter((key) => key.startsWith('level'))).toEqual([]);
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed);
  }
  // Against itself: a scrape after a thousand processes costs what one after the first hundreds did, whatever the machine does.
  expect(Math.min(...took.slice(10))).toBeLessThan(4 * Math.min(...took.slice(0, 10)));
  expect(heap.at(-1)! - heap[9]!).toBeLessThan(20_000_000);
  expect(readdirSync(stateDir).sort()).toEqual(['hub.sock', 'shown', 'totals']);
  const page = await scrape(hub, {}, true);
  expect(page['metrics_bus_processes_started_total{role="job"}']).toBe(1000);
  expect(page['metrics_bus_processes_lost_total{role="job"}']).toBe(500);
});

/** More of them before a release: BUS_FUZZ_FRAMES=1000000. */
const FUZZ_FRAMES = Number(process.env.BUS_FUZZ_FRAMES ?? 200_000);

test(`${FUZZ_FRAMES} damaged frames do not hurt the hub, and what was counted before stays`, async () => {
  const token = 'x'.repeat(20);
  const hub = new Hub({ token }, 'self');
  const good = hub.connect({ send: () => {}, close: () => {} });
  const [hello, state] = framesOf(lifeOf(token, 1, true));
  good.receive(decodeFrame(hello));
  good.receive(decodeFrame(state));
  const twin = hub.connect({ send: () => {}, close: () => {} });
  const [otherHello] = framesOf(lifeOf(token, 2, true));
  twin.receive(decodeFrame(otherHello));
  const damage = fc.array(fc.tuple(fc.nat(state.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(damage, (changes) => {
      const copy = Buffer.from(state);
      for (const [at, byte] of changes) if (at >= 6) copy.writeUInt8(byte, at);
      try {
        twin.receive(decodeFrame(copy));
      } catch (error) {
        if (!(error instanceof FrameError) && !(error instanceof SchemaError)) throw error;
      }
    }),
    { numRuns: FUZZ_FRAMES },
  );
  const { body } = await hub.scrape();
  expect(Number(/^events_total (\S+)$/m.exec(body.toString())?.[1])).toBeGreaterThanOrEqual(1);
}, 600_000);

describe('a counter with 100,000 label sets', () => {
  test('keeps its total through the overflow series, tells of it, and spares the others', async () => {
    const hub = await startHub({ thread: true });
    const { agent, registers } = startAgent(hub, { onFault: () => {} });
    const attacked = new Counter({ name: 'attacked_total', help: 'h', labelNames: ['user'], registers });
    const other = new Counter({ name: 'other_total', help: 'h', registers });
    await agent.joined;
    for (let user = 0; user < 100_000; user++) attacked.inc({ user }, 2);
    other.inc(7);
    // To look through so many for the first time takes longer than a scrape waits.
    await until(async () => (await scrape(hub))['other_total{}'] === 7);
    const page = await scrape(hub, {}, true);
    const series = Object.entries(page).filter(([key]) => key.startsWith('attacked'));
    expect(series.length).toBe(2001);
    expect(series.reduce((sum, [, value]) => sum + value, 0)).toBe(200_000);
    expect(page['attacked_total{metrics_bus_overflow="true"}']).toBe(196_000);
    expect(page['metrics_bus_series_dropped_total{metric="attacked_total"}']).toBe(98_000);
    expect(page['other_total{}']).toBe(7);
  });
});

function framesOf(bytes: Buffer): [Buffer, Buffer] {
  const first = bytes.readUInt32LE(0);
  return [bytes.subarray(0, first), bytes.subarray(first)];
}

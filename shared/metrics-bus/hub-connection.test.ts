/** A long report is worked in a part at a time, so that whatever else the hub's process does goes on. */
import { expect, test } from 'vitest';
import { type Changes, SchemaError, type SchemaItem } from './definitions.ts';
import { decodeFrame, encodeFrame, FLAG, TYPE } from './frames.ts';
import { Hub } from './hub.ts';
import { readPage } from './read-page.ts';

const TOKEN = 'a-token-of-some-length';
const SERIES = 2000;

/** A connection whose later turns come when they are called for. */
function setup() {
  let now = 0;
  const hub = new Hub({ token: TOKEN, now: () => now, flushMs: 20 }, 'hub');
  const turns: (() => void)[] = [];
  const connection = hub.connect({ send() {}, close() {}, later: (work) => void turns.push(work) });
  const notes = { proto: 1, token: TOKEN, instance: 'a'.repeat(32), role: 'api', seen: false };
  connection.receive(decodeFrame(encodeFrame(TYPE.hello, { notes })));
  const say = ({ schema, slots, values }: Pick<Changes, 'schema' | 'slots' | 'values'>, flags = 0) =>
    connection.receive(decodeFrame(encodeFrame(TYPE.state, { flags, notes: { schema }, slots, values })));
  const turn = () => turns.shift()?.();
  const total = async () => {
    const samples = [...readPage((await hub.scrape()).body.toString())];
    return samples.reduce((sum, [key, value]) => sum + (key.startsWith('events_total{') ? value : 0), 0);
  };
  const pass = (ms: number) => {
    now += ms;
    hub.tick();
  };
  return { connection, turns, say, turn, total, pass };
}

/** A counter with so many label sets, each 1. */
function report(): Changes {
  const schema: SchemaItem[] = [{ m: 0, name: 'events_total', help: 'h', type: 'counter', agg: 'sum' }];
  for (let s = 0; s < SERIES; s++) schema.push({ s, m: 0, l: ['set', `${s}`] });
  const slots = Uint32Array.from({ length: SERIES }, (_, slot) => slot);
  return { schema, exemplars: [], slots, values: new Float64Array(SERIES).fill(1) };
}

test('a long report takes several turns, and what its process says meanwhile comes after it', async () => {
  const { turns, say, turn, total } = setup();
  say(report(), FLAG.full);
  say({ schema: [], slots: Uint32Array.of(0), values: Float64Array.of(11) });
  let count = 0;
  for (; turns.length > 0; count++) turn();
  expect(count).toBeGreaterThanOrEqual(3);
  expect(await total()).toBe(SERIES + 10);
});

test('of a process that goes meanwhile it is worked in to the end', async () => {
  const { connection, turns, say, turn, total, pass } = setup();
  say(report(), FLAG.full);
  say({ schema: [], slots: Uint32Array.of(0), values: Float64Array.of(11) });
  turn();
  connection.closed();
  expect(await total()).toBe(SERIES + 10);
  while (turns.length > 0) turn();
  pass(10_000);
  expect(await total()).toBe(SERIES + 10);
});

test('until it is done, what the process had reported before stands', async () => {
  const { turns, say, turn, total } = setup();
  say(report(), FLAG.full);
  while (turns.length > 0) turn();
  say({ ...report(), values: new Float64Array(SERIES).fill(2) }, FLAG.full);
  turn();
  expect(turns).toHaveLength(1);
  expect(await total()).toBe(SERIES);
  while (turns.length > 0) turn();
  expect(await total()).toBe(2 * SERIES);
});

test('one that contradicts itself is refused in the turn in which it does, and what the process had before is counted once', async () => {
  const { connection, turns, say, turn, total, pass } = setup();
  say(report(), FLAG.full);
  while (turns.length > 0) turn();
  const { schema, ...numbers } = report();
  say({ ...numbers, schema: [...schema, { s: 5, m: 0, l: ['set', 'again'] }] }, FLAG.full);
  expect(() => {
    while (turns.length > 0) turn();
  }).toThrow(SchemaError);
  connection.closed();
  expect(await total()).toBe(SERIES);
  pass(10_000);
  expect(await total()).toBe(SERIES);
});

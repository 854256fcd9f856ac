/** A checkpoint is written over several turns of the event loop, in which everything may happen. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Checkpoint } from '../../shared/metrics-bus/checkpoint.ts';
import type { SchemaItem } from '../../shared/metrics-bus/definitions.ts';
import { Hub } from '../../shared/metrics-bus/hub.ts';
import { readPage } from '../../shared/metrics-bus/read-page.ts';
import { testFolder } from '../folder.ts';

const SERIES = 6000;

function hubIn(folder: string) {
  const hub = new Hub({ token: 'a-token-of-some-length' }, 'hub');
  const checkpoint = new Checkpoint(hub, folder);
  const join = (instance: string, set: string) => {
    const { member } = hub.roster.enter(instance.padEnd(32, '0'), 'api', false, { send() {}, close() {} });
    const schema: SchemaItem[] = [{ m: 0, name: 'events_total', help: 'h', type: 'counter', agg: 'sum' }];
    for (let s = 0; s < SERIES; s++) schema.push({ s, m: 0, l: ['set', `${set}-${s}`] });
    const slots = Uint32Array.from({ length: SERIES }, (_, slot) => slot);
    const count = (value: number, full = false) =>
      member.apply(
        { schema: full ? schema : [], exemplars: [], slots, values: new Float64Array(SERIES).fill(value) },
        full,
      );
    count(1, true);
    return { count, end: () => hub.roster.ended([...hub.roster.all].find((one) => one.member === member)!) };
  };
  /** What a scrape without its questions would show. */
  const total = () => {
    hub.ledger.refresh();
    return [...hub.ledger.families.values()]
      .flatMap((family) => [...family.series.values()].flatMap(({ rows }) => rows))
      .reduce((sum, row) => sum + hub.ledger.matrix.shown(row), 0);
  };
  return { hub, checkpoint, join, total };
}

function restoredTotal(folder: string): number {
  const { checkpoint, total } = hubIn(folder);
  checkpoint.restore();
  return total();
}

test('what was shown while it was written is in it', async () => {
  const folder = join(testFolder(), 'checkpoint');
  const { checkpoint, join: enter, total } = hubIn(folder);
  const process = enter('a', 'a');
  total();
  const saved = checkpoint.beforeShowing();
  for (let value = 2; value <= 4; value++) {
    await new Promise(setImmediate);
    process.count(value);
    total();
  }
  await saved;
  expect(restoredTotal(folder)).toBe(4 * SERIES);
  // From then on a scrape overwrites what is shown, and nothing else.
  process.count(5);
  total();
  expect(checkpoint.beforeShowing()).toBeUndefined();
  expect(restoredTotal(folder)).toBe(5 * SERIES);
  checkpoint.close();
});

test('processes that come and end while it is written are in it, once', async () => {
  const folder = join(testFolder(), 'checkpoint');
  const { checkpoint, join: enter, total } = hubIn(folder);
  const first = enter('a', 'same');
  total();
  const saved = checkpoint.beforeShowing();
  await new Promise(setImmediate);
  const second = enter('b', 'same');
  second.count(7);
  await new Promise(setImmediate);
  first.end();
  const shown = total();
  await saved;
  expect(shown).toBe(8 * SERIES);
  expect(restoredTotal(folder)).toBe(shown);
  checkpoint.close();
});

test('processes that come again and again hold it up for some turns, not for ever', async () => {
  const folder = join(testFolder(), 'checkpoint');
  const { checkpoint, join: enter, total } = hubIn(folder);
  enter('a', 'a');
  total();
  let isSaved = false;
  const saved = checkpoint.beforeShowing()?.then(() => {
    isSaved = true;
  });
  for (let n = 0; !isSaved; n++) {
    enter(`b${n}`, 'a');
    await new Promise(setImmediate);
    expect(n).toBeLessThan(100);
  }
  await saved;
  expect(restoredTotal(folder)).toBeGreaterThanOrEqual(SERIES);
  checkpoint.close();
});

test('at the end nothing is left half written', async () => {
  const folder = join(testFolder(), 'checkpoint');
  const { hub, checkpoint, join: enter, total } = hubIn(folder);
  const process = enter('a', 'a');
  total();
  const saved = checkpoint.beforeShowing();
  await new Promise(setImmediate);
  process.count(9);
  total();
  checkpoint.save();
  checkpoint.close();
  await saved;
  expect(restoredTotal(folder)).toBe(9 * SERIES);
  expect([...readPage((await hub.scrape({ scope: 'host' })).body.toString())].length).toBeGreaterThan(SERIES);
});

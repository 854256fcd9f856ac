/** A process with many label sets is looked at in slices: what else it does goes on, and what it does in between spoils nothing. */
import { expect, test } from 'vitest';
import { scrape, startAgent, startHub } from './bus.ts';

const SETS = 6000;

/** A counter with so many label sets, each 1; `onRead` is called whenever one of them is looked at. */
function watchedCounter(onRead: (set: number) => void) {
  const entries = Array.from({ length: SETS }, (_, set) => {
    const entry = { labels: { set }, value: 1 };
    const watched = {
      labels: entry.labels,
      get value() {
        onRead(set);
        return entry.value;
      },
    };
    return { entry, watched };
  });
  const hashMap = Object.fromEntries(entries.map(({ watched }, set) => [`set:${set}`, watched]));
  const metric = { name: 'watched_total', help: 'h', type: 'counter', hashMap };
  return {
    registries: [{ getMetricsAsArray: () => [metric] }],
    count: (set: number) => entries[set]!.entry.value++,
  };
}

const OPTIONS = { maxSeriesPerMetric: SETS, pushMs: 60_000 };
const total = (page: Record<string, number>) =>
  Object.entries(page).reduce((sum, [key, value]) => sum + (key.startsWith('watched_total{set=') ? value : 0), 0);

test('a scrape looks at a part of the label sets in a turn of the event loop, and at all of them in the end', async () => {
  const hub = await startHub({ flushMs: 10_000 });
  let turn = 0;
  let reads: number[] = [];
  const { registries, count } = watchedCounter(() => {
    reads[turn] = (reads[turn] ?? 0) + 1;
  });
  const { agent } = startAgent(hub, { ...OPTIONS, registries });
  await agent.joined;
  for (let set = 0; set < SETS; set++) count(set);
  let isOver = false;
  const turning = (async () => {
    for (; !isOver; turn++) await new Promise(setImmediate);
  })();
  reads = [];
  const page = await scrape(hub);
  isOver = true;
  await turning;
  expect(total(page)).toBe(2 * SETS);
  const looks = reads.filter((count) => count > 0);
  expect(looks.length).toBeGreaterThanOrEqual(3);
  // A label set that was touched is read a few times.
  expect(Math.max(...looks)).toBeLessThan(0.7 * looks.reduce((sum, count) => sum + count, 0));
});

test('what is counted behind a slice is in the next page', async () => {
  const hub = await startHub({ flushMs: 10_000 });
  let between = () => {};
  const { registries, count } = watchedCounter((set) => set === SETS - 1 && between());
  const { agent } = startAgent(hub, { ...OPTIONS, registries });
  await agent.joined;
  between = () => {
    between = () => {};
    count(0);
  };
  const first = await scrape(hub);
  expect(total(first)).toBe(SETS);
  expect(total(await scrape(hub))).toBe(SETS + 1);
});

test.each([0, 2600, 5500])(
  'a process that leaves in the middle of a look, at label set %i, loses nothing',
  async (at) => {
    const hub = await startHub({ flushMs: 10_000 });
    let between = () => {};
    const { registries, count } = watchedCounter((set) => set === at && between());
    const { agent } = startAgent(hub, { ...OPTIONS, registries });
    await agent.joined;
    await scrape(hub);
    let left: Promise<void> | undefined;
    between = () => {
      between = () => {};
      setImmediate(() => {
        for (let set = 0; set < SETS; set++) count(set);
        left = agent.leave();
      });
    };
    await scrape(hub);
    await left;
    const page = await scrape(hub, {}, true);
    expect(total(page)).toBe(2 * SETS);
    expect(
      Object.entries(page).filter(([key, value]) => key.startsWith('metrics_bus_report_errors') && value > 0),
    ).toEqual([]);
  },
);

test('pushes and scrapes that meet tell the same', async () => {
  const hub = await startHub({ flushMs: 10_000 });
  const { registries, count } = watchedCounter(() => {});
  const { agent } = startAgent(hub, { ...OPTIONS, registries, pushMs: 1 });
  await agent.joined;
  for (let round = 1; round <= 10; round++) {
    for (let set = 0; set < SETS; set++) count(set);
    expect(total(await scrape(hub))).toBe(SETS * (round + 1));
  }
  const page = await scrape(hub, {}, true);
  expect(page['metrics_bus_flush_timeouts_total{role="test"}']).toBe(0);
});

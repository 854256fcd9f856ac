import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeSnapshots } from './snapshot.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A read that ends when it is told to. */
function reader() {
  const asked: PromiseWithResolvers<number>[] = [];
  const read = () => {
    const next = Promise.withResolvers<number>();
    asked.push(next);
    return next.promise;
  };
  let errors = 0;
  const snapshot = takeSnapshots(read, () => errors++);
  return { asked, snapshot, errors: () => errors };
}

/** One that answered 7 ten seconds ago. */
async function readerWithPast() {
  const made = reader();
  const first = made.snapshot.refresh();
  made.asked[0]!.resolve(7);
  await first;
  await vi.advanceTimersByTimeAsync(10_000);
  return made;
}

test('reads at the first scrape, and not again within ten seconds, however often it is scraped', async () => {
  const { asked, snapshot } = reader();
  expect(asked).toHaveLength(0);
  const first = [snapshot.refresh(), snapshot.refresh()];
  asked[0]!.resolve(7);
  await Promise.all(first);
  for (let i = 0; i < 50; i++) expect(snapshot.refresh()).toBeUndefined();
  expect([snapshot.latest, snapshot.readAt, asked.length]).toEqual([7, 1000, 1]);
  await vi.advanceTimersByTimeAsync(10_000);
  const again = [snapshot.refresh(), snapshot.refresh()];
  asked[1]!.resolve(8);
  await Promise.all(again);
  expect([snapshot.latest, snapshot.readAt, asked.length]).toEqual([8, 1010, 2]);
});

test('a slow read holds up a scrape for a tenth of a second, and the next one shows it', async () => {
  const { asked, snapshot, errors } = await readerWithPast();
  let waited = false;
  void snapshot.refresh()?.then(() => {
    waited = true;
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(waited).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect([waited, snapshot.latest]).toEqual([true, 7]);
  await vi.advanceTimersByTimeAsync(400);
  asked[1]!.resolve(8);
  await vi.advanceTimersByTimeAsync(0);
  expect([snapshot.latest, snapshot.tookSeconds, errors()]).toEqual([8, 0.5, 0]);
});

test('a read that fails keeps what was known, is counted once, and is tried again after ten seconds', async () => {
  const { asked, snapshot, errors } = await readerWithPast();
  const scrape = snapshot.refresh();
  asked[1]!.reject(new Error('the database is away'));
  await scrape;
  expect([snapshot.latest, snapshot.readAt, errors()]).toEqual([7, 1000, 1]);
  expect(snapshot.refresh()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(10_000);
  void snapshot.refresh();
  expect(asked).toHaveLength(3);
});

test('a read that hangs has failed after a second; what it says later does not count', async () => {
  const { asked, snapshot, errors } = reader();
  void snapshot.refresh();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(errors()).toBe(1);
  asked[0]!.resolve(7);
  await vi.advanceTimersByTimeAsync(0);
  expect(snapshot.latest).toBeUndefined();
  await vi.advanceTimersByTimeAsync(9_000);
  void snapshot.refresh();
  asked[1]!.resolve(8);
  await vi.advanceTimersByTimeAsync(0);
  expect([snapshot.latest, errors()]).toEqual([8, 1]);
});

test('a read that throws before it begins is a read that failed, and is tried again', async () => {
  let errors = 0;
  const snapshot = takeSnapshots(
    () => {
      throw new Error('no pool');
    },
    () => errors++,
  );
  await snapshot.refresh();
  expect([snapshot.latest, errors]).toEqual([undefined, 1]);
  await vi.advanceTimersByTimeAsync(10_000);
  await snapshot.refresh();
  expect(errors).toBe(2);
});

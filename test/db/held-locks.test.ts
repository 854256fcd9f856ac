import { beforeEach, expect, test } from 'vitest';
import { type Database, withLock } from '../../shared/db/database.ts';
import { whileHeld } from '../../shared/db/held-locks.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';

let db: Database;
beforeEach(async () => {
  ({ db } = await testDatabase());
});

/** Work that goes on until it is told to end. */
function held(key: string) {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const done = whileHeld(db, key, async () => {
    begun.resolve();
    await end.promise;
    return `${key} done`;
  });
  return { begun: begun.promise, end: () => end.resolve(), done };
}

async function advisory(): Promise<{ pids: number; locks: number }> {
  const { rows } = await db.pool.query(
    `select count(distinct pid)::int as pids, count(*)::int as locks from pg_locks
     where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0];
}

test('who comes while it is held gets nothing, in this process and elsewhere; afterwards anybody gets it', async () => {
  const first = held('a');
  await first.begun;
  expect(await whileHeld(db, 'a', async () => 'too')).toBeUndefined();
  expect(await withLock(db, 'a', async () => 'too')).toBeUndefined();
  expect(await whileHeld(db, 'b', async () => 'other')).toBe('other');
  first.end();
  expect(await first.done).toBe('a done');
  expect(await withLock(db, 'a', async () => 'now')).toBe('now');
  expect(await whileHeld(db, 'a', async () => 'now')).toBe('now');
});

test('what somebody else holds is not taken', async () => {
  await withLock(db, 'a', async () => {
    expect(await whileHeld(db, 'a', async () => 'too')).toBeUndefined();
  });
  expect(await whileHeld(db, 'a', async () => 'now')).toBe('now');
});

test('many at once are on one connection, which goes back to the pool with the last of them', async () => {
  const all = Array.from({ length: 120 }, (_, i) => held(`board:${i}`));
  await Promise.all(all.map(({ begun }) => begun));
  expect(await advisory()).toEqual({ pids: 1, locks: 120 });
  for (const { end } of all.slice(1)) end();
  await Promise.all(all.slice(1).map(({ done }) => done));
  expect(await advisory()).toEqual({ pids: 1, locks: 1 });
  all[0]?.end();
  await all[0]?.done;
  expect(await advisory()).toEqual({ pids: 0, locks: 0 });
  expect(db.pool.idleCount).toBe(db.pool.totalCount);
});

test('work that fails gives its lock up', async () => {
  await expect(
    whileHeld(db, 'a', async () => {
      throw new Error('of its own');
    }),
  ).rejects.toThrow('of its own');
  expect(await withLock(db, 'a', async () => 'now')).toBe('now');
});

test('the loss of the connection frees the locks, ends no work, and the next lock is on another connection', async () => {
  const first = held('a');
  await first.begun;
  await db.pool.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
       and database = (select oid from pg_database where datname = current_database())`,
  );
  await until(async () => (await advisory()).locks === 0);
  expect(await withLock(db, 'a', async () => 'elsewhere')).toBe('elsewhere');
  const second = held('b');
  await second.begun;
  first.end();
  expect(await first.done).toBe('a done');
  expect(await advisory()).toEqual({ pids: 1, locks: 1 });
  second.end();
  await second.done;
  expect(db.pool.idleCount).toBe(db.pool.totalCount);
});

test('a database that cannot be asked is told to who asks, and the key is free again', async () => {
  const { connect } = db.pool;
  db.pool.connect = (() => Promise.reject(new Error('away'))) as never;
  await expect(whileHeld(db, 'a', async () => 'never')).rejects.toThrow('away');
  db.pool.connect = connect;
  expect(await whileHeld(db, 'a', async () => 'now')).toBe('now');
});

import { expect, test } from 'vitest';
import { readNextChecks } from '../../api/queries/next-check.ts';
import { testDatabase } from '../db.ts';

test('each source says when it is read next, why then, and how many of its boards are due or rest', async () => {
  const { db } = await testDatabase();
  await db.pool.query(
    `insert into board (source, token, enabled, next_check_at, interval_s, absences, changes_seen, changes_over_s) values
      ('lever', 'a', true, '2026-01-01T00:00:00Z', 7200, 0, 0, 0), ('lever', 'b', true, '2999-01-01T00:00:00Z', 14400, 6, 0, 0),
      ('lever', 'off', false, null, null, 0, 0, 0), ('ashby', 'new', true, null, null, 0, 0, 0),
      ('remoteok', '*', true, '2999-01-01T00:00:00Z', 21600, 0, 28, 604800)`,
  );
  expect(Object.fromEntries(await readNextChecks(db))).toEqual({
    lever: {
      at: '2026-01-01T00:00:00.000Z',
      why: 'each board at its own pace, every 3 h on average',
      due: 1,
      resting: 1,
    },
    ashby: { at: null, why: 'as soon as possible: none of its boards was read yet', due: 1, resting: 0 },
    remoteok: { at: '2999-01-01T00:00:00.000Z', why: 'every 6 h: about 28 changes a week', due: 0, resting: 0 },
  });
});

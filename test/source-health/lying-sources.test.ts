/** Sources that answer 200 and do not tell the truth, read by their real connectors. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { judgeSources } from '../../shared/db/source-health/judge-sources.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import type { Row } from '../internet/speaker.ts';
import { addBoardOf, playedInternet, realMeans } from '../regressions/kit.ts';
import { FIXTURES } from '../sources/fixture.ts';
import { manyRows } from '../sources/kit.ts';
import { letTimePass, openPostings, scanNow } from '../worker/unit-kit.ts';

const BOARDS = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');
const DAY_MS = 86_400_000;

async function setUp(source: SourceName, rows?: readonly Row[]) {
  const [{ db }, internet] = await Promise.all([testDatabase(), playedInternet({ [source]: rows })]);
  await addBoardOf(db, source);
  const { token } = FIXTURES[source].board;
  return {
    db,
    internet,
    m: realMeans(db, internet),
    show: (list: readonly Row[]) => {
      internet.data[source][token] = list;
    },
  };
}

async function stateOf(db: Database, source: SourceName) {
  return db.sql
    .selectFrom('source_state')
    .where('source', '=', source)
    .select(['state', 'sentence'])
    .executeTakeFirst();
}

describe('an empty list, where there always were postings', () => {
  test.each(BOARDS)('of %s closes nothing at first sight, and is no success', async (source) => {
    const { db, m, show } = await setUp(source);
    const first = await scanNow(m, source);
    expect(first.view.found).toBeGreaterThan(2);
    const open = await openPostings(db);
    show([]);
    const { view } = await scanNow(m, source);
    expect(['partial', 'failed']).toContain(view.state);
    expect([view.closed, await openPostings(db)]).toEqual([0, open]);
    expect(['suspect', 'failed']).toContain((await stateOf(db, source))?.state);
    show(FIXTURES[source].items);
    const back = await scanNow(m, source);
    expect(back.view.state).toBe(first.view.state);
    expect(await openPostings(db)).toEqual(open);
  });

  test('is believed when a later read of the board says the same', async () => {
    const { db, m, show } = await setUp('greenhouse');
    await scanNow(m, 'greenhouse');
    show([]);
    await scanNow(m, 'greenhouse');
    await letTimePass(db);
    const { view } = await scanNow(m, 'greenhouse');
    expect(view.state).toBe('success');
    expect(await openPostings(db)).toEqual([]);
    expect((await stateOf(db, 'greenhouse'))?.state).toBe('healthy');
  });
});

test('a search that gives every word the same answer is in doubt', async () => {
  const { db, m } = await setUp('jobicy', manyRows('jobicy', 9));
  const asking = { ...m, settingsOf: () => ({ ...m.settingsOf('jobicy'), queries: ['e', 'a', 'i'] }) };
  const { view } = await scanNow(asking, 'jobicy');
  expect(view.sourceResults[0]).toMatchObject({
    state: 'partial',
    errorType: 'suspect',
    error: '2 of its 3 pages repeat another one: the source seems to ignore what it is asked for',
  });
  expect((await stateOf(db, 'jobicy'))?.state).toBe('suspect');
});

test('texts that vanish from a whole board are seen, although every posting has its form', async () => {
  const rows = manyRows('greenhouse', 24);
  const { db, m, show } = await setUp('greenhouse', rows);
  await scanNow(m, 'greenhouse');
  const open = await openPostings(db);
  show(rows.map((row) => ({ ...row, content: '' })));
  for (let i = 0; i < 3; i++) {
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'partial', closed: 0 });
    expect(view.sourceResults[0]).toMatchObject({ errorType: 'suspect' });
    await letTimePass(db);
  }
  expect(await openPostings(db)).toEqual(open);
  expect(await stateOf(db, 'greenhouse')).toMatchObject({ state: 'suspect' });
  show(rows);
  expect((await scanNow(m, 'greenhouse')).view.state).toBe('success');
  expect((await stateOf(db, 'greenhouse'))?.state).toBe('healthy');
});

test('a feed that stands still for days is a copy: its reads are in doubt and so is the source', async () => {
  const { db: real, m } = await setUp('remoteok');
  const start = Date.now();
  let now = start;
  const db: Database = { ...real, clock: () => new Date(now) };
  const timed = { ...m, db };
  expect((await scanNow(timed, 'remoteok')).view.state).toBe('success');
  now += 2 * DAY_MS;
  expect((await scanNow(timed, 'remoteok')).view.state).toBe('success');
  expect((await stateOf(db, 'remoteok'))?.state).toBe('healthy');
  now = start + 5 * DAY_MS;
  await judgeSources(db, undefined, ['remoteok']);
  expect(await stateOf(db, 'remoteok')).toMatchObject({
    state: 'suspect',
    sentence: expect.stringContaining('Its newest posting is still of'),
  });
  const { view } = await scanNow(timed, 'remoteok');
  expect(view.sourceResults[0]).toMatchObject({ state: 'partial', errorType: 'suspect' });
});

test('the same answer as before costs no judgement and keeps a source healthy and fresh', async () => {
  const { db, m } = await setUp('lever');
  await scanNow(m, 'lever');
  const { rows } = await db.pool.query<{ at: string }>('select last_healthy_at::text as at from board');
  const before = rows[0]?.at;
  await scanNow(m, 'lever');
  await scanNow(m, 'lever');
  const after = await db.pool.query<{ later: boolean; reads: number }>(
    `select last_healthy_at > $1::timestamptz as later, jsonb_array_length(read_history -> 'found') as reads from board`,
    [before],
  );
  expect(after.rows[0]?.later).toBe(true);
  expect((await stateOf(db, 'lever'))?.state).toBe('healthy');
});

/** Postings of searches and feeds, and of boards that are not read any more: seen, expired, asked for, unknown. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { sweepLiveness } from '../../shared/db/liveness/sweep.ts';
import { UNKNOWN_AFTER_DAYS } from '../../shared/db/liveness/unknown.ts';
import { FetchError } from '../../shared/errors.ts';
import type { Connector, Standing } from '../../worker/sources/source.ts';
import type { Means } from '../../worker/unit.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { jobs, means, scanNow, type TestSource, testConnector, testSource } from '../worker/unit-kit.ts';

let db: Database;
let source: TestSource;
let m: Means;
/** What the record of each posting answers; others are open. */
let records: Map<string, Standing | FetchError>;
let asked: string[];
beforeEach(async () => {
  ({ db } = await testDatabase());
  source = await testSource();
  records = new Map();
  asked = [];
  const connector: Connector = {
    ...testConnector('jsearch'),
    expiresAt: (item) => {
      const { until } = item as { until?: string };
      return until === undefined ? null : new Date(until);
    },
    check: async (nativeId) => {
      asked.push(nativeId);
      const answer = records.get(nativeId) ?? { open: true };
      if (answer instanceof FetchError) throw answer;
      return answer;
    },
  };
  const base = means(db, source);
  m = { ...base, connectors: { ...base.connectors, jsearch: connector } };
});

/** Everything that is known happened so many days earlier. */
async function daysPass(days: number): Promise<void> {
  await db.pool.query(
    `update posting_life set seen_at = seen_at - make_interval(days => $1), asked_at = asked_at - make_interval(days => $1)`,
    [days],
  );
  await db.pool.query(
    `update board set last_complete_at = last_complete_at - make_interval(days => $1), created_at = created_at - make_interval(days => $1),
       body_at = body_at - make_interval(days => $1)`,
    [days],
  );
}

/** "id state: why", in order of ids. */
async function standings(): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string; state: string; why: string | null }>(
    `select p.native_id as id, j.state, coalesce(p.closed_evidence, l.unknown_why) as why
     from posting p join job j on j.id = p.job_id left join posting_life l on l.posting_id = p.id order by p.native_id::int`,
  );
  return rows.map(({ id, state, why }) => `${id} ${state}${why === null ? '' : `: ${why}`}`);
}

async function scan(...items: readonly object[]): Promise<void> {
  source.boards.set('words', () => ({ items }));
  await scanNow(m, 'jsearch');
}

const [first, second, third] = jobs(3) as [object, object, object];
const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const gone = (status: number) => new FetchError('http_4xx', 'Test answered', { status });

describe('a posting of a search', () => {
  beforeEach(() => addBoards(db, 'jsearch/words'));

  test('that is not listed stays open, then nobody knows, and a sight makes it open again', async () => {
    await scan(first, second);
    await scan(first);
    await sweepLiveness(db);
    expect(await standings()).toEqual(['1 open', '2 open']);
    await daysPass(UNKNOWN_AFTER_DAYS + 1);
    m = { ...m, connectors: { ...m.connectors, jsearch: testConnector('jsearch') } };
    await scan(first);
    await sweepLiveness(db);
    const [one, two] = await standings();
    expect(one).toBe('1 open');
    expect(two).toMatch(
      /^2 unknown: not seen at its source since \d{4}-\d\d-\d\d, which lists only a part of what is open$/,
    );
    await scan(first, second);
    expect(await standings()).toEqual(['1 open', '2 open']);
  });

  test('is written once a day at the most when it is seen unchanged', async () => {
    await scan(first);
    const seen = async () => (await db.pool.query('select seen_at::text from posting_life')).rows[0].seen_at;
    const at = await seen();
    await scan(first, second);
    expect(await seen()).toBe(at);
  });

  test('closes by its own date when it is not listed beyond it, and not a minute before', async () => {
    await scan({ ...first, until: hour(-20) }, { ...second, until: hour(-8) }, { ...third, until: hour(30) });
    await sweepLiveness(db);
    expect(await standings()).toEqual(['1 open', '2 open', '3 open']);
    await db.pool.query(`update posting_life set seen_at = seen_at - interval '3 days'`);
    await sweepLiveness(db);
    const [one, ...others] = await standings();
    expect(one).toMatch(/^1 closed: open until \d{4}-\d\d-\d\d by the word of its source, and not listed since$/);
    expect(others).toEqual(['2 open', '3 open']);
  });

  test('is open again when its source lists it after its date, and stays so', async () => {
    await scan({ ...first, until: hour(-20) });
    await db.pool.query(`update posting_life set seen_at = seen_at - interval '3 days'`);
    await sweepLiveness(db);
    await scan({ ...first, until: hour(-20) });
    await sweepLiveness(db);
    expect(await standings()).toEqual(['1 open']);
    const { rows } = await db.pool.query('select kind, by from job_event order by id');
    expect(rows).toMatchObject([{ kind: 'close', by: 'expiry' }, { kind: 'reopen' }]);
  });

  test('that was not seen for days is asked for by itself: gone is closed, there is seen, and what fails says nothing', async () => {
    await scan(first, second, third, ...jobs(1, 4), ...jobs(1, 9));
    await daysPass(5);
    records.set('1', gone(404));
    records.set('2', { open: false, closed: 'it says that it takes no more applications' });
    records.set('4', gone(500));
    await scan(...jobs(1, 9));
    expect(asked[0]).toBe('9');
    expect(await standings()).toEqual([
      '1 closed: asked for by itself: its record at the source answers 404',
      '2 closed: asked for by itself: it says that it takes no more applications',
      '3 open',
      '4 open',
      '9 open',
    ]);
    const { rows } = await db.pool.query(
      `select native_id, seen_at > now() - interval '1 day' as seen from posting_life join posting on id = posting_id order by 1`,
    );
    expect(rows).toEqual([
      { native_id: '3', seen: true },
      { native_id: '4', seen: false },
      { native_id: '9', seen: true },
    ]);
  });

  test('is not believed gone when even a posting that was just listed is', async () => {
    await scan(first, second);
    await daysPass(5);
    for (const id of ['1', '2']) records.set(id, gone(404));
    await scan(first);
    expect(asked).toEqual(['1']);
    expect(await standings()).toEqual(['1 open', '2 open']);
  });

  test('is asked for in a bounded number, those first that wait for the longest time, and not again soon', async () => {
    await scan(...jobs(30));
    await daysPass(5);
    await scan(...jobs(1, 99));
    expect(asked).toHaveLength(10);
    const before = new Set(asked);
    await scan(...jobs(1, 98));
    expect(asked).toHaveLength(20);
    expect(new Set(asked).size).toBe(20);
    expect(before.size).toBe(10);
  });

  test('is not asked for after a read that failed', async () => {
    await scan(first);
    await daysPass(5);
    source.boards.set('words', () => 500);
    await scanNow(m, 'jsearch');
    expect(asked).toEqual([]);
  });
});

describe('a board that is not read to its end for two weeks', () => {
  test('has unknown postings with the reason, and a complete read makes them known again', async () => {
    await addBoards(db, 'greenhouse/acme', 'greenhouse/other');
    source.boards.set('acme', () => ({ items: jobs(2) }));
    source.boards.set('other', () => ({ items: jobs(1, 50) }));
    await scanNow(m, 'greenhouse');
    await daysPass(UNKNOWN_AFTER_DAYS + 1);
    source.boards.set('acme', () => 404);
    await scanNow(m, 'greenhouse');
    await sweepLiveness(db);
    const [one, , other] = await standings();
    expect(one).toMatch(/^1 unknown: its board was not read to its end since \d{4}-\d\d-\d\d: .*404/);
    expect(other).toBe('50 open');
    await sweepLiveness(db);
    source.boards.set('acme', () => ({ items: jobs(1) }));
    await scanNow(m, 'greenhouse');
    expect(await standings()).toEqual([
      '1 open',
      "2 closed: not listed in a complete read of the employer's board",
      '50 open',
    ]);
    const { rows } = await db.pool.query(
      `select (select count(*)::int from posting_life) as lives, sum(jobs_closed)::int as closed,
        sum(jobs_reopened)::int as reopened from stats_day`,
    );
    expect(rows).toEqual([{ lives: 0, closed: 1, reopened: 0 }]);
  });
});

test('a posting that is listed as no opening any more is closed with that reason', async () => {
  await addBoards(db, 'greenhouse/acme');
  source.boards.set('acme', () => ({ items: jobs(2) }));
  await scanNow(m, 'greenhouse');
  source.boards.set('acme', () => ({ items: [...jobs(1), { id: 2, title: 'Speculative application' }] }));
  await scanNow(m, 'greenhouse');
  expect(await standings()).toEqual(['1 open', '2 closed: still listed, but as no opening any more']);
});

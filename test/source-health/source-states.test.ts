import { describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { judgeSources, sweepSourceHealth } from '../../shared/db/source-health/judge-sources.ts';
import { SOURCE_KEYS, SOURCE_NAMES, type SourceName } from '../../shared/sources.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { jobs, means, openPostings, scanNow, type TestSource, testSource } from '../worker/unit-kit.ts';

const ALL = { sources: SOURCE_NAMES, sourceKeys: Object.fromEntries(SOURCE_KEYS.map((name) => [name, 'key'])) };

async function setUp(...boards: string[]) {
  const [{ db }, source] = await Promise.all([testDatabase(), testSource()]);
  await addBoards(db, ...boards);
  return { db, source, m: means(db, source) };
}

async function stateOf(db: Database, name: SourceName) {
  const columns = ['state', 'sentence', 'since', 'in_doubt', 'fresh_as_of'] as const;
  return db.sql.selectFrom('source_state').where('source', '=', name).select(columns).executeTakeFirst();
}

async function events(db: Database, name: SourceName) {
  const rows = await db.sql
    .selectFrom('source_state_event')
    .where('source', '=', name)
    .orderBy('id')
    .select('state')
    .execute();
  return rows.map((row) => row.state);
}

function list(source: TestSource, token: string, items: readonly unknown[]): void {
  source.boards.set(token, () => ({ items }));
}

describe('a board that answers without a single posting, where it had thirty', () => {
  test('ends its unit partial with one sentence, closes nothing, and makes its source suspect', async () => {
    const { db, source, m } = await setUp('greenhouse/acme');
    list(source, 'acme', jobs(30));
    await scanNow(m, 'greenhouse');
    expect(await stateOf(db, 'greenhouse')).toMatchObject({
      state: 'healthy',
      sentence: 'Its last read was complete and in line with those before.',
    });
    list(source, 'acme', []);
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'partial', closed: 0 });
    expect(view.sourceResults[0]).toMatchObject({
      errorType: 'suspect',
      error: 'it listed no posting; in health about 30',
    });
    expect(await openPostings(db)).toHaveLength(30);
    expect(await stateOf(db, 'greenhouse')).toMatchObject({
      state: 'suspect',
      sentence: 'Its last read is in doubt: acme: it listed no posting; in health about 30.',
    });
    expect(await events(db, 'greenhouse')).toEqual(['healthy', 'suspect']);
  });

  test('asks once for a board that surely does not exist, and believes a second read where the source tells the two apart', async () => {
    const { db, source, m } = await setUp('greenhouse/acme');
    list(source, 'acme', jobs(30));
    await scanNow(m, 'greenhouse');
    list(source, 'acme', []);
    source.requests.length = 0;
    await scanNow(m, 'greenhouse');
    expect(source.requests.filter((path) => path.startsWith('zz'))).toHaveLength(1);
    await db.pool.query(`update vanished set since = since - interval '1 day'`);
    const { view } = await scanNow(m, 'greenhouse');
    expect(source.requests.filter((path) => path.startsWith('zz'))).toHaveLength(1);
    expect(view).toMatchObject({ state: 'success', closed: 30 });
    expect(await stateOf(db, 'greenhouse')).toMatchObject({ state: 'healthy' });
  });

  test('is never believed of a source that shows an empty list for any name', async () => {
    const { db, source, m } = await setUp('smartrecruiters/acme');
    const connector = m.connectors.greenhouse;
    const lying = { ...m, connectors: { ...m.connectors, smartrecruiters: connector } };
    list(source, 'acme', jobs(30));
    await scanNow(lying, 'smartrecruiters');
    source.boards.get = () => () => ({ items: [] });
    for (let i = 0; i < 4; i++) {
      const { view } = await scanNow(lying, 'smartrecruiters');
      expect(view).toMatchObject({ state: 'partial', closed: 0 });
      await db.pool.query(`update vanished set since = since - interval '1 day'`);
    }
    expect(await openPostings(db)).toHaveLength(30);
    const absence = await db.pool.query('select absent_is_empty, absent_listed from source_state');
    expect(absence.rows).toEqual([{ absent_is_empty: true, absent_listed: 0 }]);
  });
});

describe('a source whose boards all answer without postings at once', () => {
  const names = Array.from({ length: 6 }, (_, i) => `board${i}`);

  test('is in doubt as a whole: repeating the answer closes nothing, in this process and in others', async () => {
    const { db, source, m } = await setUp(...names.map((name) => `greenhouse/${name}`));
    for (const [i, name] of names.entries()) list(source, name, jobs(5, 1 + i * 100));
    await scanNow(m, 'greenhouse');
    for (const name of names) list(source, name, []);
    for (let i = 0; i < 3; i++) {
      // Another process has seen nothing of it.
      await scanNow({ ...m, watch: createSourceWatch() }, 'greenhouse');
      await db.pool.query(`update vanished set since = since - interval '1 day'`);
    }
    expect(await openPostings(db)).toHaveLength(30);
    expect(await stateOf(db, 'greenhouse')).toMatchObject({ state: 'suspect', in_doubt: true });
    for (const [i, name] of names.entries()) list(source, name, jobs(5, 1 + i * 100));
    await scanNow(m, 'greenhouse');
    expect(await stateOf(db, 'greenhouse')).toMatchObject({
      state: 'healthy',
      sentence: 'All 6 boards were read completely and in line with the reads before.',
      in_doubt: false,
    });
  });

  test('keeps also the postings of boards too small to be judged alone', async () => {
    const { db, source, m } = await setUp(...names.map((name) => `greenhouse/${name}`), 'greenhouse/tiny');
    for (const [i, name] of names.entries()) list(source, name, jobs(5, 1 + i * 100));
    list(source, 'tiny', jobs(1, 9000));
    await scanNow(m, 'greenhouse');
    for (const name of [...names, 'tiny']) list(source, name, []);
    for (let i = 0; i < 3; i++) {
      await scanNow(m, 'greenhouse');
      await db.pool.query(`update vanished set since = since - interval '1 day'`);
    }
    expect(await openPostings(db)).toContain('9000');
  });
});

test('a source that gives every board the same postings is in doubt', async () => {
  const { source, m } = await setUp('greenhouse/acme', 'greenhouse/globex');
  list(source, 'acme', jobs(8));
  list(source, 'globex', jobs(9, 100));
  await scanNow(m, 'greenhouse');
  list(source, 'globex', jobs(8));
  const { view } = await scanNow(m, 'greenhouse');
  expect(view.sourceResults[0]).toMatchObject({
    state: 'partial',
    error: expect.stringContaining('exactly the 8 postings of greenhouse/acme'),
  });
  expect(view.closed).toBe(0);
});

test('texts that vanish from all postings of a board are seen, and nothing that is no IAM work without them is closed', async () => {
  const { db, source, m } = await setUp('greenhouse/acme');
  const text = 'You run Okta and SailPoint: SSO, MFA, SAML and SCIM for identity and access management.';
  const items = Array.from({ length: 12 }, (_, i) => ({ id: i + 1, title: `Engineer ${i}`, text }));
  list(source, 'acme', items);
  await scanNow(m, 'greenhouse');
  const before = await openPostings(db);
  expect(before).toHaveLength(12);
  await db.pool.query(`update board set read_history = jsonb_set(read_history, '{mapped}', '60')`);
  list(
    source,
    'acme',
    items.map((item) => ({ ...item, text: ' ' })),
  );
  const { view } = await scanNow(m, 'greenhouse');
  expect(view.sourceResults[0]).toMatchObject({
    errorType: 'suspect',
    error: 'only 0 of 12 postings had a description; in health 100 % do',
  });
  expect(await openPostings(db)).toEqual(before);
});

describe('the state of a source', () => {
  test('is failed when its boards fail, degraded when some do, and says since when', async () => {
    const { db, source, m } = await setUp('greenhouse/a', 'greenhouse/b', 'greenhouse/c');
    for (const [i, name] of ['a', 'b', 'c'].entries()) list(source, name, jobs(3, 1 + i * 10));
    await scanNow(m, 'greenhouse');
    source.boards.set('a', () => 401);
    await scanNow(m, 'greenhouse');
    const degraded = await stateOf(db, 'greenhouse');
    expect(degraded).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/^1 of 3 boards is not read.*: a: /),
    });
    await scanNow(m, 'greenhouse');
    expect((await stateOf(db, 'greenhouse'))?.since).toEqual(degraded?.since);
    source.boards.set('b', () => 401);
    await scanNow(m, 'greenhouse');
    expect(await stateOf(db, 'greenhouse')).toMatchObject({
      state: 'failed',
      sentence: expect.stringMatching(/^2 of 3 boards failed: .*401/),
    });
    expect(await events(db, 'greenhouse')).toEqual(['healthy', 'degraded', 'failed']);
  });

  test('names what keeps it from being read: its switch, its operator, its keys, its quota', async () => {
    const { db } = await setUp('lever/acme', 'greenhouse/acme', 'adzuna/*', 'jsearch/*', 'remoteok/*', 'ashby/acme!');
    await db.pool.query(`insert into source_state (source, enabled) values ('lever', false)`);
    await db.pool.query(`insert into hold (target, who, reason) values ('greenhouse', 'ops', 'they asked us to')`);
    await db.pool.query(`insert into gate (source, breaker, breaker_kind, breaker_since, breaker_until, breaker_reason)
      values ('jsearch', 'open', 'quota', now(), now() + interval '3 days', 'JSearch answered 429: monthly quota')`);
    await judgeSources(db, { ...ALL, sourceKeys: { JSEARCH_API_KEY: 'k', ADZUNA_APP_ID: 'i' } });
    const states = await db.pool.query<{ source: string; state: string; sentence: string }>(
      `select source, state, sentence from source_state where source in ('lever', 'greenhouse', 'adzuna', 'jsearch', 'remoteok', 'ashby')`,
    );
    const told = Object.fromEntries(
      states.rows.map(({ source, state, sentence }) => [source, `${state}: ${sentence}`]),
    );
    expect(told).toMatchObject({
      lever: 'paused: It is paused: it is switched off.',
      greenhouse: 'paused: It is paused: an operator holds it (they asked us to).',
      adzuna: 'waiting for key: It waits for ADZUNA_APP_KEY in the settings.',
      jsearch: expect.stringMatching(
        /^out of quota: Its quota is used up until .* UTC: JSearch answered 429: monthly quota\.$/,
      ),
      remoteok: 'degraded: It has not been read yet.',
      ashby: 'paused: None of its boards is switched on.',
    });
    await judgeSources(db, { ...ALL, sources: ['remoteok'] }, ['jsearch']);
    expect(await stateOf(db, 'jsearch')).toMatchObject({
      state: 'paused',
      sentence: expect.stringContaining('SOURCES'),
    });
  });

  test('changes once, however many judge at the same time', async () => {
    const { db } = await setUp('lever/acme');
    await Promise.all(Array.from({ length: 8 }, () => judgeSources(db, ALL)));
    expect(await events(db, 'lever')).toEqual(['degraded']);
    const { rows } = await db.pool.query('select count(*)::int as n from source_state_event');
    expect(rows[0].n).toBe(SOURCE_NAMES.length);
  });

  test('tells a source whose newest posting does not change any more', async () => {
    const { db } = await setUp('remoteok/*');
    const old = Date.now() - 6 * 86_400_000;
    await db.pool.query(
      `update board set last_read_at = now(), last_healthy_at = now(), last_found = 90, read_history = $1`,
      [{ found: [90], newest: old, movedAt: old }],
    );
    await judgeSources(db, ALL, ['remoteok']);
    expect(await stateOf(db, 'remoteok')).toMatchObject({
      state: 'suspect',
      sentence: expect.stringMatching(
        /^Its newest posting is still of \d{4}-\d\d-\d\d; in health a newer one comes within 96 hours\.$/,
      ),
    });
  });

  test('tells boards that list fewer and fewer postings, each too few to be judged alone', async () => {
    const { db } = await setUp(...Array.from({ length: 20 }, (_, i) => `lever/small${i}`));
    await db.pool.query(`update board set last_read_at = now(), last_healthy_at = now(), last_found = 2`);
    await db.pool.query(
      `insert into source_day (source, day, boards, found, broken)
      select 'lever', (now() at time zone 'UTC')::date - n, 20, 40, 0 from generate_series(1, 10) n`,
    );
    await judgeSources(db, ALL, ['lever']);
    expect(await stateOf(db, 'lever')).toMatchObject({ state: 'healthy' });
    await db.pool.query('update board set last_found = 0 where id % 4 > 0');
    await judgeSources(db, ALL, ['lever']);
    expect(await stateOf(db, 'lever')).toMatchObject({
      state: 'suspect',
      sentence: 'Its boards list 0.5 postings each; in health about 2.',
    });
  });

  test('is fresh as of the time since which nine of ten of its boards were read in health', async () => {
    const { db } = await setUp(...Array.from({ length: 20 }, (_, i) => `lever/b${i}`));
    await db.pool.query(`update board set last_read_at = now(), last_healthy_at = now() - make_interval(hours => id)`);
    await db.pool.query(`update board set last_healthy_at = null where id = (select min(id) from board)`);
    await judgeSources(db, ALL, ['lever']);
    const { rows } = await db.pool.query(
      `select round(extract(epoch from judged_at - fresh_as_of) / 3600)::int = (select max(id) from board) as fresh from source_state`,
    );
    expect(rows).toEqual([{ fresh: true }]);
  });
});

test('old days and old changes of state are swept, young ones stay', async () => {
  const { db } = await testDatabase();
  await db.pool.query(`insert into source_day (source, day, boards, found, broken)
    select 'lever', (now() at time zone 'UTC')::date - n, 1, 1, 0 from generate_series(0, 100) n`);
  await db.pool.query(`insert into source_state_event (source, at, state, sentence)
    values ('lever', now() - interval '2 years', 'healthy', 'x'), ('lever', now(), 'failed', 'y')`);
  await sweepSourceHealth(db);
  const { rows } = await db.pool.query(
    `select (select count(*) from source_day where day < (now() at time zone 'UTC')::date - 60)::int as old,
      (select count(*) from source_day) >= 60 as kept, (select string_agg(state, ',') from source_state_event) as states`,
  );
  expect(rows).toEqual([{ old: 0, kept: true, states: 'failed' }]);
});

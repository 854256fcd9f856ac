import { beforeAll, describe, expect, test } from 'vitest';
import { readBody, readDetail } from '../../shared/bodies.ts';
import { type Database, openDatabase } from '../../shared/db/database.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import { contentHash, type Ready } from '../../worker/store.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { createBoard, createUnit, noCounts, posting, ready, SCORE } from './store-kit.ts';

let db: Database;
/** Reads figures of the server without being part of them. */
let onlooker: Database['pool'];
beforeAll(async () => {
  const test = await testDatabase();
  db = test.db;
  const other = await openDatabase(test.url, 'onlooker');
  atEnd(() => other.close());
  onlooker = other.pool;
});

const rowsOf = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows;
const jobOf = async (boardId: number, nativeId: string) =>
  (
    await rowsOf(
      `select j.*, p.id as pid, p.native_id, p.url, p.changed_at, p.closed_at as p_closed_at, p.closed_evidence, b.body
       from posting p join job j on j.id = p.job_id join posting_body b on b.posting_id = p.id
       where p.board_id = $1 and p.native_id = $2`,
      [boardId, nativeId],
    )
  )[0];
const termsOf = async (jobId: string) => {
  await indexPending(db);
  const rows = await rowsOf(
    "select term, score, posted_at from job_term where job_id = $1 and term !~ '^((w|source|country|company):|$)' order by term",
    [jobId],
  );
  return rows.map((row) => `${row.term} ${row.score} ${row.posted_at}`);
};
const time = (text: string) => new Date(text).toISOString().replace('T', ' ').replace('.000Z', '+00');

/** Stores the postings in a unit of its own, n hours after the first. */
async function scan(board: string | number, batch: readonly Ready[], n = 0) {
  const unit = await createUnit(db, board, n);
  const store = await unit.open();
  await store.write(batch, noCounts());
  return { unit, store };
}

describe('a new posting', () => {
  test('becomes a posting, a job, its terms, a body and a count of the day, with the counts of its unit', async () => {
    const unit = await createUnit(db, 'new');
    const store = await unit.open();
    expect(store.lookup('a', ready('a').hash)).toBe('new');
    const counts = noCounts({ requests: 1, found: 3, kept: 1, rejected: 2, new: 1, rejectedReasons: { not_iam: 2 } });
    await store.write([ready('a')], counts);

    const job = await jobOf(unit.boardId, 'a');
    expect(job).toMatchObject({
      title: 'IAM Engineer a',
      company: 'Acme',
      places: ['Berlin, Germany', 'Remote'],
      employment: ['full_time', 'permanent'],
      pay_min: '70000.5',
      pay_max: '90000',
      pay_currency: 'EUR',
      pay_period: 'year',
      country: 'DE',
      work_mode: 'hybrid',
      score: 18,
      state: 'open',
      sources: ['greenhouse'],
      terms: ['title.iam', 'vendor.okta'],
      closed_at: null,
      url: 'https://boards.example/acme/jobs/a',
    });
    expect(job.posting_id).toBe(job.pid);
    expect(job.posted_at).toBe(time('2026-11-01T08:30:00Z'));
    expect(job.first_seen_at).toBe(time('2026-11-22T09:01:00Z'));
    expect(await termsOf(job.id)).toEqual([
      'title.iam 18 2026-11-01 08:30:00+00',
      'vendor.okta 18 2026-11-01 08:30:00+00',
    ]);
    expect(JSON.parse(job.card)).toEqual({
      title: 'IAM Engineer a',
      company: 'Acme',
      places: ['Berlin, Germany', 'Remote'],
      workMode: 'hybrid',
      employment: ['full_time', 'permanent'],
      pay: posting('a').pay,
      postedAt: '2026-11-01T08:30:00.000Z',
      firstSeenAt: '2026-11-22T09:01:00.000Z',
      statedAt: '2026-11-01T08:30:00.000Z',
      score: 18,
      reasons: [
        { label: 'IAM', phrase: 'IAM', place: 'title' },
        { label: 'Okta', phrase: 'Okta', place: 'body' },
      ],
      disciplines: [],
      seniority: null,
      clearance: null,
      source: 'greenhouse',
      sources: ['greenhouse'],
      url: 'https://boards.example/acme/jobs/a',
    });
    const { html, text, textIsCut, applyUrls } = posting('a');
    expect(readDetail(job.body)).toEqual({ html, text, textIsCut, applyUrls, parts: SCORE.parts });
    expect(readBody(job.body).raw).toEqual({ id: 'a', version: 1 });
    const [saved] = await rowsOf('select * from scan_unit where id = $1', [unit.unitId]);
    expect(saved).toMatchObject({
      requests: 1,
      found: 3,
      kept: 1,
      rejected: 2,
      new: 1,
      rejected_reasons: { not_iam: 2 },
    });
    expect(await rowsOf('select * from stats_day')).toMatchObject([
      { jobs_new: '1', jobs_closed: '0', jobs_reopened: '0' },
    ]);
    expect(await rowsOf(`select id from job where words @@ 'engineer & acme'`)).toEqual([{ id: job.id }]);
  });

  test('is dated by when it was first seen where the source states no date', async () => {
    const { unit } = await scan('undated', [ready('a', 1, { posting: posting('a', { statedAt: null }) })]);
    const job = await jobOf(unit.boardId, 'a');
    expect(job.posted_at).toBe(job.first_seen_at);
    expect((await termsOf(job.id))[0]).toContain(job.first_seen_at);
    expect(JSON.parse(job.card)).toMatchObject({ statedAt: null, postedAt: '2026-11-22T09:01:00.000Z' });
  });

  test('may have nothing but a title', async () => {
    const bare = posting('a', {
      company: null,
      places: [],
      country: null,
      employment: [],
      pay: null,
      statedAt: new Date(Number.NaN),
      applyUrls: [],
      html: '',
      text: '',
    });
    const score = { points: 8, relevant: true, parts: [], terms: [] };
    const { unit } = await scan('bare', [ready('a', 1, { posting: bare, score })]);
    expect(await jobOf(unit.boardId, 'a')).toMatchObject({
      company: null,
      places: [],
      employment: [],
      pay_min: null,
      terms: [],
    });
  });

  test('comes in thousands at once, each with an id of its own', async () => {
    const batch = Array.from({ length: 2300 }, (_, i) => ready(`n${i}`));
    const { unit, store } = await scan('thousands', batch);
    const [counted] = await rowsOf(
      `select count(*)::integer as rows, count(distinct p.id)::integer as ids, count(distinct j.id)::integer as jobs,
         count(*) filter (where j.posting_id = p.id)::integer as paired
       from posting p join job j on j.id = p.job_id join posting_body b on b.posting_id = p.id where board_id = $1`,
      [unit.boardId],
    );
    expect(counted).toEqual({ rows: 2300, ids: 2300, jobs: 2300, paired: 2300 });
    expect(store.open).toBe(2300);
    const body = (await jobOf(unit.boardId, 'n1234')).body;
    expect(readBody(body).raw).toEqual({ id: 'n1234', version: 1 });
  });
});

describe('a changed posting', () => {
  test('replaces what was stored, keeps its ids and when it was first seen, and leaves no old term behind', async () => {
    const board = await createBoard(db, 'changed');
    await scan(board, [ready('a', 1), ready('b', 1)]);
    const before = await jobOf(board, 'a');
    const other = await jobOf(board, 'b');

    const unit = await createUnit(db, board, 1);
    const store = await unit.open();
    const next = posting('a', {
      title: 'Okta Lead',
      company: null,
      statedAt: new Date('2026-11-05T00:00:00Z'),
      pay: null,
    });
    const score = { ...SCORE, points: 9, terms: ['vendor.okta', 'proto.saml'] };
    const changed = ready('a', 2, { posting: next, score });
    expect(store.lookup('a', changed.hash)).toBe('changed');
    await store.write([changed], noCounts());

    const job = await jobOf(board, 'a');
    expect(job).toMatchObject({
      id: before.id,
      pid: before.pid,
      first_seen_at: before.first_seen_at,
      title: 'Okta Lead',
      company: null,
      pay_min: null,
      score: 9,
      terms: ['vendor.okta', 'proto.saml'],
      changed_at: time('2026-11-22T10:01:00Z'),
      posted_at: time('2026-11-05T00:00:00Z'),
    });
    expect(JSON.parse(job.card)).toMatchObject({ title: 'Okta Lead', firstSeenAt: '2026-11-22T09:01:00.000Z' });
    expect(await termsOf(job.id)).toEqual([
      'proto.saml 9 2026-11-05 00:00:00+00',
      'vendor.okta 9 2026-11-05 00:00:00+00',
    ]);
    expect(readBody(job.body).raw).toEqual({ id: 'a', version: 2 });
    expect(await rowsOf(`select id from job where id = $1 and words @@ 'acme'`, [job.id])).toEqual([]);
    expect(await jobOf(board, 'b')).toEqual(other);
    expect(store.lookup('a', changed.hash)).toBe('changed-before');
  });

  test('keeps its date where the source states none', async () => {
    const board = await createBoard(db, 'changed-undated');
    const undated = posting('a', { statedAt: null });
    await scan(board, [ready('a', 1, { posting: undated })]);
    await scan(board, [ready('a', 2, { posting: undated })], 5);
    expect((await jobOf(board, 'a')).posted_at).toBe(time('2026-11-22T09:01:00Z'));
  });
});

describe('an unchanged posting', () => {
  test('costs no row and no byte of log, in a second scan of the same things', async () => {
    const board = await createBoard(db, 'unchanged');
    const batch = Array.from({ length: 300 }, (_, i) => ready(`n${i}`));
    await scan(board, batch);
    const again = await (await createUnit(db, board, 1)).open();
    // The first read after a write may set hint bits in the pages: afterwork of the write.
    expect(batch.every((item) => again.lookup(item.nativeId, item.hash) === 'unchanged')).toBe(true);

    const written = async () => {
      await db.pool.query('select pg_stat_force_next_flush()');
      const { rows: tables } = await onlooker.query(
        `select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables
         where relname in ('posting', 'posting_body', 'job', 'job_term', 'stats_day') order by 1`,
      );
      // Of the store's connections alone: other files of the run write into the same log, the autovacuum works in this
      // database too, and whoever reads these figures may tidy pages of the catalogue while reading.
      const { rows } = await onlooker.query(
        `select coalesce(sum((pg_stat_get_backend_wal(pid)).wal_bytes), 0)::text as bytes from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      return { tables, log: rows[0].bytes };
    };
    await written();
    const before = await written();
    const store = await (await createUnit(db, board, 2)).open();
    const afterUnit = (await written()).log;
    const verdicts = batch.map((item) => store.lookup(item.nativeId, item.hash));
    expect(new Set(verdicts)).toEqual(new Set(['unchanged']));
    expect(store.unseen(new Set(batch.map((item) => item.nativeId)))).toEqual([]);
    expect((await written()).log).toBe(afterUnit);
    await store.write([], noCounts({ found: 300, kept: 300, unchanged: 300 }));
    expect((await written()).tables).toEqual(before.tables);
  });
});

describe('a posting that is gone', () => {
  test('is closed with its job, its evidence and the count of the day, once', async () => {
    const board = await createBoard(db, 'gone');
    await scan(board, [ready('a'), ready('b'), ready('c')]);
    const closedBefore = Number((await rowsOf('select sum(jobs_closed) as n from stats_day'))[0].n);
    const store = await (await createUnit(db, board, 1)).open();
    expect(store.unseen(new Set(['a'])).sort()).toEqual(['b', 'c']);
    expect(await store.close(['b', 'c', 'never heard of'], 'not listed any more')).toBe(2);
    expect(await store.close(['b'], 'again')).toBe(0);
    expect(store.unseen(new Set(['a']))).toEqual([]);
    expect(store.open).toBe(1);
    expect(await jobOf(board, 'b')).toMatchObject({
      state: 'closed',
      closed_at: time('2026-11-22T10:01:00Z'),
      p_closed_at: time('2026-11-22T10:01:00Z'),
      closed_evidence: 'not listed any more',
    });
    expect(await jobOf(board, 'a')).toMatchObject({ state: 'open', closed_at: null });
    const [day] = await rowsOf('select sum(jobs_closed) as n from stats_day');
    expect(Number(day.n) - closedBefore).toBe(2);
  });

  test('opens again as changed when it is listed again, the same or not', async () => {
    const board = await createBoard(db, 'reopened');
    await scan(board, [ready('a')]);
    const { store } = await scan(board, [], 1);
    await store.close(['a'], 'gone');
    const later = await (await createUnit(db, board, 2)).open();
    expect(later.open).toBe(0);
    expect(later.lookup('a', ready('a').hash)).toBe('changed');
    await later.write([ready('a')], noCounts());
    expect(await jobOf(board, 'a')).toMatchObject({
      state: 'open',
      closed_at: null,
      p_closed_at: null,
      closed_evidence: null,
      first_seen_at: time('2026-11-22T09:01:00Z'),
    });
    const [sum] = await rowsOf('select sum(jobs_new + jobs_reopened - jobs_closed)::integer as open from stats_day');
    expect(sum).toEqual((await rowsOf(`select count(*)::integer as open from job where state = 'open'`))[0]);
  });
});

describe('a unit that is run again after a crash', () => {
  test('counts what the first attempt stored as new and changed again, and writes none of it', async () => {
    const board = await createBoard(db, 'crash');
    await scan(board, [ready('old'), ready('edited'), ready('leaving')]);
    const unit = await createUnit(db, board, 1);
    const first = await unit.open();
    await first.write([ready('fresh'), ready('edited', 2)], noCounts());
    await first.close(['leaving'], 'gone');

    const second = await unit.open();
    expect(second.lookup('old', ready('old').hash)).toBe('unchanged');
    expect(second.lookup('edited', ready('edited', 2).hash)).toBe('changed-before');
    expect(second.lookup('edited', ready('edited', 3).hash)).toBe('changed');
    expect(second.lookup('fresh', ready('fresh').hash)).toBe('new-before');
    expect(second.lookup('fresh', ready('fresh', 2).hash)).toBe('new');
    expect(second.closedBefore).toBe(1);

    const next = await (await createUnit(db, board, 2)).open();
    expect(next.lookup('fresh', ready('fresh').hash)).toBe('unchanged');
    expect(next.closedBefore).toBe(0);
  });

  test('does not take rows for old when its clock is behind the one that started it', async () => {
    const board = await createBoard(db, 'clock');
    const unit = await createUnit(db, board, 1, -3_600_000);
    await (await unit.open()).write([ready('a')], noCounts());
    expect((await unit.open()).lookup('a', ready('a').hash)).toBe('new-before');
  });
});

describe('a batch', () => {
  test('is stored whole or not at all: counts that do not add up leave no row', async () => {
    const unit = await createUnit(db, 'whole');
    const store = await unit.open();
    await expect(store.write([ready('a')], noCounts({ found: 1 }))).rejects.toMatchObject({ code: '23514' });
    expect(await rowsOf('select 1 from posting where board_id = $1', [unit.boardId])).toEqual([]);
    expect(store.lookup('a', ready('a').hash)).toBe('new');
    await store.write([ready('a')], noCounts({ found: 1, kept: 1, new: 1 }));
    expect(await jobOf(unit.boardId, 'a')).toBeDefined();
  });

  test('keeps the last of a repeated id', async () => {
    const { unit } = await scan('repeated', [ready('a', 1), ready('a', 2)]);
    expect(readBody((await jobOf(unit.boardId, 'a')).body).raw).toEqual({ id: 'a', version: 2 });
  });

  test('of two writers at once is stored once each, whoever is faster', async () => {
    const board = await createBoard(db, 'twins');
    const ids = Array.from({ length: 400 }, (_, i) => `n${i}`);
    const stores = await Promise.all([0, 0, 0].map(async () => (await createUnit(db, board)).open()));
    const before = Number((await rowsOf('select sum(jobs_new) as n from stats_day'))[0].n);
    await Promise.all(
      stores.map((store, i) => {
        const order = i === 0 ? ids : [...ids].reverse();
        return store.write(
          order.map((id) => ready(id, i === 2 ? 2 : 1)),
          noCounts(),
        );
      }),
    );
    const [count] = await rowsOf(
      `select count(*)::integer as postings, count(distinct job_id)::integer as jobs,
         (select count(*)::integer from job) - (select count(distinct job_id)::integer from posting) as orphans
       from posting where board_id = $1`,
      [board],
    );
    expect(count).toEqual({ postings: 400, jobs: 400, orphans: 0 });
    expect(Number((await rowsOf('select sum(jobs_new) as n from stats_day'))[0].n) - before).toBe(400);
  });

  test('survives what upstream may send: NUL, half surrogates, separators, ids and titles without end', async () => {
    const odd = 'odd\0id';
    const long = 'x'.repeat(20_000);
    const texts = {
      title: `A\0B \ud800 ${long}`,
      company: 'C\0',
      places: ['Berlin\x1fMitte', ''],
      url: 'https://x.example/\0',
    };
    const batch = [ready(odd, 1, { posting: posting(odd, texts) }), ready(long), ready('sep\x1farated'), ready('')];
    const { unit, store } = await scan('hostile', batch);
    const again = await unit.open();
    for (const item of batch) expect(again.lookup(item.nativeId, item.hash)).toBe('new-before');
    expect(again.unseen(new Set(batch.map((item) => item.nativeId)))).toEqual([]);
    const job = await jobOf(unit.boardId, 'odd\uFFFDid');
    expect(job.places).toEqual(['Berlin Mitte', '']);
    expect(job.title.length).toBeLessThanOrEqual(1000);
    expect(readBody(job.body).raw).toEqual({ id: odd, version: 1 });
    const samples = [{ text: 'a\0b', half: '\ud800', kept: '\\u0000', pair: '😀' }];
    await store.saveCounts(noCounts({ invalidSamples: samples, rejectedReasons: { 'in\0valid': 0 } }));
    const [saved] = await rowsOf('select invalid_samples as s from scan_unit where id = $1', [unit.unitId]);
    expect(saved.s).toEqual([{ text: 'a\uFFFDb', half: '\uFFFD', kept: '\\u0000', pair: '😀' }]);
  });
});

describe('the content hash', () => {
  test('is 16 bytes, equal for equal content and different for any other', () => {
    expect(contentHash({ a: 1, b: ['x'] })).toHaveLength(16);
    expect(contentHash({ a: 1, b: ['x'] })).toEqual(contentHash({ a: 1, b: ['x'] }));
    const others = [{ a: 1, b: ['y'] }, { a: 1 }, [], null, undefined, '', 0, { a: 1, b: ['x'], c: null }];
    const hashes = others.map((other) => contentHash(other).toString('hex'));
    expect(hashes).not.toContain(contentHash({ a: 1, b: ['x'] }).toString('hex'));
    // undefined has no JSON and hashes like an empty text; no connector returns it.
    expect(new Set(hashes).size).toBe(others.length);
  });
});

/** Random histories of a board against a model of ten lines: what is stored, what is counted, whatever crashes in between. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBody } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import type { UnitCounts } from '../../worker/store.ts';
import { testDatabase } from '../db.ts';
import { createBoard, createUnit, noCounts, posting, ready, SCORE, type TestUnit } from './store-kit.ts';

interface Scan {
  /** What the source lists: versions of postings by id. */
  readonly listed: Readonly<Record<string, number>>;
  /** A complete read closes what is not listed. */
  readonly complete: boolean;
  readonly batch: number;
  /** Writes after which the worker is killed, once; undefined when it is not. */
  readonly killedAfter: number | undefined;
  /** Killed after everything, just before the unit is reported. */
  readonly killedAtTheEnd: boolean;
}

const scans = fc.array(
  fc.record<Scan>({
    listed: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.integer({ min: 1, max: 3 })),
    complete: fc.boolean(),
    batch: fc.integer({ min: 1, max: 3 }),
    killedAfter: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    killedAtTheEnd: fc.boolean(),
  }),
  { minLength: 1, maxLength: 7 },
);

/** Terms, date and title depend on the version, so that a change moves entries of the posting lists. */
function item(id: string, version: number) {
  const statedAt = version === 2 ? null : new Date(Date.UTC(2026, 9, version));
  const terms = SCORE.terms.slice(0, version % 3);
  const score = { ...SCORE, points: 8 + version, terms };
  return ready(id, version, { posting: posting(id, { title: `Engineer ${version}`, statedAt }), score });
}

class Killed extends Error {}

/** One attempt at a unit, in the order in which a worker does it. */
async function attempt(unit: TestUnit, scan: Scan, killedAfter: number | undefined): Promise<UnitCounts> {
  const store = await unit.open();
  const counts = noCounts();
  let writes = 0;
  let batch: ReturnType<typeof item>[] = [];
  const flush = async () => {
    if (killedAfter !== undefined && writes++ >= killedAfter) throw new Killed();
    await store.write(batch, counts);
    batch = [];
  };
  for (const [id, version] of Object.entries(scan.listed)) {
    const found = item(id, version);
    const verdict = store.lookup(id, found.hash);
    counts.found++;
    counts.kept++;
    counts[verdict === 'new-before' ? 'new' : verdict === 'changed-before' ? 'changed' : verdict]++;
    if (verdict === 'new' || verdict === 'changed') batch.push(found);
    if (batch.length >= scan.batch) await flush();
  }
  await flush();
  counts.closed = store.closedBefore;
  if (scan.complete) counts.closed += await store.close(store.unseen(new Set(Object.keys(scan.listed))), 'gone');
  await store.saveCounts(counts);
  return counts;
}

async function run(unit: TestUnit, scan: Scan): Promise<UnitCounts> {
  try {
    const counts = await attempt(unit, scan, scan.killedAfter);
    return scan.killedAtTheEnd ? await attempt(unit, scan, undefined) : counts;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return await attempt(unit, scan, undefined);
  }
}

interface Model {
  readonly [id: string]: { readonly version: number; readonly closed: boolean };
}

function step(model: Model, scan: Scan): { model: Model; counts: Partial<UnitCounts> } {
  const listed = Object.entries(scan.listed);
  const isNew = listed.filter(([id]) => model[id] === undefined).length;
  const unchanged = listed.filter(([id, version]) => model[id]?.version === version && !model[id].closed).length;
  const gone = scan.complete
    ? Object.entries(model).filter(([id, { closed }]) => !closed && scan.listed[id] === undefined)
    : [];
  const counts = {
    found: listed.length,
    kept: listed.length,
    new: isNew,
    unchanged,
    changed: listed.length - isNew - unchanged,
    closed: gone.length,
  };
  const next = {
    ...model,
    ...Object.fromEntries(listed.map(([id, version]) => [id, { version, closed: false }])),
    ...Object.fromEntries(gone.map(([id, { version }]) => [id, { version, closed: true }])),
  };
  return { model: next, counts };
}

async function stored(db: Database, boardId: number): Promise<Model> {
  await indexPending(db);
  const { rows } = await db.pool.query(
    `select p.native_id, p.closed_at, j.state, j.closed_at as job_closed_at, j.title, j.terms, j.score, b.body,
       (select coalesce(array_agg(t.term order by t.term), '{}') from job_term t
        where t.job_id = j.id and t.score = j.score and t.posted_at = j.posted_at
          and t.term !~ '^((w|source|country|company):|$)') as entries,
       (select count(*)::integer from job_term t where t.job_id = j.id
          and t.term !~ '^((w|source|country|company):|$)') as all_entries
     from posting p join job j on j.id = p.job_id and j.posting_id = p.id join posting_body b on b.posting_id = p.id
     where p.board_id = $1`,
    [boardId],
  );
  return Object.fromEntries(
    rows.map((row) => {
      const { version } = readBody(row.body).raw as { version: number };
      const expected = item(row.native_id, version);
      expect(row.title).toBe(expected.posting.title);
      expect(row.terms).toEqual(expected.score.terms);
      expect(row.entries).toEqual([...expected.score.terms].sort());
      expect(row.all_entries).toBe(expected.score.terms.length);
      expect(row.score).toBe(expected.score.points);
      expect(row.state).toBe(row.closed_at === null ? 'open' : 'closed');
      expect(row.job_closed_at).toBe(row.closed_at);
      return [row.native_id, { version, closed: row.closed_at !== null }];
    }),
  );
}

test('whatever a board does and wherever a worker dies, rows and counts are those of the model', async () => {
  const { db } = await testDatabase();
  let board = 0;
  const property = fc.asyncProperty(scans, async (history) => {
    const boardId = await createBoard(db, `board-${board++}`);
    let model: Model = {};
    for (const [n, scan] of history.entries()) {
      const expected = step(model, scan);
      const unit = await createUnit(db, boardId, n);
      const counts = await run(unit, scan);
      expect(counts).toMatchObject(expected.counts);
      const { rows } = await db.pool.query(
        'select found, kept, new, changed, unchanged, closed from scan_unit where id = $1',
        [unit.unitId],
      );
      expect(rows[0]).toEqual(expected.counts);
      expect(await stored(db, boardId)).toEqual(expected.model);
      model = expected.model;
    }
  });
  await fc.assert(property, { numRuns: 60, seed: 20261122 });

  const { rows } = await db.pool.query(
    `select (select sum(jobs_new + jobs_reopened - jobs_closed)::integer from stats_day) as by_day,
       (select count(*)::integer from job where state = 'open') as open,
       (select count(*)::integer from job) as jobs, (select count(*)::integer from posting) as postings`,
  );
  expect(rows[0].by_day).toBe(rows[0].open);
  expect(rows[0].jobs).toBe(rows[0].postings);
}, 60_000);

/**
 * Random histories of boards against what is true: no open posting is ever closed, every gone one is closed by its second good
 * read, and what happened can be read afterwards. Another history: LIVENESS_SEED=random (the seed is printed when it fails);
 * more of them: LIVENESS_RUNS=500.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { testDatabase } from '../db.ts';
import { letTimePass } from '../worker/unit-kit.ts';
import { type Board, createWorld, FAILURES, type Fault, isLie, LIES, type World } from './world.ts';

const SEED =
  process.env.LIVENESS_SEED === 'random' ? Date.now() % 2 ** 31 : Number(process.env.LIVENESS_SEED ?? 71_123);
const RUNS = Number(process.env.LIVENESS_RUNS ?? 20);

type Step =
  | { readonly do: 'open'; readonly board: number; readonly count: number }
  | { readonly do: 'take down' | 'open again' | 'restate' | 'move'; readonly board: number; readonly nth: number }
  | { readonly do: 'take down many'; readonly board: number; readonly share: number }
  | { readonly do: 'read'; readonly board: number; readonly fault: Fault; readonly times: number }
  | { readonly do: 'wait' };

const BOARDS = 3;
const board = fc.nat(BOARDS - 1);
const nth = fc.nat(20);
const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom<Fault>(...FAILURES) },
  { weight: 6, arbitrary: fc.constantFrom<Fault>(...LIES, 'twice') },
  { weight: 3, arbitrary: fc.constant<Fault>('slip') },
);
/** What goes wrong, goes wrong again at once. */
const times = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('open' as const), board, count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'take down' as const,
        'take down' as const,
        'open again' as const,
        'restate' as const,
        'move' as const,
      ),
      board,
      nth,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('take down many' as const),
      board,
      share: fc.double({ min: 0.3, max: 1, noNaN: true }),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('read' as const), board, fault, times }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);
/** Postings that each board begins with. */
const sizes = fc.array(fc.integer({ min: 0, max: 16 }), { minLength: BOARDS, maxLength: BOARDS });
const histories = fc.array(step, { minLength: 15, maxLength: 40, size: 'max' });

/** What the test knows of one board beside its truth. */
interface Watched {
  readonly board: Board;
  /** Postings that are gone: how many good reads missed them so far. */
  readonly gone: Map<number, number>;
  /** Ids that were open once, for opening again. */
  readonly past: Set<number>;
  readonly firstSeen: Map<string, string>;
  /** How its last reads ended, for whoever reads a failure. */
  readonly story: string[];
  /** A lie was told and no truth since; a lie that is repeated a quarter of an hour later cannot be told from the truth. */
  lied: 'no' | 'just now' | 'long ago';
  /** Time passed since the last good read that counted. */
  waited: boolean;
}

interface Stored {
  readonly native_id: string;
  readonly is_open: boolean;
  readonly first_seen_at: string;
}

let serial = 0;

test(
  `no open posting is closed and every gone one is, in ${RUNS} random histories (seed ${SEED})`,
  async () => {
    const { db } = await testDatabase();
    const world = await createWorld(db);
    let [reads, closings] = [0, 0];
    const property = fc.asyncProperty(sizes, histories, async (sizes, steps) => {
      const watched: Watched[] = [];
      await world.begin();
      for (let i = 0; i < BOARDS; i++) {
        const w = await watch(world, i > 0);
        watched.push(w);
        for (let n = 0; n < sizes[i]!; n++) put(w, ++serial, 0);
        await readAndCheck(db, world, w, undefined);
      }
      for (const one of steps) {
        if (one.do === 'wait') {
          await letTimePass(db);
          for (const w of watched) passTime(w);
        } else if (one.do === 'read') {
          closings += await readAndCheck(db, world, watched[one.board]!, one.fault);
          reads++;
        } else change(watched, one);
      }
      for (const w of watched) closings += await settles(db, world, w);
      for (const w of watched) await historyIsWhole(db, w.board.id);
      await countsAddUp(db);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: process.env.LIVENESS_SHRINK === undefined });
    // A model that never closed anything would hold every property.
    expect(reads).toBeGreaterThan(RUNS * 5);
    expect(closings).toBeGreaterThan(RUNS * 2);
    process.stdout.write(`liveness: seed ${SEED}, ${RUNS} histories, ${reads} reads, ${closings} postings closed\n`);
  },
  60_000 + RUNS * 4_000,
);

async function watch(world: World, paged: boolean): Promise<Watched> {
  const own = await world.addBoard(`m${++serial}`, paged);
  return { board: own, gone: new Map(), past: new Set(), firstSeen: new Map(), story: [], lied: 'no', waited: true };
}

function passTime(w: Watched): void {
  w.waited = true;
  if (w.lied === 'just now') w.lied = 'long ago';
}

function change(watched: readonly Watched[], one: Exclude<Step, { do: 'read' | 'wait' }>): void {
  const w = watched[one.board]!;
  const { truth } = w.board;
  const open = [...truth.keys()];
  if (one.do === 'open') for (let i = 0; i < one.count; i++) put(w, ++serial, 0);
  else if (one.do === 'take down many') for (const id of open.slice(0, Math.ceil(open.length * one.share))) take(w, id);
  else if (one.do === 'open again') {
    const again = [...w.past].filter((id) => !truth.has(id)).at(one.nth % Math.max(1, w.past.size));
    if (again !== undefined) put(w, again, 0);
  } else {
    const id = open[one.nth % Math.max(1, open.length)];
    if (id === undefined) return;
    const day = truth.get(id)!;
    if (one.do === 'restate') truth.set(id, day + 1);
    else take(w, id);
    if (one.do === 'move') put(watched[(one.board + 1) % BOARDS]!, id, day);
  }
}

function put(w: Watched, id: number, day: number): void {
  w.board.truth.set(id, day);
  w.past.add(id);
  w.gone.delete(id);
}

function take(w: Watched, id: number): void {
  w.board.truth.delete(id);
  w.gone.set(id, 0);
}

/** @returns how many postings this read closed */
async function readAndCheck(db: Database, world: World, w: Watched, asked: Fault): Promise<number> {
  const before = await stored(db, w.board.id);
  const openBefore = before.filter((posting) => posting.is_open);
  // A part that is large enough for the guard: less than that no single read can tell from the truth.
  const missing = Math.max(4, Math.floor(openBefore.length * 0.2) + 1);
  const known = openBefore.map((posting) => Number(posting.native_id)).filter((id) => w.board.truth.has(id));
  const without = new Set(known.slice(0, missing));
  // A posting that two independent faults hide, some time apart, cannot be told from one that is gone.
  const lie = isLie(asked) || asked === 'slip';
  const told = asked === 'a part' && without.size < missing ? 'nothing' : asked;
  const fault = lie && w.lied === 'long ago' ? undefined : told;
  const unit = await world.read(w.board, fault, without);
  const after = await stored(db, w.board.id);

  const { truth } = w.board;
  for (const id of w.past) if (!truth.has(id) && !w.gone.has(id)) w.gone.set(id, 0);
  const openAfter = new Set(after.filter((posting) => posting.is_open).map((posting) => Number(posting.native_id)));
  const closed = openBefore.map((posting) => Number(posting.native_id)).filter((id) => !openAfter.has(id));
  const story = `${fault ?? 'a good read'} of ${w.board.paged ? 'pages' : 'one answer'}: ${unit.state} ${unit.error ?? ''}`;
  w.story.push(story);
  expect(
    closed.filter((id) => truth.has(id)),
    `open postings were closed by ${story}`,
  ).toEqual([]);
  expect(unit.closed).toBe(closed.length);
  for (const { native_id, first_seen_at } of after) {
    expect(w.firstSeen.get(native_id) ?? first_seen_at, 'the day of first sight').toBe(first_seen_at);
    w.firstSeen.set(native_id, first_seen_at);
  }

  if (fault !== undefined && fault !== 'twice') {
    if (lie) w.lied = 'just now';
    return closed.length;
  }
  expect(
    [...truth.keys()].filter((id) => !openAfter.has(id)),
    `open postings are not shown after ${story}`,
  ).toEqual([]);
  if (unit.error_type === 'suspect') return closed.length;
  w.lied = 'no';
  const stillOpen: number[] = [];
  for (const [id, missed] of w.gone) {
    // The second good read must be some time after the first one; what was never seen needs none.
    if (missed === 0 || w.waited) w.gone.set(id, missed + 1);
    if (w.gone.get(id)! >= 2 && openAfter.has(id)) stillOpen.push(id);
  }
  w.waited = false;
  expect(stillOpen, `gone postings are open after their second good read, ${story}`).toEqual([]);
  return closed.length;
}

/** Left alone, what is stored becomes what is true, within a few reads. @returns how many postings were closed */
async function settles(db: Database, world: World, w: Watched): Promise<number> {
  const truth = [...w.board.truth.keys()].sort();
  let closings = 0;
  for (let reads = 0; ; reads++) {
    const open = (await stored(db, w.board.id)).filter((posting) => posting.is_open);
    const ids = open.map((posting) => Number(posting.native_id)).sort();
    if (reads === READS_TO_SETTLE) expect(ids, `after ${w.story.join('; ')}`).toEqual(truth);
    if (isDeepStrictEqual(ids, truth)) return closings;
    await letTimePass(db);
    passTime(w);
    closings += await readAndCheck(db, world, w, undefined);
  }
}

/** Two, and one that the judgement of reads may doubt. */
const READS_TO_SETTLE = 3;

async function stored(db: Database, boardId: number): Promise<Stored[]> {
  const { rows } = await db.pool.query<Stored>(
    `select native_id, closed_at is null as is_open, first_seen_at::text as first_seen_at from posting where board_id = $1`,
    [boardId],
  );
  return rows;
}

/** Closing and opening again take turns, agree with the row, and each closing says how it was known. */
async function historyIsWhole(db: Database, boardId: number): Promise<void> {
  const { rows } = await db.pool.query<{
    kinds: string[];
    is_open: boolean;
    reposts: number;
    restated: number;
    whys: number;
  }>(
    `select closed_at is null as is_open, reposts, count(e.id) filter (where e.kind = 'repost')::int as restated,
       coalesce(array_agg(e.kind order by e.id) filter (where e.kind in ('close', 'reopen')), '{}') as kinds,
       count(*) filter (where e.kind = 'close' and coalesce(e.evidence->>'why', '') = '')::int as whys
     from posting p left join job_event e on e.posting_id = p.id where p.board_id = $1 group by p.id`,
    [boardId],
  );
  for (const { kinds, is_open, reposts, restated, whys } of rows) {
    expect(kinds).toEqual(kinds.map((_, i) => (i % 2 === 0 ? 'close' : 'reopen')));
    expect(kinds.length % 2 === 0).toBe(is_open);
    expect({ reposts, whys }).toEqual({ reposts: restated, whys: 0 });
  }
}

async function countsAddUp(db: Database): Promise<void> {
  const { rows } = await db.pool.query(
    `select (select coalesce(sum(closed), 0)::int from scan_unit) as closed_by_units,
       (select count(*)::int from job_event where kind = 'close') as closings,
       (select coalesce(sum(jobs_new + jobs_reopened - jobs_closed), 0)::int from stats_day) as open_by_days,
       (select count(*)::int from job where state <> 'closed') as open_jobs,
       (select count(*)::int from job j where (state = 'closed')
         = exists (select 1 from posting p where p.job_id = j.id and p.closed_at is null)) as wrong_jobs`,
  );
  const [{ closed_by_units, closings, open_by_days, open_jobs, wrong_jobs }] = rows;
  expect(closed_by_units).toBe(closings);
  expect(open_by_days).toBe(open_jobs);
  expect(wrong_jobs).toBe(0);
}

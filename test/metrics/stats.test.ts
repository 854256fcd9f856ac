import { describe, expect, test } from 'vitest';
import { createScan } from '../../shared/db/scans/create.ts';
import { finishScanIfDone } from '../../shared/db/scans/finish.ts';
import { readBusinessStats } from '../../shared/db/stats.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { SOURCE_KEYS, SOURCE_NAMES } from '../../shared/sources.ts';
import { insertBoard } from '../api/rows.ts';
import { testDatabase } from '../db.ts';
import { addBoards, fakeQueue, request } from '../scans/helpers.ts';
import { NO_STATS } from './all-metrics.ts';
import { sampleOf, samplesOf } from './page.ts';

const ALL = { sources: SOURCE_NAMES, sourceKeys: Object.fromEntries(SOURCE_KEYS.map((name) => [name, 'key'])) };

describe('the numbers of the whole system', () => {
  test('are all zero in an empty database', async () => {
    const { db } = await testDatabase();
    expect(await readBusinessStats(db, ALL)).toEqual(NO_STATS);
  });

  test('come from the counts of days and from the scans that ended', async () => {
    const { db } = await testDatabase();
    await db.pool.query(`insert into stats_day (day, jobs_new, jobs_closed) values
      ((now() at time zone 'UTC')::date, 5, 1), ((now() at time zone 'UTC')::date - 6, 3, 0),
      ((now() at time zone 'UTC')::date - 7, 20, 4), ('2020-01-01', 100, 0)`);
    const board = await insertBoard(db, 'lever');
    const scan = async (state: string, requested: string, finished: string | null, found: number) => {
      const { rows } = await db.pool.query(
        `insert into scan (trigger, sources, state, requested_at, finished_at) values ('cli', '{lever}', $1, $2, $3) returning id`,
        [state, requested, finished],
      );
      await db.pool.query(
        `insert into scan_unit (scan_id, source, board_id, found, kept, rejected, new, unchanged) values ($1, 'lever', $2, $3, $3, 0, 2, $3 - 2)`,
        [rows[0].id, board, found],
      );
    };
    await scan('success', '2026-11-20T00:00:00Z', '2026-11-20T00:05:00Z', 11);
    await scan('partial', '2026-11-21T00:00:00Z', '2026-11-21T00:05:00Z', 7);
    await scan('running', '2026-11-22T00:00:00Z', null, 2);
    expect(await readBusinessStats(db, ALL)).toMatchObject({
      jobsTotal: 128,
      jobsNewThisWeek: 8,
      lastSuccessfulScanAt: Date.parse('2026-11-20T00:05:00Z') / 1000,
      lastScanFound: 7,
      lastScanNew: 2,
      scansInProgress: 1,
    });
  });

  test('call a source enabled when scans read it: in the settings, not switched off, with its keys', async () => {
    const { db } = await testDatabase();
    await db.pool.query(`insert into source_state (source, enabled, last_success_at, last_found) values
      ('lever', true, '2026-11-20T00:05:00Z', 31), ('greenhouse', false, null, null), ('gone', true, now(), 5)`);
    // Remote OK is not among them, Greenhouse is switched off, Adzuna lacks one of its two keys.
    const settings = { sources: ['lever', 'greenhouse', 'adzuna'], sourceKeys: { ADZUNA_APP_ID: 'i' } } as const;
    const { sources } = await readBusinessStats(db, settings);
    expect(sources.filter(({ enabled }) => enabled).map(({ source }) => source)).toEqual(['lever']);
    expect(sources.find(({ source }) => source === 'lever')).toMatchObject({
      lastSuccessAt: Date.parse('2026-11-20T00:05:00Z') / 1000,
      lastFound: 31,
    });
    expect(sources.map(({ source }) => source)).toEqual(SOURCE_NAMES);
  });

  test('are three statements, none of them over a table that grows with the jobs', async () => {
    const { db } = await testDatabase();
    const statements = async () =>
      new Map(
        samplesOf(await registry.metrics())
          .filter(({ name }) => name === 'db_operations_total')
          .map(({ labels, value }) => [`${labels.operation} ${labels.table} ${labels.status}`, value]),
      );
    const before = await statements();
    await readBusinessStats(db, ALL);
    const asked = [...(await statements())].filter(([what, n]) => n !== before.get(what));
    expect(asked.map(([what, n]) => [what, n - before.get(what)!]).sort()).toEqual([
      ['select scan success', 1],
      ['select source_state success', 1],
      ['select stats_day success', 1],
    ]);
  });
});

describe('the end of a scan counts each of its sources once', () => {
  test('as read when one of its boards was, as failed when none was, and not at all when it only waited', async () => {
    const { db } = await testDatabase();
    await addBoards(db, 'greenhouse/a', 'greenhouse/b', 'lever/a', 'lever/b', 'adzuna/*');
    const { id } = await createScan(db, request({ sources: ['greenhouse', 'lever', 'adzuna'] }), fakeQueue());
    const before = await registry.metrics();
    await db.pool.query(`update scan_unit u set finished_at = now(), state = case
        when u.source = 'adzuna' then 'waiting_for_key' when u.source = 'lever' then 'failed' when b.token = 'a' then 'partial' else 'failed' end
      from board b where b.id = u.board_id`);
    expect(await finishScanIfDone(db, id)).toBe('partial');
    expect(await finishScanIfDone(db, id)).toBeUndefined();
    const after = await registry.metrics();
    const counted = (source: string, status: string) =>
      sampleOf(after, 'iam_source_scans_total', { source, status })! -
      sampleOf(before, 'iam_source_scans_total', { source, status })!;
    expect(
      ['greenhouse', 'lever', 'adzuna', 'jsearch'].map((s) => [counted(s, 'success'), counted(s, 'failed')]),
    ).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
  });
});

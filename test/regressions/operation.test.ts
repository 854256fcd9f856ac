/** How the original system was run: scans inside requests, one for each process, jobs deleted by age, a password in the code. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../shared/config.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { ConfigError } from '../../shared/errors.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { SETTINGS } from '../../shared/settings.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { asAdmin, startServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { sampleOf } from '../metrics/page.ts';
import { addBoards, fakeQueue, request } from '../scans/helpers.ts';
import { jobs, means, scanNow, testSource } from '../worker/unit-kit.ts';
import { addBoardOf, playedInternet, realMeans, roundsOf } from './kit.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('an old job', () => {
  test('is still there after four hundred days of rounds and scans: closed, with its text, its reasons and its history', async () => {
    const [{ db }, source] = await Promise.all([testDatabase(), testSource()]);
    await addBoards(db, 'greenhouse/acme');
    const m = means(db, source);
    source.boards.set('acme', () => ({ items: jobs(8) }));
    await scanNow(m, 'greenhouse');
    const everything = `select (select count(*)::int from job) as jobs, (select count(*)::int from posting) as postings,
      (select count(*)::int from posting_body) as bodies`;
    const { rows: before } = await db.pool.query(everything);
    expect(before).toEqual([{ jobs: 8, postings: 8, bodies: 8 }]);
    await db.pool.query(`update posting set first_seen_at = first_seen_at - interval '400 days',
      changed_at = changed_at - interval '400 days', stated_at = now() - interval '400 days'`);
    await db.pool.query(
      `update job set first_seen_at = first_seen_at - interval '400 days', posted_at = posted_at - interval '400 days'`,
    );
    await db.pool.query(
      `update board set last_complete_at = now() - interval '400 days', last_read_at = now() - interval '400 days'`,
    );
    const round = roundsOf(db);
    await round();
    await round();
    source.boards.set('acme', () => ({ items: jobs(6) }));
    await scanNow(m, 'greenhouse');
    await round();
    expect((await db.pool.query(everything)).rows).toEqual(before);
    const { rows } = await db.pool.query(`select state, count(*)::int as n from job group by state order by state`);
    expect(rows).toEqual([
      { state: 'closed', n: 2 },
      { state: 'open', n: 6 },
    ]);
  });
});

describe('a job that came through a scan', () => {
  test('shows why it is one, when it was posted and when it was first seen, and each of its links', async () => {
    const [{ db }, internet] = await Promise.all([testDatabase(), playedInternet({ greenhouse: undefined })]);
    await addBoardOf(db, 'greenhouse');
    await scanNow(realMeans(db, internet), 'greenhouse');
    const server = await startServer(db);
    const { json: list } = await server.get('/api/v1/jobs?limit=100');
    const { id } = list.items.find(({ statedAt }: { statedAt: string | null }) => statedAt !== null);
    const { json } = await server.get(`/api/v1/jobs/${id}`);
    expect(json.parts.length).toBeGreaterThan(0);
    expect(json.parts.reduce((sum: number, { points }: { points: number }) => sum + points, 0)).toBe(json.score);
    const [stated, seen] = [Date.parse(json.statedAt), Date.parse(json.firstSeenAt)];
    expect(stated).toBeLessThan(seen);
    expect(json.postings[0].url).toMatch(/^https?:/);
    const page = (await server.get(`/jobs/${id}`)).text;
    for (const { label } of json.parts) expect(page).toContain(label.replaceAll('&', '&amp;'));
  });
});

describe('a scan that is asked for', () => {
  test('is answered before it begins, with the place where to look, and is counted when it ends', async () => {
    const [{ db }, source] = await Promise.all([testDatabase(), testSource()]);
    await addBoards(db, 'greenhouse/acme');
    source.boards.set('acme', () => ({ items: jobs(1) }));
    const server = await startServer(db);
    const { status, headers, json } = await server.post('/admin/run-scan?sources=greenhouse', undefined, asAdmin);
    expect([status, headers.location]).toEqual([202, `/api/v1/scans/${json.id}`]);
    expect(source.requests).toEqual([]);
    expect((await server.get(String(headers.location))).json.state).toBe('queued');
    const runs = async () => sampleOf(await registry.metrics(), 'iam_scan_runs_total', { status: 'success' }) ?? 0;
    const before = await runs();
    await scanNow(means(db, source), 'greenhouse');
    expect(await runs()).toBe(before + 1);
  });

  test('for one moment of the timetable is one, however many schedulers ask for it', async () => {
    const { db } = await testDatabase();
    await addBoards(db, 'greenhouse/acme', 'lever/acme');
    const slot = new Date('2026-11-23T06:00:00Z');
    const queues = Array.from({ length: 8 }, () => fakeQueue());
    const scans = await Promise.all(
      queues.map((queue) => createScan(db, request({ trigger: 'timetable', requestedBy: null, slot }), queue)),
    );
    expect(new Set(scans.map(({ id }) => id)).size).toBe(1);
    expect(scans.filter(({ existing }) => !existing)).toHaveLength(1);
    const { rows } = await db.pool.query(
      'select (select count(*)::int from scan) as scans, (select count(*)::int from scan_unit) as units',
    );
    expect(rows).toEqual([{ scans: 1, units: 2 }]);
  });
});

describe('whoever may start scans', () => {
  test.each(['admin123', 'admin', 'changeme', 'password', 'secret', '12345678', 'x'.repeat(64)])(
    'is not known by "%s": the system does not start with it',
    (token) => {
      expect(() => loadConfig({ ADMIN_TOKEN: token })).toThrow(ConfigError);
    },
  );

  test.each([
    '',
    'b7c1e0a94d2f5386b7c1e0a94d2f538',
    'b7c1e0a94d2f5386b7c1e0a94d2f53860',
    'B7C1E0A94D2F5386B7C1E0A94D2F5386',
  ])('is nobody who sends nearly the token ("%s")', async (token) => {
    const { db } = await testDatabase();
    const server = await startServer(db);
    const answer = await server.post('/admin/run-scan', undefined, token === '' ? {} : { 'x-admin-token': token });
    expect([401, 403]).toContain(answer.status);
  });

  test('is compared in constant time, in the one place that compares secrets', () => {
    expect(read('shared/same-secret.ts')).toContain('timingSafeEqual');
    expect(read('api/admin-guard.ts')).toContain('same-secret.ts');
    expect(read('api/admin-guard.ts')).not.toMatch(/adminToken\s*===|===\s*adminToken/);
  });

  test('may not have what a user has: no column of jobs is a mark of one person', async () => {
    const { db } = await testDatabase();
    const { rows } = await db.pool.query<{ column_name: string }>(
      `select column_name from information_schema.columns where table_name in ('job', 'posting')`,
    );
    const names = rows.map((row) => row.column_name);
    expect(names.filter((name) => /saved|applied|hidden|notes|status/.test(name))).toEqual([]);
    await expect(db.pool.query(`update job set state = 'saved'`)).resolves.toMatchObject({ rowCount: 0 });
    await expect(
      db.pool.query(`insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, title, places, employment,
        sources, terms, card, words) values (1, 1, now(), now(), 1, 'saved', 'remote', 'x', '{}', '{}', '{}', '{}', '{}', '')`),
    ).rejects.toThrow(/check constraint/);
  });
});

describe('what is written about the system', () => {
  test('names the days of the timetable as the system runs them', () => {
    const [row] = read('docs/configuration.md')
      .split('\n')
      .filter((line) => line.startsWith('| `SCAN_CRON`'));
    const cron = SETTINGS.SCAN_CRON?.default;
    expect(row).toContain(`\`${cron}\``);
    expect(loadConfig({}).scanCron).toBe(cron);
  });

  test('counts every source that there is', () => {
    for (const name of SOURCE_NAMES) expect(read('docs/sources.md')).toContain(`| \`${name}\` |`);
  });

  test('starts as the README says: its commands are there and answer', () => {
    const said = execFileSync(process.execPath, [join(ROOT, 'cli/scan.ts'), '--help'], { encoding: 'utf8', cwd: ROOT });
    expect(said).toMatch(/scan/i);
    expect(read('README.md')).toContain('npm start');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemoResult } from '../../cli/demo-result.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { startEmbedded } from '../../shared/embedded/launch.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { type Ran, run } from './run.ts';

/** Tables that a scan without changes must not touch. */
const CONTENT = ['posting', 'posting_body', 'job', 'job_term', 'stats_day'];

const dataDir = mkdtempSync(join(tmpdir(), 'jobscout-demo-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function written(): Promise<Record<string, number>> {
  const server = await startEmbedded(dataDir);
  const db = await openDatabase(server.url.replace(/\/[^/]*$/, '/jobscout'), 'test', 1);
  try {
    const { rows } = await db.pool.query<{ relname: string; n: string }>(
      `select relname, n_tup_ins + n_tup_upd + n_tup_del as n from pg_stat_user_tables where schemaname = 'public'`,
    );
    return Object.fromEntries(rows.map((row) => [row.relname, Number(row.n)]));
  } finally {
    await db.close();
    await server.stop();
  }
}

const demo = () => run('cli/demo.ts', ['--once', '--json', '--data-dir', dataDir]);
const resultOf = (ran: Ran) => JSON.parse(ran.stdout) as DemoResult;

describe('npm run demo -- --once --json', () => {
  let first: Ran;
  let second: Ran;
  let writtenByFirst: Record<string, number>;
  let writtenByBoth: Record<string, number>;
  beforeAll(async () => {
    first = await demo();
    writtenByFirst = await written();
    second = await demo();
    writtenByBoth = await written();
  }, 180_000);

  test('ends with 0 and prints exactly one JSON object', () => {
    expect(first.stderr).not.toMatch(/Unexpected/);
    expect(first.code).toBe(0);
    expect(first.stdout.trim().split('\n')).toHaveLength(1);
  });

  test('reads every source, finds jobs, and its numbers add up', () => {
    const { scan, sources, jobs, metrics_ok } = resultOf(first);
    expect(['success', 'partial']).toContain(scan.status);
    expect(Object.keys(sources).sort()).toEqual(SOURCE_NAMES.toSorted());
    for (const counts of [scan, ...Object.values(sources)]) {
      expect(counts.found).toBe(counts.kept + counts.rejected);
      expect(counts.kept).toBe(counts.new + counts.changed + counts.unchanged);
    }
    expect(Object.values(sources).reduce((total, source) => total + source.found, 0)).toBe(scan.found);
    expect(jobs).toBeGreaterThan(0);
    // Several sources list the same openings: jobs are what is left when those are one.
    expect(jobs).toBeLessThanOrEqual(scan.new);
    expect(metrics_ok).toBe(true);
  });

  test('shows what goes wrong: a broken page makes its source partial, a 429 that passes does not', () => {
    const { sources } = resultOf(first);
    expect(sources.lever?.status).toBe('partial');
    expect(sources.adzuna?.status).toBe('success');
    expect(first.stderr).toContain('not JSON');
  });

  test('a second scan over the same data finds everything unchanged', () => {
    const { scan, jobs } = resultOf(second);
    expect(second.code).toBe(0);
    expect(scan).toMatchObject({ new: 0, changed: 0, unchanged: scan.kept, kept: resultOf(first).scan.kept });
    expect(jobs).toBe(resultOf(first).jobs);
  });

  test('and writes not one row in posting, job or their side tables', () => {
    for (const table of CONTENT) {
      expect(writtenByFirst[table], table).toBeGreaterThan(0);
      expect(writtenByBoth[table], table).toBe(writtenByFirst[table]);
    }
    // The measure itself works: the second scan's own rows were written and seen.
    expect(writtenByBoth.scan_unit).toBeGreaterThan(writtenByFirst.scan_unit ?? 0);
  });

  test('refuses --json without --once, with the usage', async () => {
    const ran = await run('cli/demo.ts', ['--json']);
    expect(ran).toMatchObject({ code: 64, stdout: '' });
    expect(ran.stderr).toContain('--json needs --once');
  });
});

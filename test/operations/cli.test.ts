/** `npm run operate`, as an operator types it. */
import { describe, expect, test } from 'vitest';
import { readHolds } from '../../shared/db/operations/holds.ts';
import { run } from '../cli/run.ts';
import { testDatabase } from '../db.ts';
import { scanWith } from '../scans/helpers.ts';

const { db, url } = await testDatabase();
const operate = (...args: string[]) => run('cli/operate.ts', args, { DATABASE_URL: url });

describe('npm run operate', () => {
  test('tries a pause, does it, says that it is done already, and lists it', async () => {
    const tried = await operate('pause', 'greenhouse', '--reason', 'half is missing', '--dry-run');
    expect(tried).toMatchObject({ code: 0, stderr: '' });
    expect(tried.stdout).toMatch(/^Dry run, nothing changed\. greenhouse is held back: 0 units will wait/);
    expect(await readHolds(db)).toEqual([]);
    const done = await operate('pause', 'greenhouse', '--reason', 'half is missing', '--json');
    expect(JSON.parse(done.stdout)).toMatchObject({ verb: 'pause', changed: true, dryRun: false });
    expect((await operate('pause', 'greenhouse')).stdout).toContain('already held back');
    const { stdout } = await operate('list');
    expect(stdout).toMatch(/^held back: greenhouse, by \S+ since \S+: half is missing\n/);
    expect(stdout).toContain('[dry run]');
    expect((await operate('resume', 'greenhouse')).code).toBe(0);
    expect(await readHolds(db)).toEqual([]);
  });

  test('reads again what failed, through the queue', async () => {
    const scanId = await scanWith(db, ['failed', 'failed']);
    const { code, stdout } = await operate('retry', scanId, '--cause', 'http_4xx', '--json');
    expect(code).toBe(0);
    const { detail } = JSON.parse(stdout);
    expect(detail).toMatchObject({ willRead: 2 });
    const { rows } = await db.pool.query('select count(enqueued_at)::int as n from scan_unit where scan_id = $1', [
      detail.newScanId,
    ]);
    expect(rows).toEqual([{ n: 2 }]);
  });

  test('lists what did not end well, with the ids that rerun takes', async () => {
    const scanId = await scanWith(db, ['failed', 'success', 'failed']);
    const { stdout } = await operate('units', scanId, '--json');
    const { units, more } = JSON.parse(stdout);
    expect(more).toBe(false);
    expect(units).toMatchObject([
      { state: 'failed', errorType: 'http_4xx' },
      { state: 'failed', errorType: 'http_4xx' },
    ]);
    expect((await operate('rerun', units[0].id, '--dry-run')).stdout).toContain('1 board to read again');
    const text = (await operate('units', scanId, '--cause', 'http_4xx')).stdout;
    expect(text).toContain(`${units[0].id}  greenhouse/`);
    expect(text).toContain('    next: ');
    expect((await operate('units', scanId, '--cause', 'timeout')).stdout).toBe('None.\n');
  });

  test.each([
    [[], 'Say what to do'],
    [['units'], 'Name the id of a scan'],
    [['units', 'x', '--cause', 'bad luck'], '--cause must be one of'],
    [['explode'], 'There is no verb "explode"'],
    [['pause'], 'Name a source'],
    [['pause', 'nowhere'], 'There is no source "nowhere"'],
    [['pause', 'lever', 'greenhouse'], 'One target at a time'],
    [['drain', 'lever'], 'drain takes no target'],
    [['retry', 'x', '--cause', 'bad luck'], '--cause must be one of'],
    [['undo', '1', '--force'], '--force'],
  ])('refuses %j with the usage', async (args, says) => {
    const { code, stdout, stderr } = await operate(...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain('Usage: npm run operate');
  });

  test('ends with 1 and one sentence where there is nothing to do it to', async () => {
    expect(await operate('undo', '123456')).toEqual({ code: 1, stdout: '', stderr: 'There is no operation 123456.\n' });
    expect((await operate('units', 'x')).stderr).toBe('There is no scan x.\n');
    const { code, stderr } = await operate('undo-close', 'greenhouse/acme');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'No closing of several postings at once is known of greenhouse/acme.\n',
    });
  });
});

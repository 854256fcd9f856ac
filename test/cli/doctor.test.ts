import { afterAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../cli/doctor-checks.ts';
import { testDatabase } from '../db.ts';
import { DEMO_BOARDS_FILE, demoData } from '../internet/demo-data.ts';
import { startInternet } from '../internet/internet.ts';
import { run } from './run.ts';

const internet = await startInternet(demoData());
afterAll(() => internet.close());
const { url } = await testDatabase();

const settings = {
  DATABASE_URL: url,
  BOARDS_FILE: DEMO_BOARDS_FILE,
  ADZUNA_APP_ID: 'id',
  ADZUNA_APP_KEY: 'key',
  ...Object.fromEntries(Object.entries(internet.urls).map(([name, to]) => [`SOURCE_URL_${name.toUpperCase()}`, to])),
};

async function doctor(more: Record<string, string> = {}, ...args: string[]) {
  const ran = await run('cli/doctor.ts', ['--json', ...args], { ...settings, ...more });
  const findings = JSON.parse(ran.stdout || '[]') as Finding[];
  return { ran, of: (name: string) => findings.find((finding) => finding.name === name), findings };
}

describe('npm run doctor', () => {
  test('sees a healthy system, a sample of each source, and which source waits for its key', async () => {
    const { ran, of, findings } = await doctor();
    expect(findings.filter((finding) => finding.state === 'wrong')).toEqual([]);
    expect(ran.code).toBe(0);
    for (const name of ['node', 'disk', 'database', 'migrations', 'clock', 'queue'])
      expect(of(name), name).toBeDefined();
    expect(of('greenhouse')?.says).toMatch(/^\d+ postings of ferrovalebank, such as ".+"/);
    expect(of('adzuna')?.state).toBe('ok');
    expect(of('jsearch')).toMatchObject({ state: 'wait' });
    expect(of('jsearch')?.says).toContain('JSEARCH_API_KEY');
  });

  test('says what is wrong with a source and what to do, and ends with 1', async () => {
    internet.setFaults('greenhouse', { kind: 'html' });
    internet.setFaults('adzuna', { kind: 'refuse', status: 401, body: { display: 'Authorisation failed' } });
    const { ran, of } = await doctor();
    internet.setFaults('greenhouse');
    internet.setFaults('adzuna');
    expect(ran.code).toBe(1);
    expect(of('greenhouse')).toMatchObject({ state: 'wrong' });
    expect(of('greenhouse')?.says).toMatch(/not JSON.*newer release/);
    expect(of('adzuna')?.says).toContain('check ADZUNA_APP_ID and ADZUNA_APP_KEY');
    expect(of('lever')?.state).toBe('ok');
  });

  test('says so when the database or Redis cannot be reached', async () => {
    const { ran, of } = await doctor(
      { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:9/none', REDIS_URL: 'redis://127.0.0.1:9' },
      '--offline',
    );
    expect(ran.code).toBe(1);
    expect(of('database')).toMatchObject({ state: 'wrong' });
    expect(of('database')?.says.split('unreachable')).toHaveLength(2);
    expect(of('queue')).toMatchObject({ state: 'wrong' });
    expect(ran.stdout).not.toContain('secret');
    expect(of('greenhouse')).toBeUndefined();
  });

  test('lists wrong settings with exit code 78', async () => {
    const ran = await run('cli/doctor.ts', [], { PORT: 'many', SCAN_CRON: 'sometimes' });
    expect(ran.code).toBe(78);
    expect(ran.stderr).toMatch(/PORT[\s\S]*SCAN_CRON/);
  });
});

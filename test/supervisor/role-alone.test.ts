import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../db.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';

const alone = (role: string, settings: Record<string, string>) =>
  startSystem({ command: [process.execPath, `${role}/main.ts`], settings });

describe('a role that is started without a supervisor', () => {
  test('works on the database that it is given, and drains at the first signal', async () => {
    const worker = await alone('worker', { DATABASE_URL: await createTestDatabase() });
    await until(() => worker.stdout().startsWith('worker ready'), { timeoutMs: 30_000 });
    expect(await worker.stop('SIGINT')).toBe(0);
  });

  test('says that no database runs, and starts none', async () => {
    const worker = await alone('worker', {});
    expect(await worker.ended()).toBe(1);
    expect(worker.stderr()).toBe('No database is running: start everything with `npm start`, or set DATABASE_URL.\n');
  });

  test('names wrong settings and exits 78', async () => {
    const scheduler = await alone('scheduler', { SCAN_CRON: 'never', TASK_LOCK_MS: '1' });
    expect(await scheduler.ended()).toBe(78);
    expect(scheduler.stderr()).toContain('2 settings are wrong');
  });
});

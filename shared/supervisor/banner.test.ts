import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config.ts';
import { pageLine, plainHttpRisk, startLines } from './banner.ts';

const NOW = new Date('2026-03-29T00:30:00Z');
const STRONG = '4f1c0e8b9a7d6352e1f0c4b8a9d7e6f5';

const lines = (env: Record<string, string>) =>
  startLines(loadConfig({ DATA_DIR: '/d', ...env }), ['api', 'worker', 'scheduler'], 'somewhere', NOW).join('\n');

describe('what the start says', () => {
  test('never holds a secret', () => {
    const said = lines({ REDIS_URL: `redis://user:${STRONG}@queue.example:6380/3`, ADMIN_TOKEN: STRONG });
    expect(said).not.toContain(STRONG);
    expect(said).toContain('Redis at queue.example:6380');
    expect(said).toContain('X-Admin-Token is ADMIN_TOKEN');
  });

  test('gives the next scan in the time zone of the timetable, also in the night when the clock changes', () => {
    expect(lines({ SCAN_CRON: '0 */6 * * *' })).toContain('next scan 2026-03-29 06:00 UTC (0 */6 * * *)');
    expect(lines({ SCAN_CRON: '30 3 * * *', SCAN_TIME_ZONE: 'Europe/Berlin' })).toContain(
      'next scan 2026-03-29 03:30 Europe/Berlin',
    );
    expect(lines({ SCAN_CRON: 'off' })).toContain('timetable  off');
  });

  test('gives addresses that can be opened on this machine', () => {
    const secrets = { ADMIN_TOKEN: STRONG, METRICS_TOKEN: STRONG, SECRET_KEY: STRONG };
    const open = { ...secrets, TRUST_PROXY: '0', I_KNOW_THIS_IS_PLAIN_HTTP: 'yes' };
    const all = { ...open, HOST: '0.0.0.0', PUBLIC_URL: 'http://jobs.example.org' };
    expect(lines(all)).toContain('http://127.0.0.1:5000/metrics');
    expect(lines({ ...all, HOST: '::' })).toContain('http://[::1]:5000/metrics');
    expect(lines({ METRICS_PORT: '9100' })).toContain('http://127.0.0.1:9100/metrics');
    expect(pageLine(loadConfig(all))).toBe('page       http://jobs.example.org');
    expect(pageLine(loadConfig({}))).toBe('page       http://127.0.0.1:5000/');
  });
});

test('plain http beyond this machine is warned of, and nothing else', () => {
  expect(plainHttpRisk({ host: '0.0.0.0', publicUrl: 'http://jobs.example.org' })).toContain('travel in clear');
  expect(plainHttpRisk({ host: '0.0.0.0', publicUrl: 'https://jobs.example.org' })).toBeUndefined();
  expect(plainHttpRisk({ host: '127.0.0.1', publicUrl: undefined })).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import { testDatabase } from '../db.ts';
import { sampleOf } from '../metrics/page.ts';
import { NOW, startServer } from './server.ts';

const TOKEN = 'f3a9c1d47b60e582f3a9c1d47b60e582';
const NAME = 'iam_alert_watchdog_last_received_timestamp_seconds';
const { db } = await testDatabase();
/** As Alertmanager 0.25 writes it. */
const notification = (alertname: string, status = 'firing') => ({
  receiver: 'watchdog',
  status,
  alerts: [
    {
      status,
      labels: { alertname, service: 'monitoring', severity: 'none' },
      annotations: { summary: 'Alerts travel' },
      startsAt: '2026-11-22T11:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://localhost:9090/graph',
      fingerprint: '0123456789abcdef',
    },
  ],
  groupLabels: { alertname },
  commonLabels: { alertname },
  commonAnnotations: {},
  externalURL: 'http://localhost:9093',
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
});

describe('POST /internal/watchdog', () => {
  test('notes when the alert that always fires arrived, and only then', async () => {
    const { get, post } = await startServer(db);
    const received = async () => sampleOf((await get('/metrics')).text, NAME);
    expect(await received()).toBe(0);
    for (const other of [notification('HighErrorRate'), notification('Watchdog', 'resolved')])
      expect((await post('/internal/watchdog', other)).status).toBe(204);
    expect(await received()).toBe(0);
    expect((await post('/internal/watchdog', notification('Watchdog'))).status).toBe(204);
    expect(await received()).toBe(NOW.getTime() / 1000);
  });

  test('is nowhere for strangers', async () => {
    const open = await startServer(db);
    expect((await open.post('/internal/watchdog', notification('Watchdog'), { via: '1.1 proxy' })).status).toBe(404);
    const closed = await startServer(db, { config: { metricsToken: TOKEN } as never });
    expect((await closed.post('/internal/watchdog', notification('Watchdog'))).status).toBe(404);
    const good = { authorization: `Bearer ${TOKEN}` };
    expect((await closed.post('/internal/watchdog', notification('Watchdog'), good)).status).toBe(204);
  });

  test('says what is wrong with something else', async () => {
    const { post } = await startServer(db);
    expect((await post('/internal/watchdog', { alerts: 'all' })).status).toBe(422);
  });
});

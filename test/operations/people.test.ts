import { expect, test } from 'vitest';
import { signedIn } from '../accounts/people.ts';
import { insertBoard } from '../api/rows.ts';
import { asAdmin, startServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';

test('the trail names the admin who did it, and what anybody may read does not', async () => {
  const { db } = await testDatabase();
  await insertBoard(db, 'lever', 'acme');
  const server = await startServer(db);
  const { browser, email } = await signedIn(server, 'ines@example.org', 'admin');

  const paused = await browser.post('/api/v1/operations/pause', { source: 'reed', reason: 'their terms' });
  expect(paused.status).toBe(200);
  const started = await browser.post('/api/v1/scans', { sources: ['lever'] });
  expect(started.status).toBe(202);
  const cancelled = await browser.post('/api/v1/operations/cancel', { scanId: started.json.id });
  expect(cancelled.status).toBe(200);

  const trail = (await server.get('/api/v1/operations', asAdmin)).json;
  expect(trail.holds).toMatchObject([{ target: 'reed', who: email }]);
  expect(trail.items).toMatchObject([
    { verb: 'cancel', who: email },
    { verb: 'pause', who: email },
  ]);
  const scan = await server.get(`/api/v1/scans/${started.json.id}`);
  expect(scan.json.requestedBy).toBe('an admin');
  for (const path of ['/api/v1/scans', `/api/v1/scans/${started.json.id}`, '/api/v1/sources', '/scans']) {
    expect((await server.get(path)).text, path).not.toContain(email);
  }
});

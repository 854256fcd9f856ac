import { describe, expect, test } from 'vitest';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import { insertBoard } from './rows.ts';
import { startServer } from './server.ts';

describe('GET /api/v1/sources', () => {
  test('lists every source with its state: off, waiting, boards, last success and last error', async () => {
    const { db } = await testDatabase();
    await insertBoard(db, 'lever', 'a');
    await insertBoard(db, 'lever', 'b');
    await db.pool.query("update board set enabled = false where token = 'b'");
    await db.pool.query(
      `insert into source_state (source, enabled, last_success_at, last_found, last_error, last_error_type, last_error_at) values
      ('lever', true, '2026-11-20T00:00:00Z', 12, 'Too slow.', 'timeout', '2026-11-21T00:00:00Z'), ('remoteok', false, null, null, null, null, null)
      on conflict (source) do update set enabled = excluded.enabled, last_success_at = excluded.last_success_at,
        last_found = excluded.last_found, last_error = excluded.last_error, last_error_type = excluded.last_error_type,
        last_error_at = excluded.last_error_at`,
    );
    const { get } = await startServer(db, {
      config: {
        sources: ['lever', 'remoteok', 'adzuna', 'jsearch'],
        sourceKeys: { ADZUNA_APP_ID: 'x', JSEARCH_API_KEY: 'k' },
      } as never,
    });
    const { json, text } = await get('/api/v1/sources');
    const by = Object.fromEntries(json.items.map((source: { name: string }) => [source.name, source]));
    expect(Object.keys(by)).toEqual(SOURCE_NAMES);
    expect(by.lever).toMatchObject({
      enabled: true,
      boards: { enabled: 1, total: 2 },
      lastSuccessAt: '2026-11-20T00:00:00.000Z',
      lastFound: 12,
      lastError: 'Too slow.',
      lastErrorType: 'timeout',
      attribution: { url: 'https://www.lever.co' },
    });
    expect(by.adzuna).toMatchObject({ waitingForKey: true, missingKeys: ['ADZUNA_APP_KEY'] });
    expect(by.jsearch).toMatchObject({ waitingForKey: false, missingKeys: [] });
    expect([by.remoteok.enabled, by.greenhouse.enabled]).toEqual([false, false]);
    expect(text).not.toContain('"k"');
  });
});

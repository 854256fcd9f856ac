import { sql } from 'kysely';
import type { Database } from '../../shared/db/database.ts';
import { createScan, type ScanRequest } from '../../shared/db/scans/create.ts';
import type { UnitState } from '../../shared/db/tables/scan.ts';

/** Adds boards written as "greenhouse/acme"; "!" at the end: switched off. */
export async function addBoards(db: Database, ...names: string[]): Promise<void> {
  const boards = names.map((name) => {
    const [source = '', token = '*'] = name.replace('!', '').split('/');
    return { source, token, enabled: !name.endsWith('!') };
  });
  await db.sql.insertInto('board').values(boards).execute();
}

export function request(more: Partial<ScanRequest> = {}): ScanRequest {
  return { trigger: 'cli', requestedBy: 'test', sources: ['greenhouse', 'lever'], keys: {}, ...more };
}

/** A queue that only remembers. */
export function fakeQueue(fail = false) {
  const ids: string[] = [];
  const enqueue = async (unitIds: readonly string[]) => {
    if (fail) throw new Error('connect ECONNREFUSED');
    ids.push(...unitIds);
  };
  return { ids, enqueue };
}

/** A scan of so many greenhouse boards, each unit already in the given state. */
export async function scanWith(db: Database, states: readonly UnitState[]): Promise<string> {
  const stamp = Math.random().toString(36).slice(2);
  await addBoards(db, ...states.map((_, i) => `greenhouse/${stamp}-${i}`));
  await db.sql.updateTable('board').set({ enabled: false }).where('token', 'not like', `${stamp}-%`).execute();
  const { id } = await createScan(db, request({ sources: ['greenhouse'] }), fakeQueue());
  const units = await db.sql
    .selectFrom('scan_unit')
    .where('scan_id', '=', id)
    .orderBy('board_id')
    .select('id')
    .execute();
  for (const [i, unit] of units.entries()) {
    const state = states[i] ?? 'queued';
    const bad = state === 'failed' || state === 'partial';
    await db.sql
      .updateTable('scan_unit')
      .set({ state, finished_at: sql`now()`, ...(bad && { error_type: 'http_4xx', error: `404 of unit ${i}` }) })
      .where('id', '=', unit.id)
      .execute();
  }
  return id;
}

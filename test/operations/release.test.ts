/** What holds a source back by itself is ended by an operator, and held again. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { createLedger } from '../../shared/db/budgets/ledger.ts';
import { readGates } from '../../shared/db/budgets/read.ts';
import type { Database } from '../../shared/db/database.ts';
import { release } from '../../shared/db/operations/release.ts';
import { listOperations, undo } from '../../shared/db/operations/trail.ts';
import { noteQuota } from '../../shared/db/scans/wait-views.ts';
import { ceilingPolicy } from '../../shared/source-limits.ts';
import { FREE, take } from '../budgets/ledger-kit.ts';
import { testDatabase } from '../db.ts';

const REAL = { who: 'ops', dryRun: false };
const DRY = { who: 'ops', dryRun: true };
const HOUR_MS = 3_600_000;
const place = { source: 'reed', host: '' } as const;

let db: Database;
beforeEach(async () => {
  ({ db } = await testDatabase());
});

const ledger = () => createLedger(db.pool, { policyOf: () => ({ ...FREE, ceilings: [ceilingPolicy('day', 100)] }) });
const held = (why: string) => ({ ...place, key: '', ids: [], hold: { ms: HOUR_MS, why } });
const gate = async () => (await readGates(db)).find(({ source }) => source === 'reed');
const ask = () => take(ledger(), place);

describe('a source that is released', () => {
  test('may be asked at once, is tried first, and is held again when that is taken back', async () => {
    await ask();
    await ledger().settle(held('answered 429'));
    expect(await ask()).toMatchObject({ ok: false, why: 'back-off' });

    const tried = await release(db, DRY, 'reed');
    expect(tried).toMatchObject({ verb: 'release', changed: true, dryRun: true, detail: { backOffs: 1, breakers: 0 } });
    expect(await ask()).toMatchObject({ ok: false, why: 'back-off' });

    const done = await release(db, REAL, 'reed');
    expect(done.says).toBe(tried.says);
    expect(await ask()).toMatchObject({ ok: true });
    expect(await release(db, REAL, 'reed')).toMatchObject({ changed: false, id: null });

    expect(await undo(db, REAL, done.id ?? '')).toMatchObject({ verb: 'undo', target: 'reed', changed: true });
    expect((await gate())?.backOff).toMatchObject({ reason: 'answered 429' });
    expect(await ask()).toMatchObject({ ok: false, why: 'back-off' });
    expect((await listOperations(db, 5)).map(({ verb, dryRun }) => [verb, dryRun])).toEqual([
      ['undo', false],
      ['release', false],
      ['release', true],
    ]);
  });

  test('tries its breaker out with the next request instead of forgetting why it opened', async () => {
    await ask();
    await createBreakerStates(db.pool).open(place, { kind: 'key', reason: 'refused', times: 1, ms: HOUR_MS });
    expect(await ask()).toMatchObject({ ok: false, why: 'breaker' });
    expect(await release(db, REAL, 'reed')).toMatchObject({ detail: { breakers: 1 } });
    expect((await gate())?.breaker).toMatchObject({ state: 'half-open', kind: 'key', reason: 'refused' });
    expect(await ask()).toMatchObject({ ok: true, probes: [''] });
    // One finds out; the others wait for it.
    expect(await ask()).toMatchObject({ ok: false, why: 'breaker' });
  });

  test('forgets the quota that it told us of, and spends no more of ours for it', async () => {
    await ask();
    const told = { period: 'day', left: 0, resetsMs: HOUR_MS } as const;
    await ledger().settle({ ...place, key: '', ids: [], told });
    await noteQuota(db, 'reed', { says: 'Reed has no request of this day left', ms: HOUR_MS });
    expect(await ask()).toMatchObject({ ok: false, why: 'budget' });
    expect(await release(db, REAL, 'reed')).toMatchObject({ detail: { told: 1 } });
    expect(await ask()).toMatchObject({ ok: true });
    expect((await gate())?.budgets).toMatchObject([{ period: 'day', ceiling: 100, spent: 2 }]);
    const row = await db.sql.selectFrom('source_state').where('source', '=', 'reed').select('quota_for').execute();
    expect(row).toEqual([{ quota_for: null }]);
  });

  test('of which nothing holds it back is left as it is, without a row in the trail', async () => {
    expect(await release(db, REAL, 'reed')).toMatchObject({ changed: false, id: null });
    expect(await listOperations(db, 5)).toEqual([]);
  });

  test('is not held again by what would be over by now', async () => {
    await ask();
    await ledger().settle(held('answered 429'));
    const { id } = await release(db, REAL, 'reed');
    await db.pool.query(
      `update operator_event set detail = jsonb_set(detail, '{held,0,heldUntil}', '"2026-01-01 00:00:00+00"')`,
    );
    await expect(undo(db, REAL, id ?? '')).rejects.toMatchObject({ why: 'conflict' });
  });
});

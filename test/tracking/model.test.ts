/** Random clicks against a small model of what an entry is; whatever happens, the kept counts equal a recount. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deleteAccount } from '../../shared/db/account-data/delete.ts';
import type { Database } from '../../shared/db/database.ts';
import { undoEvent } from '../../shared/db/tracking/edit.ts';
import { MoveError, UndoError } from '../../shared/db/tracking/errors.ts';
import { readHistory } from '../../shared/db/tracking/history.ts';
import { changeEntry, moveJob } from '../../shared/db/tracking/move.ts';
import { type Item, readItem } from '../../shared/db/tracking/read.ts';
import { mayMove, STATES, type State } from '../../shared/tracking/states.ts';
import { insertJob } from '../api/rows.ts';
import { testDatabase } from '../db.ts';
import { addPerson, maintained, recount } from './kit.ts';

type Step =
  | { readonly do: 'move'; readonly job: number; readonly state: State }
  | { readonly do: 'edit'; readonly job: number; readonly notes: string }
  | { readonly do: 'undo'; readonly job: number };

const job = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), job, state: fc.constantFrom(...STATES) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('edit' as const), job, notes: fc.constantFrom('', 'a', '🔐 b') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), job }) },
);

/** What an entry is, and what it was before each thing that can be taken back. */
interface Model {
  readonly id: string;
  state: State;
  notes: string;
  readonly before: ({ readonly state: State } | { readonly notes: string })[];
  events: number;
}

describe('whatever a person does', () => {
  test('an entry is what the model says, undo takes back the last thing exactly, and counts equal a recount', async () => {
    const { db } = await testDatabase();
    const jobs = [await insertJob(db), await insertJob(db), await insertJob(db)];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const owner = (await addPerson(db)).id;
        const models = new Map<number, Model>();
        for (const one of steps) await run(db, owner, jobs, models, one);
        for (const model of models.values()) {
          const item = (await readItem(db, owner, model.id)) as Item;
          expect({ state: item.state, notes: item.notes }).toEqual({ state: model.state, notes: model.notes });
          const history = await readHistory(db, owner, model.id, { limit: 100 });
          expect(history?.items.map(({ seq }) => seq)).toEqual(
            Array.from({ length: model.events }, (_, i) => model.events - i),
          );
        }
        expect(await maintained(db)).toEqual(await recount(db));
        if (steps.length % 2 === 0) await deleteAccount(db, owner, undefined);
        expect(await maintained(db)).toEqual(await recount(db));
      }),
      { numRuns: 25 },
    );
  });
});

async function run(db: Database, owner: string, jobs: readonly string[], models: Map<number, Model>, one: Step) {
  const model = models.get(one.job);
  if (one.do === 'move') {
    const from = model?.state ?? 'new';
    const moves = moveJob(db, owner, jobs[one.job]!, { state: one.state });
    if (from !== one.state && !mayMove(from, one.state)) return void (await expect(moves).rejects.toThrow(MoveError));
    const done = await moves;
    expect(done.changed).toBe(from !== one.state);
    const known: Model = model ?? { id: done.id, state: 'new', notes: '', before: [], events: 0 };
    models.set(one.job, known);
    if (!done.changed) return;
    known.before.push({ state: from });
    known.state = one.state;
    known.events += 1;
  } else if (model === undefined) {
    return;
  } else if (one.do === 'edit') {
    await changeEntry(db, owner, model.id, { notes: one.notes });
    if (one.notes === model.notes) return;
    model.before.push({ notes: model.notes });
    model.notes = one.notes;
    model.events += 1;
  } else {
    const undone = undoEvent(db, owner, model.id);
    const last = model.before.pop();
    if (last === undefined) return void (await expect(undone).rejects.toThrow(UndoError));
    await undone;
    model.events += 1;
    if ('state' in last) model.state = last.state;
    else model.notes = last.notes;
  }
}

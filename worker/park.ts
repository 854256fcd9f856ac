/**
 * What a worker does while PostgreSQL is away: nothing. Its units hold their slots, so that no further ones are taken and none
 * burns its tries; one question at a time asks whether the database is back, and then everything goes on where it was.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../shared/db/database.ts';
import { isDatabaseFailure } from '../shared/db/failure.ts';
import type { Log } from '../shared/log.ts';
import type { UnitAnswer, UnitTask } from '../shared/queues/units.ts';

/** Between two questions: doubled up to the longest, with jitter, so that the workers of a fleet do not come back as one. */
const FIRST_MS = 250;
const LONGEST_MS = 5000;
/** Units that wait go on within so long after the database is back. */
const SPREAD_MS = 500;

type Handle = (task: UnitTask) => Promise<UnitAnswer>;

/**
 * @returns `handle` for a worker: a failure of the database is passed on while the database answers, and else waited out. A unit
 * that must end meanwhile answers at once, and the next worker begins it again.
 */
export function parkWhileAway(db: Pick<Database, 'pool'>, log: Log, handle: Handle): Handle {
  let outage: Promise<void> | undefined;
  const waitOut = (cause: unknown) => {
    outage ??= untilBack(db, log, cause).finally(() => {
      outage = undefined;
    });
    return outage;
  };
  return async (task) => {
    for (;;) {
      if (outage !== undefined) await untilEither(outage, task.signal);
      if (task.signal.aborted) return { againInMs: 0 };
      try {
        return await handle(task);
      } catch (error) {
        if (!isDatabaseFailure(error) || (await answers(db))) throw error;
        await untilEither(waitOut(error), task.signal);
        if (!task.signal.aborted) await sleep(Math.random() * SPREAD_MS);
      }
    }
  };
}

async function untilBack(db: Pick<Database, 'pool'>, log: Log, cause: unknown): Promise<void> {
  const since = performance.now();
  log.warn({ err: cause }, 'the database is away: this worker takes nothing new until it is back');
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    await sleep(waitMs * (0.75 + Math.random() / 2), undefined, { ref: false });
    // Nobody asks a pool that was closed: the process is ending.
    if (db.pool.ended || (await answers(db))) break;
  }
  log.info({ seconds: (performance.now() - since) / 1000 }, 'the database is back: this worker goes on');
}

function answers(db: Pick<Database, 'pool'>): Promise<boolean> {
  return db.pool.query('select 1').then(
    () => true,
    () => false,
  );
}

async function untilEither(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  await Promise.race([work, promise]);
  signal.removeEventListener('abort', end);
}

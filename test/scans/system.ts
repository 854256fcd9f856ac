/** A whole system in one process: queue, workers, schedulers and a source on loopback. Only the processes are missing. */

import { keepLeading } from '../../scheduler/leader.ts';
import { lookAfter } from '../../scheduler/rounds.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { createScan, type ScanRequest } from '../../shared/db/scans/create.ts';
import { readScan, type ScanView } from '../../shared/db/scans/read.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openTimetable, startTimetableWorker, type Times } from '../../shared/queues/timetable.ts';
import { openUnitQueue, startUnitWorker } from '../../shared/queues/units.ts';
import { runUnit } from '../../worker/unit.ts';
import { atEnd } from '../at-end.ts';
import type { Backend } from '../backends.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { means, testSource } from '../worker/unit-kit.ts';
import { addBoards, request } from './helpers.ts';

export async function testSystem(backend: Backend) {
  const [{ url, db }, redisUrl, source] = await Promise.all([testDatabase(), backend.redisUrl(), testSource()]);
  const kit = await createQueueKit({ redisUrl, databaseUrl: url, onError: () => undefined });
  const queue = openUnitQueue(kit);
  atEnd(() => queue.close());

  return {
    db,
    kit,
    queue,
    source,
    url,
    redisUrl,
    addBoards: (...names: string[]) => addBoards(db, ...names),
    ask: (more: Partial<ScanRequest> = {}) => createScan(db, request(more), queue),
    /** The scheduler leaves units that were just handed over to whoever did that. */
    age: (id: string) =>
      db.sql
        .updateTable('scan_unit')
        .set({ enqueued_at: '2026-01-01' })
        .where('scan_id', '=', id)
        .where('enqueued_at', 'is not', null)
        .execute(),
    /** All tasks are gone, also those that run. */
    loseQueue: async () => {
      await kit.queue('units').obliterate({ force: true });
      await kit.queue('units').resume();
    },
    read: async (id: string) => (await readScan(db, id))!,
    /** Waits for the end of the scan. */
    ended: (id: string, timeoutMs = 20_000): Promise<ScanView> =>
      until(
        async () => {
          const view = await readScan(db, id);
          return view?.finishedAt != null ? view : undefined;
        },
        { timeoutMs, what: `scan ${id} has ended` },
      ),
    /** A worker with a pool of its own, as in a process of its own. */
    async startWorker(concurrency = 4) {
      const own = await openDatabase(url, 'test-worker');
      const m = means(own, source);
      const worker = startUnitWorker(kit, { concurrency, lockMs: 2000 }, (task) => runUnit(m, task));
      atEnd(() => own.close());
      atEnd(() => worker.close(0));
      return worker;
    },
    /** A scheduler with a pool of its own. */
    async startScheduler(times?: Times) {
      const own = await openDatabase(url, 'test-scheduler');
      const timetable = openTimetable(kit);
      const m = means(own, source);
      const slots = startTimetableWorker(kit, 5000, async (slot) => {
        await createScan(own, request({ trigger: 'timetable', requestedBy: null, slot }), queue);
      });
      const round = lookAfter({ db: own, units: queue, timetable, times, log: m.log });
      const leading = keepLeading(own, m.log, round, { everyMs: 200 });
      const stop = async () => {
        await leading.stop();
        await slots.close();
        await timetable.close();
        await own.close();
      };
      let stopped: Promise<void> | undefined;
      const once = () => {
        stopped ??= stop();
        return stopped;
      };
      atEnd(once);
      return { stop: once };
    },
  };
}

export type TestSystem = Awaited<ReturnType<typeof testSystem>>;

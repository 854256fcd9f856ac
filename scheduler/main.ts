/** The scheduler role: keeps the timetable, and looks after what got lost. Several may run; one leads. */
import { openDatabase } from '../shared/db/database.ts';
import { createDueScan, TooManyScansError } from '../shared/db/scans/create.ts';
import { runRole } from '../shared/lifecycle.ts';
import { openBoardCheckQueue } from '../shared/queues/board-checks.ts';
import { reportQueueFaults } from '../shared/queues/fault.ts';
import { createQueueKit } from '../shared/queues/kit.ts';
import { openTimetable, startTimetableWorker } from '../shared/queues/timetable.ts';
import { openUnitQueue } from '../shared/queues/units.ts';
import { keepLeading } from './leader.ts';
import { keepFull, lookAfter } from './rounds.ts';

await runRole('scheduler', async ({ config, log, databaseUrl, ready }) => {
  const db = await openDatabase(databaseUrl, 'scheduler');
  const kit = await createQueueKit({
    redisUrl: config.redisUrl,
    databaseUrl,
    onError: reportQueueFaults(log),
  });
  const units = openUnitQueue(kit);
  const checks = openBoardCheckQueue(kit);
  const timetable = openTimetable(kit);
  const asked = { trigger: 'timetable', requestedBy: null, sources: config.sources, keys: config.sourceKeys } as const;
  const slots = startTimetableWorker(kit, config.taskLockMs, async (slot) => {
    try {
      const scan = await createDueScan(db, { ...asked, slot }, units);
      if (scan === undefined) log.debug({ slot }, 'no board is due');
      else log.info({ slot, scanId: scan.id, units: scan.units, existing: scan.existing }, 'timetable scan');
    } catch (error) {
      if (!(error instanceof TooManyScansError)) throw error;
      log.warn({ slot, err: error }, 'a slot of the timetable is left out: the scans before it have not ended');
    }
  });
  const times = config.scanCron === undefined ? undefined : { cron: config.scanCron, timeZone: config.scanTimeZone };
  const leading = keepLeading(db, log, lookAfter({ db, units, checks, timetable, times, settings: config, log }));
  const filling = keepLeading(db, log, keepFull({ db, units }), { what: 'queue' });
  ready(times === undefined ? 'timetable off' : `timetable ${times.cron} ${times.timeZone}`);
  return async () => {
    await Promise.all([leading.stop(), filling.stop()]);
    await slots.close();
    await Promise.all([units.close(), checks.close(), timetable.close()]);
    await db.close();
  };
});

/** The worker role: takes units from the queue and reads their boards. */
import packageJson from '../package.json' with { type: 'json' };
import { openDatabase } from '../shared/db/database.ts';
import { runRole } from '../shared/lifecycle.ts';
import { startBoardCheckWorker } from '../shared/queues/board-checks.ts';
import { reportQueueFaults } from '../shared/queues/fault.ts';
import { createQueueKit } from '../shared/queues/kit.ts';
import { startUnitWorker } from '../shared/queues/units.ts';
import { runCheck } from './boards/run-check.ts';
import { createSourceWatch } from './health/source-watch.ts';
import { createHttp } from './http.ts';
import { startMergeRounds } from './merge-rounds.ts';
import { openTurns } from './open-turns.ts';
import { parkWhileAway } from './park.ts';
import { movedHosts, readSettings } from './read-settings.ts';
import { readVersion } from './read-version.ts';
import { startSearchRounds } from './search-rounds.ts';
import { CONNECTORS } from './sources/all.ts';
import { type Means, runUnit } from './unit.ts';

/** A unit asks two things at once at the most; the locks of all boards are on one connection. */
const CONNECTIONS_PER_UNIT = 2;
/** Part of the time to shut down in which units may still end by themselves; the rest is for giving them back. */
const GRACE_SHARE = 0.7;

await runRole('worker', async ({ config, log, databaseUrl, ready }) => {
  const concurrency = config.workerConcurrency;
  const db = await openDatabase(databaseUrl, 'worker', concurrency * CONNECTIONS_PER_UNIT + 1);
  const kit = await createQueueKit({
    redisUrl: config.redisUrl,
    databaseUrl,
    onError: reportQueueFaults(log),
  });
  const http = createHttp({
    contact: config.contact,
    version: packageJson.version,
    allowPrivateFor: movedHosts(config),
    secrets: Object.values(config.sourceKeys),
    asksSites: true,
  });
  const turns = openTurns(config, db, log);
  const means: Means = {
    db,
    http,
    turns,
    connectors: CONNECTORS,
    settingsOf: (source) => readSettings(config, source),
    version: readVersion(),
    watch: createSourceWatch(),
    log,
  };
  const handle = parkWhileAway(db, log, (task) => runUnit(means, task));
  const worker = startUnitWorker(kit, { concurrency, lockMs: config.taskLockMs }, handle);
  const checks = startBoardCheckWorker(kit, config.taskLockMs, (task) => runCheck(means, task));
  const endMerging = startMergeRounds(db, log);
  const endIndexing = startSearchRounds(db, log);
  ready(`${concurrency} units at once, queue in ${kit.kind === 'redis' ? 'Redis' : 'PostgreSQL'}`);
  return async () => {
    await Promise.all([worker.close(config.shutdownTimeoutMs * GRACE_SHARE), checks.close()]);
    await Promise.all([endMerging(), endIndexing()]);
    await http.close();
    await turns.close();
    await db.close();
  };
});

/** PostgreSQL ends in the middle of a scan and comes back. OUTAGE_SECONDS=30 makes it last as long as a restart of a large one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { keepLeading } from '../../scheduler/leader.ts';
import { lookAfter } from '../../scheduler/rounds.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { migrate } from '../../shared/db/migrate.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { startEmbedded } from '../../shared/embedded/launch.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openTimetable } from '../../shared/queues/timetable.ts';
import { openUnitQueue, startUnitWorker } from '../../shared/queues/units.ts';
import { parkWhileAway } from '../../worker/park.ts';
import { runUnit } from '../../worker/unit.ts';
import { startRelay } from '../api/relay.ts';
import { ADMIN_TOKEN, startServer } from '../api/server.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';
import { jobs, means, openPostings, testSource } from '../worker/unit-kit.ts';
import { addBoards, request } from './helpers.ts';

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 4) * 1000;
const UNITS = 60;
const CONCURRENCY = 4;
const POOL_MAX = CONCURRENCY * 2 + 1;

describe.each(BACKENDS)('with the queue in $name', ({ name, redisUrl }) => {
  test(
    'the API answers 503, workers park, and afterwards everything goes on without a storm',
    async () => {
      const settings = { fsync: 'off', max_connections: '60', shared_buffers: '16MB' };
      const dataDir = `${testFolder()}/outage-${name}`;
      const server = await startEmbedded(dataDir, { settings });
      let stop = () => server.stop();
      atEnd(() => stop());
      await migrate(server.url);
      const db = await openDatabase(server.url, 'test');
      atEnd(() => db.close());

      // The worker alone goes through a relay, which counts how often it asks.
      const relay = await startRelay(server.url);
      const source = await testSource();
      await addBoards(db, ...Array.from({ length: UNITS }, (_, i) => `greenhouse/b${i}`));
      let [allowed, read] = [UNITS / 3, 0];
      for (let i = 0; i < UNITS; i++) {
        source.boards.set(`b${i}`, async () => {
          const turn = ++read;
          await until(() => turn <= allowed, { timeoutMs: 120_000 });
          return { items: jobs(2, i * 10) };
        });
      }
      const kit = await createQueueKit({
        redisUrl: await redisUrl(),
        databaseUrl: server.url,
        onError: () => undefined,
      });
      const queue = openUnitQueue(kit);
      atEnd(() => queue.close());
      const own = await openDatabase(relay.url, 'test-worker', POOL_MAX);
      atEnd(() => own.close());
      const m = means(own, source);
      const handle = parkWhileAway(own, m.log, (task) => runUnit(m, task));
      const worker = startUnitWorker(kit, { concurrency: CONCURRENCY, lockMs: 5000 }, handle);
      atEnd(() => worker.close(0));
      const timetable = openTimetable(kit);
      atEnd(() => timetable.close());
      const round = lookAfter({ db, units: queue, timetable, times: undefined, log: m.log });
      const leading = keepLeading(db, m.log, round, { everyMs: 500 });
      atEnd(() => leading.stop());
      const api = await startServer(db, { queue });

      const { id } = await createScan(db, request({ sources: ['greenhouse'] }), queue);
      await db.pool.query("update scan set requested_at = '2026-01-01' where id = $1", [id]);
      await until(async () => ((await readScan(db, id))?.units.done ?? 0) >= UNITS / 3 - CONCURRENCY);
      expect((await api.get('/api/v1/jobs')).status).toBe(200);

      await server.stop();
      allowed = UNITS * 3;
      for (const answer of [
        await api.get('/api/v1/jobs'),
        await api.get(`/api/v1/scans/${id}`),
        await api.post('/api/v1/operations/drain', {}, { 'X-Admin-Token': ADMIN_TOKEN }),
      ]) {
        expect(answer.status).toBe(503);
        expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(answer.json.type).toMatch(/database-unavailable$/);
      }
      await sleep(1000);
      const [askedBefore, readBefore] = [relay.connections, source.requests.length];
      await sleep(OUTAGE_MS);
      // One question at a time, at least 187 ms apart and soon seconds: never a unit after the other.
      expect(relay.connections - askedBefore).toBeLessThanOrEqual(Math.ceil(OUTAGE_MS / 500) + 3);
      expect(source.requests.length).toBe(readBefore);

      const askedAtReturn = relay.connections;
      const back = await startEmbedded(dataDir, { settings, port: server.port });
      stop = () => back.stop();
      const view = await until(
        async () => {
          const now = await readScan(db, id);
          return now?.finishedAt != null ? now : undefined;
        },
        { timeoutMs: 120_000 },
      );
      expect(view).toMatchObject({
        state: 'success',
        units: { total: UNITS, success: UNITS },
        new: UNITS * 2,
        closed: 0,
      });
      const stored = await openPostings(db);
      expect(stored).toHaveLength(UNITS * 2);
      expect(new Set(stored).size).toBe(UNITS * 2);
      // What was under way is read again; nothing else is.
      expect(source.requests.length).toBeLessThanOrEqual(UNITS + 3 * CONCURRENCY);
      expect(new Set(source.requests).size).toBe(UNITS);
      // A pool that fills up again, and no connection for each unit that waited.
      expect(relay.connections - askedAtReturn).toBeLessThanOrEqual(POOL_MAX + 20);
      expect((await api.get('/api/v1/jobs')).status).toBe(200);
    },
    240_000 + OUTAGE_MS,
  );
});

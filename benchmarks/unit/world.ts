/** What the sections work in: a worker's means, boards of a source, and the tables that they fill. */
import { Agent } from 'undici';
import { createLog } from '../../shared/log.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { createHttp } from '../../worker/http.ts';
import { readVersion } from '../../worker/read-version.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { type Means, runUnit } from '../../worker/unit.ts';
import type { BenchDatabase } from '../kit/database.ts';
import type { BenchOptions } from '../kit/harness.ts';
import { createBoard } from '../kit/units.ts';
import { createWideTable, openWideWriter, type WideWriter } from '../kit/wide.ts';
import { POSTINGS } from './adverts.ts';
import type { SourceProcess } from './source-process.ts';

/** Units under way at once, as a worker process has by default. */
export const CONCURRENCY = 4;

export interface UnitBoard {
  readonly id: number;
  readonly token: string;
}

export interface UnitWorld extends BenchDatabase {
  readonly source: SourceProcess;
  readonly means: Means;
  /** For the arms that do without our door. */
  readonly agent: Agent;
  readonly wide: WideWriter;
  urlOf(board: UnitBoard): URL;
  /** Boards that the source has from now on; nobody has read them yet. */
  addBoards(count: number): Promise<UnitBoard[]>;
  /** One scan of these boards as rows; its units are ready to be run. */
  unitsOf(boards: readonly UnitBoard[]): Promise<string[]>;
  run(unitId: string): Promise<void>;
  close(): Promise<void>;
}

/** @param options.rows postings that the tables have before the measuring */
export async function openUnitWorld(
  database: BenchDatabase,
  source: SourceProcess,
  options: BenchOptions,
): Promise<UnitWorld> {
  const { db, client, url } = database;
  const [address = ''] = await source.listen(1, 0);
  const http = createHttp({
    contact: 'mailto:bench@example.org',
    version: '0',
    allowPrivateFor: new Set([new URL(address).host]),
  });
  const settings = { keys: {}, jsearchPath: '/search', adzunaCountries: [], queries: [] } as const;
  const means: Means = {
    db,
    http,
    connectors: CONNECTORS,
    settingsOf: () => ({ ...settings, baseUrl: address, pagesMax: 1, concurrency: 1 }),
    version: readVersion(),
    watch: createSourceWatch(),
    log: createLog('bench', 'silent'),
  };
  await createWideTable(client, []);
  const wide = await openWideWriter(url);
  const agent = new Agent({ connections: 8 });
  let made = 0;
  const world: UnitWorld = {
    ...database,
    source,
    means,
    agent,
    wide,
    urlOf: ({ token }) => new URL(`${address}/v1/boards/${token}/jobs?content=true`),
    async addBoards(count) {
      const tokens = Array.from({ length: count }, () => `board${++made}`);
      await source.boards(tokens, made);
      const boards: UnitBoard[] = [];
      for (const token of tokens) boards.push({ token, id: await createBoard(db, token) });
      return boards;
    },
    async unitsOf(boards) {
      const { rows } = await client.query<{ id: string }>(
        `with s as (insert into scan (trigger, sources) values ('cli', '{greenhouse}') returning id)
         insert into scan_unit (scan_id, source, board_id) select s.id, 'greenhouse', b from s, unnest($1::integer[]) b
         returning id`,
        [boards.map(({ id }) => id)],
      );
      return rows.map(({ id }) => id);
    },
    async run(unitId) {
      const answer = await runUnit(means, { unitId, signal: new AbortController().signal, lastTry: true });
      if (answer !== 'done') throw new Error(`unit ${unitId} has to come again: ${JSON.stringify(answer)}`);
    },
    async close() {
      await Promise.all([wide.close(), agent.close(), http.close()]);
    },
  };
  for (const unitId of await world.unitsOf(await world.addBoards(Math.ceil(options.rows / POSTINGS)))) {
    await world.run(unitId);
  }
  await client.query('vacuum analyze');
  options.say(`${made * POSTINGS} postings read before the measuring`);
  return world;
}

/** Processor time of this process for the work, all threads, in microseconds; and its seconds by the wall. */
export async function spent(work: () => Promise<unknown>): Promise<{ cpu: number; seconds: number }> {
  const cpu = process.cpuUsage();
  const at = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: user + system, seconds: (performance.now() - at) / 1000 };
}

/** The real connectors over a played internet, with a real database: only the processes and the queue are missing. */
import { lookAfter } from '../../scheduler/rounds.ts';
import type { Database } from '../../shared/db/database.ts';
import { createLog } from '../../shared/log.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { createHttp } from '../../worker/http.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import type { Means } from '../../worker/unit.ts';
import { atEnd } from '../at-end.ts';
import { type Internet, type InternetData, startInternet } from '../internet/internet.ts';
import type { Row } from '../internet/speaker.ts';
import { FIXTURES } from '../sources/fixture.ts';
import { KEYS } from '../sources/kit.ts';

/** An internet in which these sources have these rows, on the boards of their fixtures; the fixtures' own rows when left out. */
export async function playedInternet(rows: Partial<Record<SourceName, readonly Row[] | undefined>>): Promise<Internet> {
  const data = Object.fromEntries(SOURCE_NAMES.map((name) => [name, {}])) as InternetData;
  for (const [name, own] of Object.entries(rows) as [SourceName, readonly Row[] | undefined][]) {
    data[name] = { [FIXTURES[name].board.token]: own ?? FIXTURES[name].items };
  }
  const internet = await startInternet(data);
  atEnd(() => internet.close());
  return internet;
}

export function realMeans(db: Database, internet: Internet): Means {
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '0.0.1',
    allowPrivateFor: new Set([internet.host]),
    limits: { backoffMs: 1, headersMs: 1_000, bodyMs: 1_000 },
    secrets: Object.values(KEYS),
  });
  atEnd(() => http.close());
  return {
    db,
    http,
    connectors: CONNECTORS,
    settingsOf: (source) => ({
      baseUrl: internet.urls[source],
      keys: KEYS,
      jsearchPath: '/search',
      adzunaCountries: ['us'],
      // Every row of every fixture has an "e" in it.
      queries: ['e'],
      pagesMax: 40,
      concurrency: sourceInfo(source).concurrency,
    }),
    version: 'test',
    watch: createSourceWatch(),
    log: createLog('test', 'silent'),
  };
}

/** What the scheduler does each minute, without a queue. */
export function roundsOf(db: Database): () => Promise<void> {
  return lookAfter({
    db,
    units: { enqueue: async () => undefined, sweep: async () => undefined, size: async () => 0 } as never,
    timetable: { set: async () => undefined } as never,
    times: undefined,
    log: createLog('test', 'silent'),
  });
}

export async function addBoardOf(db: Database, ...sources: SourceName[]): Promise<void> {
  for (const source of sources) {
    const { token, region, company } = FIXTURES[source].board;
    await db.sql.insertInto('board').values({ source, token, region, company }).execute();
  }
}

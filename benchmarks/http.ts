/** What a request for the list of jobs costs: processor time of the server's process, by the application as it runs. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import type pg from 'pg';
import { withBenchDatabase } from './kit/database.ts';
import type { Benchmark, Measures, Section } from './kit/harness.ts';
import { fillJobs } from './search/fill.ts';

const CONNECTIONS = 16;
const SECONDS = 2;
const WARM_UP_SECONDS = 1;
const WAYS = ['ours', 'cached', 'bare', 'entities', 'fixed'] as const;
type Way = (typeof WAYS)[number];

interface Served {
  readonly process: ChildProcess;
  readonly port: number;
}

export const benchmark: Benchmark = {
  title: 'Requests for the list of jobs',
  rowsDefault: 20_000,
  async run({ rows, say }, measure) {
    await withBenchDatabase(async ({ db, client, url }) => {
      await fillJobs(client, db, rows, ['vendor.okta', 'vendor.sailpoint', 'vendor.cyberark']);
      await makeCardsWhole(client);
      say(`${rows.toLocaleString('en')} jobs loaded`);
      const served = new Map<Way, Served>();
      try {
        for (const way of WAYS) served.set(way, await serve(way, url));
        await measure(section(served, false));
        await measure(section(served, true));
      } finally {
        for (const { process } of served.values()) {
          process.disconnect();
          await once(process, 'exit');
        }
      }
    });
  },
};

/** The cards of the search's benchmark are short: with reasons and pay twenty of them are 11 kB, as those of real jobs. */
async function makeCardsWhole(client: pg.Client): Promise<void> {
  await client.query(
    `update job set card = replace(replace(card, '"reasons":[]', '"reasons":' || $1),
    '"pay":null', '"pay":{"raw":"EUR 60,000 to 90,000 a year","min":60000,"max":90000,"currency":"EUR","period":"year","estimated":false}')`,
    [
      JSON.stringify([
        { label: 'Okta', phrase: 'okta', place: 'title' },
        { label: 'Identity governance', phrase: 'IGA', place: 'body' },
      ]),
    ],
  );
  await client.query('vacuum analyze job');
}

async function serve(way: Way, url: string): Promise<Served> {
  const child = fork(join(import.meta.dirname, 'http', 'server.ts'), [way, url], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [told] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`the server "${way}" ended before it listened`);
    }),
  ])) as [{ port: number }];
  return { process: child, port: told.port };
}

async function cpuOf({ process }: Served): Promise<number> {
  const answer = once(process, 'message') as Promise<[{ cpu: number }]>;
  process.send('cpu');
  return (await answer)[0].cpu;
}

async function load({ port }: Served, duration: number): Promise<number> {
  const result = await autocannon({ url: `http://127.0.0.1:${port}/api/v1/jobs`, connections: CONNECTIONS, duration });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were refusals, ${result.errors} failed`);
  return result['2xx'];
}

function section(served: ReadonlyMap<Way, Served>, cached: boolean): Section {
  const arm = (way: Way) => async (): Promise<Measures> => {
    const server = served.get(way);
    if (server === undefined) throw new Error(`"${way}" is not served`);
    await load(server, WARM_UP_SECONDS);
    const before = await cpuOf(server);
    const requests = await load(server, SECONDS);
    return { microseconds: ((await cpuOf(server)) - before) / requests };
  };
  const row = { unit: 'us/request', measure: 'microseconds' } as const;
  if (cached) {
    return {
      title: 'kept answers',
      about: [
        'GET /api/v1/jobs again within a second, with every check, header, metric and allowance on.',
        'limit: bare node:http that sends one buffer of 11 kB.',
      ],
      arms: { ours: arm('cached'), limit: arm('fixed') },
      rows: [
        {
          id: 'H3',
          title: 'kept answer / static buffer',
          against: 'limit',
          better: 'lower',
          goal: 2.5,
          floor: 3,
          ...row,
        },
      ],
    };
  }
  return {
    title: 'answers made anew',
    about: [
      `GET /api/v1/jobs, ${CONNECTIONS} connections, the whole application; no answer is kept, each asks the database.`,
      'baseline: Express, zod, MikroORM entities. limit: bare node:http, pg rows and JSON.stringify.',
    ],
    arms: { ours: arm('ours'), baseline: arm('entities'), limit: arm('bare') },
    rows: [
      {
        id: 'H1',
        title: 'ORM entities / ours',
        against: 'baseline',
        isTimesLess: true,
        better: 'higher',
        goal: 12,
        floor: 9,
        ...row,
      },
      {
        id: 'H2',
        title: 'ours / bare node:http and pg rows',
        against: 'limit',
        better: 'lower',
        goal: 0.66,
        floor: 0.8,
        ...row,
      },
    ],
  };
}

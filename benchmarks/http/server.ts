/** One way to answer the list of jobs, in a process of its own so that its processor time is its own. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import express from 'express';
import pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { createAdminGuard } from '../../api/admin-guard.ts';
import { createAnswerCache } from '../../api/answer-cache.ts';
import { createApp } from '../../api/app.ts';
import { openAccounts } from '../../api/auth/open.ts';
import { createEventStreams } from '../../api/event-streams.ts';
import { createAllowances } from '../../api/rate-limits.ts';
import { routesFor } from '../../api/routes/all.ts';
import { loadConfig } from '../../shared/config.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { ownPage } from '../../shared/metrics/bus.ts';
import { secretKeys } from '../../shared/secrets.ts';

const [, , way = '', url = ''] = process.argv;
/** Nothing is ever refused for having asked too often. */
const MANY = 1_000_000_000;

async function ours(cached: boolean): Promise<RequestListener> {
  const config = loadConfig({});
  const db = await openDatabase(url, 'bench-http');
  const log = pino({ level: 'warn' });
  const people = openAccounts({
    databaseUrl: url,
    accounts: config.accounts,
    secretKeys: secretKeys(config),
    publicUrl: undefined,
    port: () => config.port,
    log,
  });
  return createApp(
    {
      // With 0 nothing is kept: each request asks the database.
      answers: createAnswerCache(...(cached ? [] : [0])),
      config,
      db,
      queue: { enqueue: async () => undefined, ping: async () => undefined },
      checks: { enqueue: async () => undefined },
      log,
      admin: createAdminGuard('0'.repeat(32), log),
      accounts: people,
      people,
      allowances: createAllowances({ pool: db.pool }, { ...config.rateLimits, read: MANY }),
      streams: createEventStreams(),
      now: () => new Date(),
      readMetrics: ownPage,
      isEnding: () => false,
    },
    routesFor(undefined),
  );
}

/** The members of an item, as a table without our stored text would have them. */
const ROWS = `select id, state, title, company, places, work_mode, employment, pay_min, pay_max, pay_currency, pay_period,
  posted_at, first_seen_at, score, (card::json -> 'reasons') as reasons, sources, card::json ->> 'url' as url
  from job where state = 'open' order by posted_at desc, id desc limit 20`;

interface Row {
  readonly work_mode: string;
  readonly pay_min: string | null;
  readonly pay_max: string | null;
  readonly pay_currency: string | null;
  readonly pay_period: string | null;
  readonly posted_at: Date;
  readonly first_seen_at: Date;
  readonly sources: readonly string[];
}

/** No framework, no check, no metric: rows and `JSON.stringify`, as many bytes as ours. */
function bare(): RequestListener {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  return (_req, res) => {
    void pool.query<Row>({ name: 'bare', text: ROWS }).then(({ rows }) => {
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ items: rows.map(toItem) }));
    });
  };
}

function toItem(row: Row): object {
  const { work_mode, pay_min, pay_max, pay_currency, pay_period, posted_at, first_seen_at, ...rest } = row;
  const pay = {
    min: pay_min === null ? null : Number(pay_min),
    max: pay_max === null ? null : Number(pay_max),
    currency: pay_currency,
    period: pay_period,
  };
  return {
    ...rest,
    workMode: work_mode,
    pay,
    postedAt: posted_at,
    firstSeenAt: first_seen_at,
    source: rest.sources[0],
  };
}

const Job = defineEntity({
  name: 'BenchJob',
  tableName: 'job',
  properties: {
    id: p.bigint().primary(),
    title: p.text(),
    company: p.text().nullable(),
    places: p.array(),
    employment: p.array(),
    sources: p.array(),
    terms: p.array(),
    workMode: p.text(),
    country: p.text().nullable(),
    payMin: p.decimal().nullable(),
    payMax: p.decimal().nullable(),
    payCurrency: p.text().nullable(),
    payPeriod: p.text().nullable(),
    score: p.integer(),
    state: p.text(),
    postedAt: p.datetime(),
    firstSeenAt: p.datetime(),
    closedAt: p.datetime().nullable(),
  },
});

/** As most programs do it: Express, a schema, entities. */
async function entities(): Promise<RequestListener> {
  const orm = await MikroORM.init({ clientUrl: url, entities: [Job], ensureDatabase: false });
  const query = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) });
  const app = express();
  app.get('/api/v1/jobs', async (req, res) => {
    const { limit } = query.parse(req.query);
    const items = await orm.em
      .fork()
      .find(Job, { state: 'open' }, { orderBy: { postedAt: 'desc', id: 'desc' }, limit });
    res.json({ items });
  });
  return app;
}

function fixed(): RequestListener {
  const body = Buffer.alloc(11_000, 'x');
  return (_req, res) => {
    res.setHeader('content-type', 'application/json').end(body);
  };
}

const WAYS: Readonly<Record<string, () => RequestListener | Promise<RequestListener>>> = {
  ours: () => ours(false),
  cached: () => ours(true),
  bare,
  entities,
  fixed,
};
const make = WAYS[way];
if (make === undefined) throw new Error(`there is no way "${way}"`);
const server = createServer(await make());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
process.on('disconnect', () => process.exit(0));

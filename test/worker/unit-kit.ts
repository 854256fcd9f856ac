/** A source for tests: a server on loopback, and the connector that reads it. Everything between is the real thing. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Database } from '../../shared/db/database.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { readScan, type ScanView } from '../../shared/db/scans/read.ts';
import { createLog } from '../../shared/log.ts';
import type { UnitAnswer } from '../../shared/queues/units.ts';
import { SOURCE_NAMES, type SourceName } from '../../shared/sources.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { createHttp } from '../../worker/http.ts';
import { type Connector, NoOpeningError, type Page } from '../../worker/sources/source.ts';
import { type Means, runUnit } from '../../worker/unit.ts';
import { atEnd } from '../at-end.ts';
import { fakeQueue } from '../scans/helpers.ts';

export interface Item {
  readonly id: string | number;
  readonly title: string;
  /** Changes on every request; no part of what is compared. */
  readonly seen?: number;
  readonly text?: string;
}
/**
 * Items of a page and whether another one follows, an HTTP status, or an answer that never comes; `busy`: to come again in ten
 * minutes, `spent`: a month's quota, for two weeks.
 */
export type Answer = ListedPage | number | 'never' | 'busy' | 'spent';
interface ListedPage {
  readonly items: readonly unknown[];
  readonly next?: boolean;
  /** Sent as they are; an `etag` or `last-modified` that the request knows already makes it a 304. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestSource {
  readonly url: string;
  /** What each board answers, by token; an unknown board is a 404. */
  readonly boards: Map<string, (page: number) => Answer | Promise<Answer>>;
  /** "token/page" of each request, in order. */
  readonly requests: string[];
  /** Status of each answer. */
  readonly statuses: number[];
  /** Bytes of all bodies. */
  sent: number;
}

const SPENT = { 'x-ratelimit-requests-remaining': '0', 'x-ratelimit-requests-reset': '1209600' };

export async function testSource(): Promise<TestSource> {
  const boards: TestSource['boards'] = new Map();
  const requests: string[] = [];
  const source: TestSource = { url: '', boards, requests, statuses: [], sent: 0 };
  const server = createServer(async (request, response) => {
    const [, token = '', page = ''] = (request.url ?? '').split('/');
    requests.push(`${token}/${page}`);
    const answer = (await boards.get(token)?.(Number(page))) ?? 404;
    if (answer === 'never') return;
    if (answer === 'busy') return void response.writeHead(429, { 'retry-after': '600' }).end('{"error":"slow down"}');
    if (answer === 'spent')
      return void response.writeHead(429, SPENT).end('{"message":"You have exceeded the MONTHLY quota"}');
    const { headers = {}, ...listed } = typeof answer === 'number' ? { headers: {} } : answer;
    const { 'if-none-match': etag, 'if-modified-since': date } = request.headers;
    const same =
      headers.etag === undefined ? date !== undefined && date === headers['last-modified'] : etag === headers.etag;
    const status = typeof answer === 'number' ? answer : same ? 304 : 200;
    const body = status === 304 ? '' : typeof answer === 'number' ? '{"error":"no"}' : JSON.stringify(listed);
    source.statuses.push(status);
    source.sent += body.length;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(source, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

const ItemSchema = z.looseObject({ id: z.union([z.string(), z.number()]), title: z.string() });
const PageSchema = z.object({ items: z.array(z.unknown()), next: z.boolean().optional() });

export function testConnector(name: SourceName): Connector {
  return {
    name,
    item: ItemSchema,
    async *read(board, settings, fetch) {
      for (let page = 1; page <= settings.pagesMax; page++) {
        const url = new URL(`${settings.baseUrl}/${board.token}/${page}`);
        let next: boolean | undefined;
        try {
          const { json } = await fetch({ url, endpoint: '/:token/:page', schema: PageSchema });
          next = json.next;
          yield check(json.items);
        } catch (error) {
          if (page === 1) throw error;
          return { complete: false, problems: [{ error, what: `page ${page}` }] };
        }
        if (next !== true) return { complete: true, problems: [] };
      }
      const error = new Error(`there is more than ${settings.pagesMax} pages`);
      return { complete: false, problems: [{ error, what: 'the rest', ownLimit: true }] };
    },
    nativeId: (item) => String((item as Item).id),
    stable: (item) => ({ ...(item as Item), seen: undefined }),
    toPosting: (raw, board) => {
      const item = raw as Item;
      if (item.title === 'throw') throw new Error('this cannot be read');
      if (item.title === 'Speculative application') throw new NoOpeningError('nothing is open');
      return {
        nativeId: String(item.id),
        url: `https://boards.example/${board.token}/${item.id}`,
        applyUrls: [],
        title: item.title,
        company: board.company ?? 'Acme',
        places: ['Berlin, Germany'],
        country: null,
        workMode: 'unknown',
        employment: [],
        pay: null,
        statedAt: null,
        html: null,
        plain: item.text ?? 'You run Okta and SailPoint: SSO, MFA, SAML and SCIM for identity and access management.',
        textIsCut: false,
      };
    },
  };
}

function check(items: readonly unknown[]): Page<unknown> {
  const valid: unknown[] = [];
  const invalid: { item: unknown; problem: string }[] = [];
  for (const item of items) {
    if (ItemSchema.safeParse(item).success) valid.push(item);
    else invalid.push({ item, problem: 'no title' });
  }
  return { items: valid, invalid };
}

export function means(db: Database, source: TestSource): Means {
  const http = createHttp({
    contact: 'mailto:test@example.org',
    version: '0',
    allowPrivateFor: new Set([new URL(source.url).host]),
    limits: { backoffMs: 5 },
  });
  atEnd(() => http.close());
  return {
    db,
    http,
    connectors: Object.fromEntries(SOURCE_NAMES.map((name) => [name, testConnector(name)])) as Means['connectors'],
    settingsOf: () => ({
      baseUrl: source.url,
      keys: { JSEARCH_API_KEY: 'k' },
      jsearchPath: '/search',
      adzunaCountries: ['us'],
      queries: ['okta'],
      pagesMax: 5,
      concurrency: 1,
    }),
    version: 'test',
    watch: createSourceWatch(),
    log: createLog('test', 'silent'),
  };
}

/** So many IAM jobs with ids from `first`. */
export function jobs(count: number, first = 1, more: Partial<Item> = {}): Item[] {
  return Array.from({ length: count }, (_, i) => ({ id: first + i, title: `IAM Engineer ${first + i}`, ...more }));
}

export const task = (unitId: string, more: { signal?: AbortSignal; lastTry?: boolean } = {}) => ({
  unitId,
  signal: new AbortController().signal,
  lastTry: false,
  ...more,
});

/** Asks for a scan and does its units one after the other, as a worker would. */
export async function scanNow(
  m: Means,
  ...sources: SourceName[]
): Promise<{ view: ScanView; answers: UnitAnswer[]; unitIds: string[] }> {
  const { id, unitIds } = await asked(m, ...sources);
  const answers: UnitAnswer[] = [];
  for (const unitId of unitIds) answers.push(await runUnit(m, task(unitId)));
  return { view: (await readScan(m.db, id))!, answers, unitIds };
}

export async function asked(m: Means, ...sources: SourceName[]): Promise<{ id: string; unitIds: string[] }> {
  const queue = fakeQueue();
  const { id } = await createScan(m.db, { trigger: 'cli', requestedBy: null, sources }, queue);
  return { id, unitIds: queue.ids };
}

export async function openPostings(db: Database): Promise<string[]> {
  const rows = await db.sql.selectFrom('posting').where('closed_at', 'is', null).select('native_id').execute();
  return rows.map((row) => row.native_id).toSorted((a, b) => Number(a) - Number(b));
}

/** What was missed once was missed an hour earlier than it was. */
export async function letTimePass(db: Database): Promise<void> {
  await db.pool.query("update vanished set since = since - interval '1 hour'");
}

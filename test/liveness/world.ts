/**
 * A small world whose truth is known: employers' boards that a real unit reads over loopback. Boards with one answer speak
 * Greenhouse's own format; boards with pages speak the tests' own, three postings a page, so that they slip between pages.
 */
import type { Database } from '../../shared/db/database.ts';
import type { SourceName } from '../../shared/sources.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { createHttp } from '../../worker/http.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { runUnit } from '../../worker/unit.ts';
import { atEnd } from '../at-end.ts';
import { type Internet, type InternetData, startInternet } from '../internet/internet.ts';
import type { Row } from '../internet/speaker.ts';
import { FIXTURES } from '../sources/fixture.ts';
import { type Answer, means, type TestSource, task, testConnector, testSource } from '../worker/unit-kit.ts';

/** How a read goes wrong. The first ones say so; the others answer 200 and a list. */
export const FAILURES = ['429', '500', 'html', 'cut', 'page 2 fails', 'interrupted'] as const;
export const LIES = ['nothing', 'a part', 'wrong schema', 'one without its id'] as const;
export type Fault = (typeof FAILURES)[number] | (typeof LIES)[number] | 'slip' | 'twice' | undefined;
export const isLie = (fault: Fault) => LIES.some((lie) => lie === fault);

export interface Board {
  readonly id: number;
  readonly token: string;
  readonly paged: boolean;
  /** What is open in truth: the day that each posting states, by id. Order is the order of the list. */
  readonly truth: Map<number, number>;
}

export interface ReadUnit {
  readonly id: string;
  readonly state: string;
  readonly error_type: string | null;
  readonly error: string | null;
  readonly closed: number;
}

const ROWS_PER_PAGE = 3;
const DAY_MS = 86_400_000;

export interface World {
  /** A new history: nothing is remembered of the sources as a whole. */
  begin(): Promise<void>;
  addBoard(token: string, paged: boolean): Promise<Board>;
  /** Reads the board once, as one unit of a scan of its own. @param without what a lie leaves out */
  read(board: Board, fault: Fault, without: ReadonlySet<number>): Promise<ReadUnit>;
}

export async function createWorld(db: Database): Promise<World> {
  const source = await testSource();
  const internet = await startInternet({ greenhouse: {} } as InternetData);
  atEnd(() => internet.close());
  const base = means(db, source);
  const http = createHttp({
    contact: 'mailto:test@example.org',
    version: '0',
    allowPrivateFor: new Set([new URL(source.url).host, internet.host]),
    limits: { backoffMs: 1 },
  });
  atEnd(() => http.close());
  let m = {
    ...base,
    http,
    connectors: { ...base.connectors, greenhouse: CONNECTORS.greenhouse, lever: testConnector('lever') },
    settingsOf: (name: SourceName) => ({
      ...base.settingsOf(name),
      baseUrl: name === 'greenhouse' ? internet.urls.greenhouse : source.url,
      pagesMax: 50,
    }),
  };

  return {
    async begin() {
      m = { ...m, watch: createSourceWatch() };
      await db.pool.query('delete from source_state');
    },
    async addBoard(token, paged) {
      const { rows } = await db.pool.query<{ id: number }>(
        'insert into board (source, token) values ($1, $2) returning id',
        [paged ? 'lever' : 'greenhouse', token],
      );
      return { id: rows[0]!.id, token, paged, truth: new Map() };
    },
    async read(board, fault, without) {
      const ending = new AbortController();
      if (board.paged) playPages(source, board, fault, without, () => ending.abort());
      else playWhole(internet, board, fault, without);
      const unitId = await addUnit(db, board);
      const answer = await runUnit(m, task(unitId, { signal: ending.signal }));
      // The next worker takes it up where nothing is wrong any more.
      if (answer !== 'done') {
        if (board.paged) playPages(source, board, undefined, new Set(), () => undefined);
        await runUnit(m, task(unitId));
      }
      const { rows } = await db.pool.query<ReadUnit>(
        'select id, state, error_type, error, closed from scan_unit where id = $1',
        [unitId],
      );
      return rows[0]!;
    },
  };
}

async function addUnit(db: Database, board: Board): Promise<string> {
  const source = board.paged ? 'lever' : 'greenhouse';
  const { rows } = await db.pool.query<{ id: string }>(
    `with s as (insert into scan (trigger, sources) values ('cli', array[$1]) returning id)
     insert into scan_unit (scan_id, source, board_id) select id, $1, $2 from s returning id`,
    [source, board.id],
  );
  return rows[0]!.id;
}

function playWhole(internet: Internet, board: Board, fault: Fault, without: ReadonlySet<number>): void {
  const rows = [...board.truth].map(([id, day]) => greenhouseRow(id, day));
  const listed = {
    'a part': rows.filter(({ id }) => !without.has(Number(id))),
    'one without its id': rows.map((row, i) => (i === 0 ? { ...row, id: null } : row)),
    twice: [...rows, ...rows.slice(0, 2)],
  }[fault as string];
  internet.data.greenhouse[board.token] = listed ?? rows;
  const wrong = { jobs: [{ headline: 'IAM Engineer' }], meta: { total: 1 } };
  const played = {
    429: [{ kind: 'refuse', status: 429 }],
    500: [{ kind: 'refuse', status: 500 }],
    html: [{ kind: 'html' }],
    cut: [{ kind: 'cut' }],
    nothing: [{ kind: 'body', body: { jobs: [], meta: { total: 0 } } }],
    'wrong schema': [{ kind: 'body', body: wrong }],
  } as const;
  // Of this board alone: a source that also lists nothing for boards that do not exist is in doubt for hours.
  const faults = played[fault as keyof typeof played] ?? [];
  internet.setFaults('greenhouse', ...faults.map((one) => ({ ...one, board: board.token })));
}

function greenhouseRow(id: number, day: number): Row {
  const [model] = FIXTURES.greenhouse.items;
  return {
    ...model,
    id,
    internal_job_id: 70_000_000 + id,
    absolute_url: `https://boards.greenhouse.io/acme/jobs/${id}`,
    title: `IAM Engineer ${id}`,
    content: 'You run Okta and SailPoint: SSO, MFA, SAML and SCIM for identity and access management.',
    first_published: stated(day).toISOString(),
  };
}

const stated = (day: number) => new Date(Date.UTC(2025, 0, 1) + day * 2 * DAY_MS);

function playPages(
  source: TestSource,
  board: Board,
  fault: Fault,
  without: ReadonlySet<number>,
  interrupt: () => void,
): void {
  const rows = () => [...board.truth].map(([id, day]) => ({ id, title: `IAM Engineer ${id}`, day }));
  source.boards.set(board.token, (page): Answer => {
    if (fault === '429' || fault === '500') return Number(fault);
    if (fault === 'html' || fault === 'cut' || fault === 'nothing') return fault === 'nothing' ? { items: [] } : 502;
    if (fault === 'wrong schema') return { items: [{ headline: 'IAM Engineer' }] };
    if (page === 2 && fault === 'page 2 fails') return 500;
    if (page === 2 && fault === 'interrupted') interrupt();
    if (page === 2 && fault === 'slip') takeDownFirst(board);
    const all = fault === 'a part' ? rows().filter(({ id }) => !without.has(id)) : rows();
    const first = (page - 1) * ROWS_PER_PAGE;
    const items: unknown[] = all.slice(first, first + ROWS_PER_PAGE);
    if (fault === 'one without its id' && page === 1) items[0] = { title: 'IAM Engineer' };
    if (fault === 'twice' && page > 1) items.push(all[0]);
    return { items, next: first + ROWS_PER_PAGE < all.length };
  });
}

/** An employer takes the first posting down while the board is being read: every other one moves up by one. */
function takeDownFirst(board: Board): void {
  const [first] = board.truth.keys();
  if (first !== undefined && board.truth.size > ROWS_PER_PAGE) board.truth.delete(first);
}

/** A unit of one board with a clock of its own, and postings to put into it. */
import type { Database } from '../../shared/db/database.ts';
import type { Posting, Score } from '../../worker/posting.ts';
import { type BoardStore, contentHash, openBoardStore, type Ready, type UnitCounts } from '../../worker/store.ts';

export interface TestUnit {
  readonly unitId: string;
  readonly boardId: number;
  open(): Promise<BoardStore>;
}

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 22, 9);

/** A board, a scan and its unit; the n-th unit starts n hours after the first one, by a clock that may be wrong. */
export async function createUnit(
  db: Database,
  board: string | number = 'acme',
  n = 0,
  skewMs = 60_000,
): Promise<TestUnit> {
  const boardId = typeof board === 'number' ? board : await createBoard(db, board);
  const { rows } = await db.pool.query<{ id: string }>(
    `with s as (insert into scan (trigger, sources) values ('cli', '{greenhouse}') returning id)
     insert into scan_unit (scan_id, source, board_id, state) select id, 'greenhouse', $1, 'running' from s returning id`,
    [boardId],
  );
  const unitId = rows[0]!.id;
  const startedAt = new Date(START + n * HOUR_MS);
  const now = () => new Date(startedAt.getTime() + skewMs);
  return { unitId, boardId, open: () => openBoardStore(db, { unitId, boardId, source: 'greenhouse', startedAt, now }) };
}

export async function createBoard(db: Database, token: string): Promise<number> {
  const { rows } = await db.pool.query<{ id: number }>(
    `insert into board (source, token) values ('greenhouse', $1) returning id`,
    [token],
  );
  return rows[0]!.id;
}

export function posting(nativeId: string, more: Partial<Posting> = {}): Posting {
  return {
    nativeId,
    url: `https://boards.example/acme/jobs/${nativeId}`,
    applyUrls: [`https://boards.example/acme/jobs/${nativeId}#apply`],
    title: `IAM Engineer ${nativeId}`,
    company: 'Acme',
    places: ['Berlin, Germany', 'Remote'],
    country: 'DE',
    workMode: 'hybrid',
    employment: ['full_time', 'permanent'],
    pay: { raw: '€70,000.50 – 90,000', min: 70000.5, max: 90000, currency: 'EUR', period: 'year', estimated: false },
    statedAt: new Date('2026-11-01T08:30:00Z'),
    html: '<p>Okta and SailPoint</p>',
    text: 'Okta and SailPoint',
    textIsCut: false,
    ...more,
  };
}

export const SCORE: Score = {
  points: 18,
  relevant: true,
  terms: ['title.iam', 'vendor.okta'],
  parts: [
    { term: 'title.iam', label: 'IAM', phrase: 'IAM', place: 'title', points: 10 },
    { term: 'vendor.okta', label: 'Okta', phrase: 'Okta', place: 'body', points: 8 },
  ],
};

export function ready(nativeId: string, version: number | string = 1, more: Partial<Ready> = {}): Ready {
  const raw = { id: nativeId, version };
  return { nativeId, hash: contentHash(raw), raw, posting: posting(nativeId), score: SCORE, ...more };
}

export function noCounts(more: Partial<UnitCounts> = {}): UnitCounts {
  return {
    requests: 0,
    found: 0,
    kept: 0,
    rejected: 0,
    new: 0,
    changed: 0,
    unchanged: 0,
    closed: 0,
    rejectedReasons: {},
    invalidSamples: [],
    ...more,
  };
}

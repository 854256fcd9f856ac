/** Puts jobs into a database as the worker would have left them, without the worker. */
import { zstdCompressSync } from 'node:zlib';
import { bodyText } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import { flagsOf } from '../../shared/search/flags.ts';
import type { SourceName } from '../../shared/sources.ts';
import { makeCard } from '../../worker/card.ts';
import type { Posting, Score } from '../../worker/posting.ts';
import { listedTerms, markedOf } from '../../worker/store/rows.ts';
import { indexPending } from '../../worker/store/search/entries.ts';

export interface JobRow extends Partial<Posting> {
  readonly source?: SourceName;
  readonly state?: 'open' | 'closed' | 'unknown';
  readonly firstSeenAt?: Date;
  readonly closedEvidence?: string;
  readonly score?: number;
  readonly parts?: Score['parts'];
  readonly facts?: NonNullable<Score['facts']>;
}

const PARTS: Score['parts'] = [
  { term: 'term.okta', label: 'Okta', phrase: 'Okta', place: 'title', points: 30 },
  { term: 'term.saml', label: 'SAML', phrase: 'saml', place: 'body', points: 12 },
];
let made = 0;

/** @returns the job's id; jobs that are made later have higher ids */
export async function insertJob(db: Database, row: JobRow = {}): Promise<string> {
  const number = ++made;
  const { source = 'greenhouse', state = 'open', closedEvidence = null } = row;
  const firstSeenAt = row.firstSeenAt ?? new Date('2026-11-20T12:00:00Z');
  const posting: Posting = {
    nativeId: String(number),
    url: `https://jobs.example/${number}`,
    applyUrls: [`https://apply.example/${number}`],
    title: `IAM engineer ${number}`,
    company: 'Acme',
    places: ['Berlin'],
    country: 'DE',
    workMode: 'unknown',
    pay: null,
    statedAt: null,
    textIsCut: false,
    employment: ['full_time'],
    html: '<p>Okta and <strong>saml</strong>.</p>',
    text: 'Okta and saml.',
    ...row,
  };
  const parts = row.parts ?? PARTS;
  const facts = row.facts === undefined ? {} : { facts: row.facts };
  const score: Score = {
    points: row.score ?? 42,
    relevant: true,
    parts,
    terms: parts.map((part) => part.term),
    ...facts,
  };
  const board = await insertBoard(db, source);
  const postedAt = posting.statedAt ?? firstSeenAt;
  const closedAt = state === 'closed' ? new Date('2026-11-21T00:00:00Z') : null;
  await db.pool.query(
    `insert into posting (id, job_id, first_seen_at, changed_at, stated_at, closed_at, closed_evidence, board_id, native_id,
      content_hash, url) values ($1, $1, $2, $2, $3, $4, $5, $6, $7, '\\x00', $8)`,
    [number, firstSeenAt, posting.statedAt, closedAt, closedEvidence, board, posting.nativeId, posting.url],
  );
  const { html, text, textIsCut, applyUrls } = posting;
  await db.pool.query('insert into posting_body (posting_id, body) values ($1, $2)', [
    number,
    zstdCompressSync(bodyText({ any: 'thing' }, { html, text, textIsCut, applyUrls, parts })),
  ]);
  await db.pool.query(
    `insert into job (id, posting_id, posted_at, first_seen_at, closed_at, score, state, work_mode, country, title, company,
      places, employment, sources, terms, card, flags, pay_min, pay_max, pay_currency, pay_period, words)
    values ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
      to_tsvector('simple', $9::text || ' ' || coalesce($10::text, '')))`,
    [
      number,
      postedAt,
      firstSeenAt,
      closedAt,
      score.points,
      state,
      posting.workMode,
      posting.country,
      posting.title,
      posting.company,
      posting.places,
      posting.employment,
      [source],
      listedTerms(score),
      makeCard(posting, score, source, firstSeenAt),
      flagsOf(markedOf(posting, score, [source])),
      posting.pay?.min ?? null,
      posting.pay?.max ?? null,
      posting.pay?.currency ?? null,
      posting.pay?.period ?? null,
    ],
  );
  await indexPending(db);
  return String(number);
}

/** One board a source, made when it is missing. */
export async function insertBoard(db: Database, source: SourceName, token = 'acme'): Promise<number> {
  const { rows } = await db.pool.query<{ id: number }>(
    `insert into board (source, token, company) values ($1, $2, 'Acme')
    on conflict (source, token, region) do update set company = excluded.company returning id`,
    [source, token],
  );
  return rows[0]!.id;
}

/** From postings to the parameters of the store's statements. */
import { bodyText } from '../../shared/bodies.ts';
import type { CountColumns } from '../../shared/db/scans/units.ts';
import { flagsOf, type Marked } from '../../shared/search/flags.ts';
import type { SourceName } from '../../shared/sources.ts';
import { makeCard, postedAt } from '../card.ts';
import type { Posting, Score } from '../posting.ts';
import { bigints, byteas, floats, integers, texts, times } from './arrays.ts';
import { compress } from './compress.ts';
import { COLUMNS, COUNTS, type Column, SEPARATOR, type Statement } from './statements.ts';

/** One posting with its ids. */
export interface Row {
  readonly key: string;
  readonly hash: Buffer;
  readonly raw: unknown;
  readonly posting: Posting;
  readonly score: Score;
  readonly id: number;
  readonly jobId: number;
  readonly firstSeenAt: Date;
  /** Set for a job that several postings make together, and for one that is put together anew. */
  readonly merged?: Merged;
}

/** What a job has beside the view of its postings. */
export interface Merged {
  /** Of the posting that the job's link leads to. */
  readonly source: SourceName;
  readonly sources: readonly string[];
  readonly postings: number;
  /** Field to posting id; null when all come from one. */
  readonly fields: Readonly<Record<string, string>> | null;
}

/** What is kept of a posting's fields in its body, so that jobs can be put together from several postings. */
export interface KeptFacts {
  readonly posting: Omit<Posting, 'html' | 'text' | 'applyUrls' | 'textIsCut'>;
  readonly score: Omit<Score, 'parts'>;
}

export function factsOf(posting: Posting, score: Score): KeptFacts {
  const { html: _, text: _text, applyUrls: _urls, textIsCut: _cut, ...fields } = posting;
  const { parts: _parts, ...points } = score;
  return { posting: fields, score: points };
}

/** What a column of a search index bears; texts of people are far shorter. */
const TITLE_LENGTH_MAX = 1000;

const VALUE: { readonly [C in Column]: (row: Row, source: SourceName) => unknown } = {
  id: (row) => row.id,
  job_id: (row) => row.jobId,
  stated_at: (row) => row.posting.statedAt,
  native_id: (row) => row.key,
  hash: (row) => row.hash,
  url: (row) => row.posting.url,
  body: ({ raw, posting, score }) => {
    const { html, text, textIsCut, applyUrls } = posting;
    const detail = { html, text, textIsCut, applyUrls, parts: score.parts };
    return compress(bodyText(raw, detail, factsOf(posting, score)));
  },
  posted_at: (row) => postedAt(row.posting, row.firstSeenAt),
  pay_min: (row) => row.posting.pay?.min ?? null,
  pay_max: (row) => row.posting.pay?.max ?? null,
  score: (row) => row.score.points,
  flags: (row, source) => flagsOf(markedOf(row.posting, row.score, row.merged?.sources ?? [source])),
  work_mode: (row) => row.posting.workMode,
  country: (row) => row.posting.country,
  pay_currency: (row) => row.posting.pay?.currency ?? null,
  pay_period: (row) => row.posting.pay?.period ?? null,
  title: (row) => row.posting.title.slice(0, TITLE_LENGTH_MAX),
  company: (row) => row.posting.company?.slice(0, TITLE_LENGTH_MAX) ?? null,
  places: (row) => joined(row.posting.places),
  employment: (row) => joined(row.posting.employment),
  terms: (row) => joined(listedTerms(row.score)),
  card: ({ posting, score, firstSeenAt, merged }, source) =>
    makeCard(posting, score, merged?.source ?? source, firstSeenAt, merged?.sources),
  sources: (row, source) => joined(row.merged?.sources ?? [source]),
  postings: (row) => row.merged?.postings ?? 1,
  fields: (row) => (row.merged?.fields == null ? null : JSON.stringify(row.merged.fields)),
};

/** What the search marks of a job. */
export function markedOf(posting: Posting, { facts }: Score, sources: readonly string[]): Marked {
  const { workMode, country, pay } = posting;
  const disciplines = facts?.disciplines.map(({ name }) => name) ?? [];
  return { workMode, country, pay, sources, disciplines, level: facts?.seniority?.name ?? null };
}

const ENCODE = {
  bigint: bigints,
  integer: integers,
  float8: floats,
  text: texts,
  bytea: byteas,
  timestamptz: times,
} as const;

/** What a job is found by in the posting lists: its terms, and what kind of work it is. */
export function listedTerms({ terms, facts }: Score): string[] {
  if (facts === undefined) return [...terms];
  const { disciplines, seniority, clearance } = facts;
  return [
    ...terms,
    ...disciplines.map(({ name }) => `discipline:${name}`),
    ...(seniority === null ? [] : [`level:${seniority.name}`]),
    ...(clearance === null ? [] : [`clearance:${clearance.name}`]),
  ];
}

/** One array for each column that the statement asks for, and the scalars as they are. */
export function encodeRows<Name extends string>(
  statement: Statement<Name>,
  rows: readonly Row[],
  source: SourceName,
  scalars: Readonly<Record<string, unknown>>,
): unknown[] {
  return statement.parameters.map((name) => {
    if (!isColumn(name)) return scalars[name];
    const values = rows.map((row) => VALUE[name](row, source));
    return (ENCODE[COLUMNS[name]] as (values: readonly unknown[]) => Buffer)(values);
  });
}

type Counts = Readonly<
  Record<'requests' | 'found' | 'kept' | 'rejected' | 'new' | 'changed' | 'unchanged' | 'closed', number>
> & { readonly rejectedReasons: unknown; readonly invalidSamples: unknown };

export function countValues(unitId: string, counts: Counts): unknown[] {
  const values: Record<(typeof COUNTS.parameters)[number], unknown> = { unit_id: unitId, ...countColumns(counts) };
  return COUNTS.parameters.map((name) => values[name]);
}

/** The same as columns of the unit's row. */
export function countColumns(counts: Counts): CountColumns {
  return {
    requests: counts.requests,
    found: counts.found,
    kept: counts.kept,
    rejected: counts.rejected,
    new: counts.new,
    changed: counts.changed,
    unchanged: counts.unchanged,
    closed: counts.closed,
    rejected_reasons: jsonb(counts.rejectedReasons),
    invalid_samples: jsonb(counts.invalidSamples),
  };
}

const isColumn = (name: string): name is Column => Object.hasOwn(COLUMNS, name);

const joined = (texts: readonly string[]) => texts.map((text) => text.replaceAll(SEPARATOR, ' ')).join(SEPARATOR);

/** `jsonb` refuses NUL and half surrogate pairs, which JSON and hostile records may hold. */
function jsonb(value: unknown): string {
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd');
}

/** Shapes of what people track, and what its version and its place in a list look like outside. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Item, Position } from '../../shared/db/tracking/read.ts';
import { seenAdvert } from '../../shared/tracking/advert.ts';
import { movesFrom, STATES } from '../../shared/tracking/states.ts';
import { day, moment } from '../../shared/tracking/time.ts';
import { cursorOf, encodeCursor } from '../cursor.ts';

const time = z.string();
const state = z.enum(STATES);
const step = z.object({ text: z.string(), on: z.string() }).nullable();

const change = z.object({
  kind: z.enum(['closed', 'reopened', 'unknown', 'merged', 'gone', 'pay', 'title', 'company', 'places', 'workMode']),
  at: time.nullable().optional(),
  why: z.string().nullable().optional(),
  from: z.string().nullable().optional(),
  to: z.string().nullable().optional(),
});

export const applicationItem = z.object({
  id: z.string(),
  jobId: z.string().nullable().meta({ description: 'The job by now; null when this system does not have it.' }),
  state,
  reason: z.string().nullable(),
  stateAt: time,
  notes: z.string(),
  nextStep: step,
  appliedAt: time.nullable().meta({ description: 'When the advert was frozen.' }),
  createdAt: time,
  updatedAt: time,
  version: z.number(),
  job: seenAdvert.meta({ description: 'As it is now, or as it was seen last when this system does not have it.' }),
  changes: z.array(change).meta({ description: 'What changed since you last looked; POST .../seen empties it.' }),
  also: z
    .array(z.object({ id: z.string(), state }))
    .meta({ description: 'Other entries of yours that turned out to be the same job; each keeps its own history.' }),
  mayBecome: z.array(state),
});
export type ApplicationItem = z.output<typeof applicationItem>;

export const historyEvent = z.object({
  seq: z.number().meta({ description: 'Number within the entry.' }),
  at: time,
  kind: z.enum(['state', 'notes', 'next-step', 'undo']),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  undoes: z.number().nullable(),
  undoneBy: z.number().nullable(),
});

export function bodyOf(item: Item): ApplicationItem {
  return { ...item, changes: [...item.changes], also: [...item.also], mayBecome: [...movesFrom(item.state)] };
}

/** The version, and a mark of the rest: what became of the job changes the answer and not the version. */
export function etagOf(body: ApplicationItem): string {
  const mark = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 12);
  return `"${body.version}.${mark}"`;
}

/** An ETag of ours in a list of them. A weak one never matches (RFC 9110, 13.1.1): it does not say that the bytes are the same. */
const OUR_TAG = /(?:^|,)\s*"(\d{1,9})\.[0-9a-f]{12}"\s*(?=,|$)/g;

/**
 * Only the version counts: that the job closed meanwhile is no reason to refuse somebody's notes.
 * @returns undefined without the header; the versions of which one must be there, none for what has no ETag of ours
 */
export function versionsOf(ifMatch: string | undefined): number[] | 'any' | undefined {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') return 'any';
  return [...ifMatch.matchAll(OUR_TAG)].map(([, version]) => Number(version));
}

/** Where a page of entries ended. */
export const position = cursorOf<Position>(z.tuple([z.union([day, moment]), z.uuid()]));

export function positionText(value: Position): string {
  return encodeCursor(value);
}

/** Whether a position is of a list in this order: by the day of the next step, or by the moment of the last change. */
export function isOfOrder([value]: Position, sort: 'changed' | 'due'): boolean {
  return (sort === 'due') === day.safeParse(value).success;
}

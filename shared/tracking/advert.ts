/** What is kept of an advert with an application: what its person last saw, and on applying the whole of it. */
import { z } from 'zod';
import { text } from './text.ts';

const pay = z.strictObject({
  raw: text(2_000),
  min: z.number().nullable(),
  max: z.number().nullable(),
  currency: text(20).nullable(),
  period: text(20).nullable(),
  estimated: z.boolean(),
});

const facts = {
  title: text(2_000),
  company: text(2_000).nullable(),
  places: z.array(text(1_000)).max(500),
  workMode: text(20),
  employment: z.array(text(100)).max(50),
  pay: pay.nullable(),
  url: text(10_000),
  state: z.enum(['open', 'closed', 'unknown']),
  closedAt: z.iso.datetime().nullable(),
  postedAt: z.iso.datetime().nullable(),
  statedAt: z.iso.datetime().nullable(),
  firstSeenAt: z.iso.datetime().nullable(),
};

/** Short facts of a job, as a person last saw them; enough to go on when the job itself is gone. */
export const seenAdvert = z.strictObject(facts);
export type SeenAdvert = z.output<typeof seenAdvert>;

/** Characters of an advert that are kept. */
export const TEXT_MAX = 500_000;

/** A frozen advert. */
export const frozenAdvert = z.strictObject({
  ...facts,
  applyUrls: z.array(text(10_000)).max(50),
  /** Plain text: a file of a stranger may bring it, and markup of a stranger is never shown. */
  text: text(TEXT_MAX),
  textIsCut: z.boolean(),
  /** Every address at which it was listed. */
  foundAt: z.array(z.strictObject({ source: text(100), url: text(10_000) })).max(100),
});
export type FrozenAdvert = z.output<typeof frozenAdvert>;

/** By which a posting is known everywhere, whatever its number here is. */
export const postingRef = z.strictObject({
  source: text(100),
  board: text(500),
  region: text(100),
  nativeId: text(2_000),
});
export type PostingRef = z.output<typeof postingRef>;

/** Postings of one job that are remembered. */
export const REFS_MAX = 20;

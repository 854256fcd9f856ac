/** The list entry of a job as JSON text, written once when the job is stored and sent as it is. */
import type { SourceName } from '../shared/sources.ts';
import type { Posting, Score } from './posting.ts';

/** Reasons that a list shows; the detail has all of them. */
const REASONS_MAX = 5;

/** @returns JSON without the job's id: the reader adds it, because ids are given after the text is made. */
export function makeCard(posting: Posting, score: Score, source: SourceName, firstSeenAt: Date): string {
  return JSON.stringify({
    title: posting.title,
    company: posting.company,
    places: posting.places,
    workMode: posting.workMode,
    employment: posting.employment,
    pay: posting.pay,
    postedAt: postedAt(posting, firstSeenAt),
    firstSeenAt,
    statedAt: posting.statedAt,
    score: score.points,
    reasons: score.parts
      .filter((part) => part.points > 0)
      .sort((a, b) => b.points - a.points)
      .slice(0, REASONS_MAX)
      .map(({ label, phrase, place }) => ({ label, phrase, place })),
    source,
    url: posting.url,
  });
}

/** What a list is sorted by: the source's word, else when we first saw it. */
export function postedAt(posting: Pick<Posting, 'statedAt'>, firstSeenAt: Date): Date {
  return posting.statedAt ?? firstSeenAt;
}

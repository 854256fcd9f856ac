/** The list entry of a job as JSON text, written once when the job is stored and sent as it is. */
import type { SourceName } from '../shared/sources.ts';
import type { Posting, Score } from './posting.ts';

/** Reasons that a list shows; the detail has all of them. */
const REASONS_MAX = 5;

/**
 * @param source of the posting that the link leads to
 * @param sources of all postings of the job
 * @returns JSON without the job's id: the reader adds it, because ids are given after the text is made.
 */
export function makeCard(
  posting: Posting,
  score: Score,
  source: SourceName,
  firstSeenAt: Date,
  sources: readonly string[] = [source],
): string {
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
    reasons: reasons(score),
    disciplines: score.facts?.disciplines.map(({ name }) => name) ?? [],
    seniority: score.facts?.seniority?.name ?? null,
    clearance: score.facts?.clearance?.name ?? null,
    source,
    sources,
    url: posting.url,
  });
}

/** The strongest first; a term that occurs in the title and the body is one reason. */
function reasons(score: Score) {
  const strongest = score.parts.filter((part) => part.points > 0).toSorted((a, b) => b.points - a.points);
  const labels = new Set<string>();
  return strongest
    .filter(({ label }) => !labels.has(label) && labels.add(label))
    .slice(0, REASONS_MAX)
    .map(({ label, phrase, place }) => ({ label, phrase, place }));
}

/**
 * What a list is sorted by: the source's word, else when we first saw it, and never later than that: a source that restates
 * its date makes no posting new.
 */
export function postedAt({ statedAt }: Pick<Posting, 'statedAt'>, firstSeenAt: Date): Date {
  return statedAt === null || !(statedAt.getTime() < firstSeenAt.getTime()) ? firstSeenAt : statedAt;
}

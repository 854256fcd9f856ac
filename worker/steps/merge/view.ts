/**
 * What a seeker sees of several postings of one opening. Every field comes from one posting, and says from which; places and
 * kinds of employment are all that are told. Deterministic: the order in which the postings are given does not matter.
 */
import type { Place, Posting, Score } from '../../posting.ts';

export interface Part {
  readonly id: string;
  readonly ref: string;
  readonly posting: Posting;
  readonly score: Score;
  readonly firstSeenAt: Date;
  readonly isOpen: boolean;
  /** The employer's own list. */
  readonly isOwn: boolean;
}

export type Field =
  | 'title'
  | 'company'
  | 'text'
  | 'url'
  | 'places'
  | 'workMode'
  | 'employment'
  | 'pay'
  | 'country'
  | 'postedAt'
  | 'score';

export interface View {
  /** The posting that says most: its title, text, link and score. */
  readonly primary: Part;
  readonly posting: Posting;
  /** Which posting each field comes from: ids, separated by commas where several add to it. */
  readonly fields: Readonly<Record<Field, string>>;
}

/** Places of a job that are kept: one requisition may have thirty. */
const PLACES_MAX = 100;

/** @param parts at least one */
export function viewOf(parts: readonly Part[]): View {
  const sorted = [...parts].sort(byWorth);
  const [primary] = sorted;
  if (primary === undefined) throw new Error('a job without postings has no view');
  if (parts.length === 1) return { primary, posting: primary.posting, fields: all(primary.id) };
  const speaking = sorted.filter((part) => part.isOpen === primary.isOpen);
  const pay = best(speaking, payWorth);
  const mode = best(speaking, ({ posting }) => (posting.workMode === 'unknown' ? 0 : 1));
  const country = best(speaking, ({ posting }) => (posting.country === null ? 0 : 1));
  const employment = best(speaking, ({ posting }) => (posting.employment.length > 0 ? 1 : 0));
  const company =
    primary.posting.company === null ? best(speaking, ({ posting }) => (posting.company === null ? 0 : 1)) : primary;
  const dated = [...speaking].sort((a, b) => time(a) - time(b) || compare(a.ref, b.ref))[0] ?? primary;
  const placed = speaking.filter(({ posting }) => posting.places.length > 0);
  const places = unique(placed.flatMap(({ posting }) => posting.places));
  const understood = primary.posting.understood;
  return {
    primary,
    posting: {
      ...primary.posting,
      company: company.posting.company,
      places,
      country: country.posting.country,
      workMode: mode.posting.workMode,
      employment: employment.posting.employment,
      pay: pay.posting.pay,
      statedAt: dated.posting.statedAt,
      ...(understood === undefined
        ? {}
        : {
            understood: {
              ...understood,
              pay: pay.posting.understood?.pay ?? null,
              places: uniquePlaces(speaking),
              daysOnSite: mode.posting.understood?.daysOnSite ?? null,
              eligibility: mode.posting.understood?.eligibility ?? understood.eligibility,
            },
          }),
    },
    fields: {
      title: primary.id,
      company: company.id,
      text: primary.id,
      url: primary.id,
      places: placed.map(({ id }) => id).join(',') || primary.id,
      workMode: mode.id,
      employment: employment.id,
      pay: pay.id,
      country: country.id,
      postedAt: dated.id,
      score: primary.id,
    },
  };
}

function all(id: string): Record<Field, string> {
  return {
    title: id,
    company: id,
    text: id,
    url: id,
    places: id,
    workMode: id,
    employment: id,
    pay: id,
    country: id,
    postedAt: id,
    score: id,
  };
}

/** Open before closed, the employer's own before copies, whole texts before snippets, the longer before the shorter. */
function byWorth(a: Part, b: Part): number {
  return (
    Number(b.isOpen) - Number(a.isOpen) ||
    Number(b.isOwn) - Number(a.isOwn) ||
    Number(a.posting.textIsCut) - Number(b.posting.textIsCut) ||
    Number(b.posting.company !== null) - Number(a.posting.company !== null) ||
    b.posting.text.length - a.posting.text.length ||
    compare(a.ref, b.ref)
  );
}

/** The first of the best. */
function best(parts: readonly Part[], worth: (part: Part) => number): Part {
  return parts.reduce((one, other) => (worth(other) > worth(one) ? other : one));
}

/** The employer's own words before another's, both ends before one, a period before none; an estimate is the last resort. */
function payWorth({ posting: { pay, understood }, isOwn }: Part): number {
  if (pay === null) return 0;
  const told = (pay.min === null ? 0 : 1) + (pay.max === null ? 0 : 1);
  if (told === 0) return 1;
  if (pay.estimated) return 2;
  const isSure = understood?.pay?.flags.length === 0;
  return (
    10 + (pay.period === null ? 0 : 8) + (pay.currency === null ? 0 : 4) + told + (isOwn ? 4 : 0) + (isSure ? 2 : 0)
  );
}

/** The earliest date that a source states counts; a job that no source dates has the day of its first sight. */
function time({ posting }: Part): number {
  const stated = posting.statedAt?.getTime() ?? Number.NaN;
  return Number.isNaN(stated) ? Number.POSITIVE_INFINITY : stated;
}

function unique(texts: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const text of texts) {
    const name = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    if (!byName.has(name)) byName.set(name, text);
  }
  return [...byName.values()].slice(0, PLACES_MAX);
}

function uniquePlaces(parts: readonly Part[]): Place[] {
  const byName = new Map<string, Place>();
  for (const place of parts.flatMap(({ posting }) => posting.understood?.places ?? [])) {
    const name = `${place.city ?? ''}|${place.region ?? ''}|${place.country ?? ''}`.toLowerCase();
    if (!byName.has(name)) byName.set(name, place);
  }
  return [...byName.values()].slice(0, PLACES_MAX);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Makes of a stored job what is kept with an application. Texts of strangers are cut and cleaned, so that all of it fits the export. */
import { type FrozenAdvert, type SeenAdvert, TEXT_MAX } from './advert.ts';
import { keepable } from './text.ts';

/** The members of a job's stored list entry that are used here. */
export interface Card {
  readonly title: string;
  readonly company: string | null;
  readonly places: readonly string[];
  readonly workMode: string;
  readonly employment: readonly string[];
  readonly pay: {
    readonly raw: string;
    readonly min: number | null;
    readonly max: number | null;
    readonly currency: string | null;
    readonly period: string | null;
    readonly estimated: boolean;
  } | null;
  readonly url: string;
  readonly postedAt: string | null;
  readonly statedAt: string | null;
  readonly firstSeenAt: string | null;
}

export function seenOf(card: Card, state: SeenAdvert['state'], closedAt: string | null): SeenAdvert {
  const { pay } = card;
  return {
    title: cut(card.title, 2_000),
    company: card.company === null ? null : cut(card.company, 2_000),
    places: card.places.slice(0, 500).map((place) => cut(place, 1_000)),
    workMode: cut(card.workMode, 20),
    employment: card.employment.slice(0, 50).map((one) => cut(one, 100)),
    pay: pay && {
      raw: cut(pay.raw, 2_000),
      min: pay.min,
      max: pay.max,
      currency: pay.currency === null ? null : cut(pay.currency, 20),
      period: pay.period === null ? null : cut(pay.period, 20),
      estimated: pay.estimated,
    },
    url: cut(card.url, 10_000),
    state,
    closedAt: moment(closedAt),
    postedAt: moment(card.postedAt),
    statedAt: moment(card.statedAt),
    firstSeenAt: moment(card.firstSeenAt),
  };
}

interface Rest {
  readonly text: string;
  readonly textIsCut: boolean;
  readonly applyUrls: readonly string[];
  readonly foundAt: readonly { readonly source: string; readonly url: string }[];
}

export function frozenOf(seen: SeenAdvert, rest: Rest): FrozenAdvert {
  return {
    ...seen,
    applyUrls: rest.applyUrls.slice(0, 50).map((url) => cut(url, 10_000)),
    text: cut(rest.text, TEXT_MAX),
    textIsCut: rest.textIsCut || rest.text.length > TEXT_MAX,
    foundAt: rest.foundAt.slice(0, 100).map(({ source, url }) => ({ source: cut(source, 100), url: cut(url, 10_000) })),
  };
}

/** Not in the middle of a character. */
function cut(value: string, max: number): string {
  return keepable(value).slice(0, max).toWellFormed();
}

function moment(value: string | null): string | null {
  const time = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

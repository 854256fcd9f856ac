/**
 * The catalogue of sources: what every role may know of a source without knowing how it is read.
 * How it is read is in `worker/sources/<name>.ts`.
 */

/**
 * - `search`: answers words; what it does not list may still be open.
 * - `feed`: a rolling list of the newest; what left it may still be open.
 * - `board`: one employer's whole list; what a complete read does not list is gone.
 */
export type SourceKind = 'search' | 'feed' | 'board';

export interface SourceInfo {
  /** How people know it. */
  readonly label: string;
  readonly kind: SourceKind;
  /**
   * Our promise: nine of ten of its boards (or the source itself) were read in health within so many hours. Twice the longest
   * pause between two reads, which is a day; more where a quota allows less.
   */
  readonly freshWithinHours: number;
  /**
   * Within so many hours a newer posting appears in health, over all its boards together. Left out where weeks without one are
   * usual: searches for rare words, single careers pages.
   */
  readonly newestWithinHours?: number;
  /** Settings that must be set before it can be read; empty when it needs no key. */
  readonly keys: readonly string[];
  /** Settings that it can do without and that let it be asked more often. */
  readonly optionalKeys?: readonly string[];
  /**
   * Where its data comes from by default (scheme and host); `SOURCE_URL_<NAME>` replaces it. `{token}` stands for the board's
   * name at sources with a host for each employer; an address that replaces it has the name in its path instead.
   */
  readonly baseUrl: string;
  /** Where a person gets the key or reads about the API. */
  readonly homepage: string;
  /** What its terms ask every page that shows its postings to say and link. */
  readonly attribution: { readonly text: string; readonly url: string };
  /** Seconds between two reads at the least: what the source asks for, or what its quota bears. */
  readonly minIntervalS?: number;
  /** Requests of one unit that may be under way at once. */
  readonly concurrency: number;
  /** Pages that one unit reads at the most; an endless source ends here, as a partial read. */
  readonly pagesMax: number;
  /** What it may be asked by all workers of all hosts together; `SOURCE_BUDGET_<NAME>` replaces single figures. */
  readonly limits: SourceLimits;
}

/** `lifetime` is a key's: it never comes back, only another key has a new one. */
export const PERIODS = ['minute', 'hour', 'day', 'week', 'month', 'lifetime'] as const;
export type Period = (typeof PERIODS)[number];
/** Requests in any stretch of time that is so long. All of them hold at once. */
export type Ceilings = Readonly<Partial<Record<Period, number>>>;

export interface SourceLimits extends Rate {
  /** What the source says, in its documentation or to its customers. */
  readonly published?: Ceilings;
  /** What the source says nothing of, and we hold ourselves to. */
  readonly own?: Ceilings;
  /** Replaces `published` while one of `optionalKeys` is set. */
  readonly withOptionalKey?: Ceilings;
  /** For sources with a host for each employer: what each of these hosts may be asked, besides the source as a whole. */
  readonly perHost?: Rate;
  /** `<prefix>-remaining` and `<prefix>-reset` of every answer tell what is left of this period. */
  readonly quotaHeader?: { readonly prefix: string; readonly period: Period };
}

/** How fast, as no source publishes it for guests: our own measure of politeness. */
export interface Rate {
  /** Requests a second. */
  readonly pace?: number;
  /** Of them at once after a pause; as many as come in a second when it is missing. */
  readonly burst?: number;
  /** Requests under way at once. */
  readonly calls?: number;
}

export const SOURCES = {
  jsearch: {
    label: 'JSearch',
    kind: 'search',
    freshWithinHours: 72,
    newestWithinHours: 240,
    keys: ['JSEARCH_API_KEY'],
    baseUrl: 'https://jsearch.p.rapidapi.com',
    homepage: 'https://rapidapi.com/letscrape-6bRBa3QguO5/api/jsearch',
    attribution: { text: 'Found through JSearch', url: 'https://rapidapi.com/letscrape-6bRBa3QguO5/api/jsearch' },
    minIntervalS: 24 * 3600,
    concurrency: 1,
    pagesMax: 12,
    // The free plan (RapidAPI); a paid one is told by SOURCE_BUDGET_JSEARCH.
    limits: {
      published: { hour: 1000, month: 200 },
      pace: 1,
      calls: 1,
      quotaHeader: { prefix: 'x-ratelimit-requests', period: 'month' },
    },
  },
  adzuna: {
    label: 'Adzuna',
    kind: 'search',
    freshWithinHours: 48,
    newestWithinHours: 96,
    keys: ['ADZUNA_APP_ID', 'ADZUNA_APP_KEY'],
    baseUrl: 'https://api.adzuna.com',
    homepage: 'https://developer.adzuna.com',
    attribution: { text: 'Jobs by Adzuna', url: 'https://www.adzuna.com' },
    minIntervalS: 6 * 3600,
    concurrency: 2,
    pagesMax: 20,
    // https://developer.adzuna.com/docs/terms_of_service
    limits: { published: { minute: 25, day: 250, week: 1000, month: 2500 }, pace: 1, calls: 2 },
  },
  remoteok: {
    label: 'Remote OK',
    kind: 'feed',
    freshWithinHours: 48,
    newestWithinHours: 96,
    keys: [],
    baseUrl: 'https://remoteok.com',
    homepage: 'https://remoteok.com/api',
    attribution: { text: 'Remote OK', url: 'https://remoteok.com' },
    concurrency: 1,
    pagesMax: 1,
    limits: { own: { hour: 6 }, pace: 0.5, calls: 1 },
  },
  jobicy: {
    label: 'Jobicy',
    kind: 'search',
    freshWithinHours: 48,
    keys: [],
    baseUrl: 'https://jobicy.com',
    homepage: 'https://github.com/Jobicy/remote-jobs-api',
    attribution: { text: 'Found on Jobicy', url: 'https://jobicy.com' },
    minIntervalS: 3600,
    concurrency: 1,
    pagesMax: 8,
    // Asks not to be polled more than hourly; one reading is eight requests.
    limits: { own: { hour: 16, day: 200 }, pace: 1, calls: 1 },
  },
  remotive: {
    label: 'Remotive',
    kind: 'feed',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://remotive.com',
    homepage: 'https://github.com/remotive-com/remote-jobs-api',
    attribution: { text: 'Found on Remotive', url: 'https://remotive.com' },
    minIntervalS: 6 * 3600,
    concurrency: 1,
    pagesMax: 1,
    // https://github.com/remotive-com/remote-jobs-api
    limits: { published: { minute: 2, day: 4 }, pace: 0.5, calls: 1 },
  },
  workingnomads: {
    label: 'Working Nomads',
    kind: 'feed',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://www.workingnomads.com',
    homepage: 'https://www.workingnomads.com',
    attribution: { text: 'Found on Working Nomads', url: 'https://www.workingnomads.com' },
    concurrency: 1,
    pagesMax: 1,
    limits: { own: { hour: 6 }, pace: 0.5, calls: 1 },
  },
  arbeitnow: {
    label: 'Arbeitnow',
    kind: 'feed',
    freshWithinHours: 48,
    newestWithinHours: 96,
    keys: [],
    baseUrl: 'https://www.arbeitnow.com',
    homepage: 'https://www.arbeitnow.com/blog/job-board-api',
    attribution: { text: 'Found on Arbeitnow', url: 'https://www.arbeitnow.com' },
    minIntervalS: 3 * 3600,
    concurrency: 1,
    pagesMax: 50,
    limits: { own: { day: 500 }, pace: 1, calls: 1 },
  },
  himalayas: {
    label: 'Himalayas',
    kind: 'search',
    freshWithinHours: 48,
    keys: [],
    baseUrl: 'https://himalayas.app',
    homepage: 'https://himalayas.app/docs',
    attribution: { text: 'Found on Himalayas', url: 'https://himalayas.app' },
    minIntervalS: 12 * 3600,
    concurrency: 1,
    pagesMax: 40,
    // Has a limit and tells no figure; its data is renewed once a day.
    limits: { own: { day: 400 }, pace: 1, calls: 1 },
  },
  themuse: {
    label: 'The Muse',
    kind: 'search',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    optionalKeys: ['THEMUSE_API_KEY'],
    baseUrl: 'https://www.themuse.com',
    homepage: 'https://www.themuse.com/developers/api/v2',
    attribution: { text: 'Found on The Muse', url: 'https://www.themuse.com' },
    minIntervalS: 6 * 3600,
    concurrency: 1,
    pagesMax: 150,
    // https://www.themuse.com/developers/api/v2
    limits: {
      published: { hour: 500 },
      withOptionalKey: { hour: 3600 },
      pace: 2,
      calls: 1,
      quotaHeader: { prefix: 'x-ratelimit', period: 'hour' },
    },
  },
  usajobs: {
    label: 'USAJOBS',
    kind: 'search',
    freshWithinHours: 48,
    keys: ['USAJOBS_API_KEY', 'USAJOBS_EMAIL'],
    baseUrl: 'https://data.usajobs.gov',
    homepage: 'https://developer.usajobs.gov',
    attribution: { text: 'From USAJOBS', url: 'https://www.usajobs.gov' },
    concurrency: 1,
    pagesMax: 12,
    limits: { own: { day: 250 }, pace: 1, calls: 1 },
  },
  reed: {
    label: 'Reed',
    kind: 'search',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: ['REED_API_KEY'],
    baseUrl: 'https://www.reed.co.uk',
    homepage: 'https://www.reed.co.uk/developers/jobseeker',
    attribution: { text: 'Found on Reed.co.uk', url: 'https://www.reed.co.uk' },
    concurrency: 1,
    pagesMax: 14,
    limits: { own: { day: 250 }, pace: 1, calls: 1 },
  },
  findwork: {
    label: 'Findwork',
    kind: 'search',
    freshWithinHours: 48,
    keys: ['FINDWORK_API_KEY'],
    baseUrl: 'https://findwork.dev',
    homepage: 'https://findwork.dev/developers/',
    attribution: { text: 'Found on Findwork', url: 'https://findwork.dev' },
    concurrency: 1,
    pagesMax: 12,
    limits: { published: { minute: 60 }, own: { day: 250 }, pace: 1, calls: 1 },
  },
  jooble: {
    label: 'Jooble',
    kind: 'search',
    freshWithinHours: 336,
    keys: ['JOOBLE_API_KEY'],
    baseUrl: 'https://jooble.org',
    homepage: 'https://jooble.org/api/about',
    attribution: { text: 'Found on Jooble', url: 'https://jooble.org' },
    minIntervalS: 24 * 3600,
    concurrency: 1,
    pagesMax: 4,
    // A free key has 500 requests for its whole life: of our own accord they last four months.
    limits: { published: { lifetime: 500 }, own: { month: 125 }, pace: 1, calls: 1 },
  },
  hackernews: {
    label: 'Hacker News',
    kind: 'feed',
    freshWithinHours: 48,
    newestWithinHours: 960,
    keys: [],
    baseUrl: 'https://hn.algolia.com',
    homepage: 'https://hn.algolia.com/api',
    attribution: { text: 'From "Who is hiring?" on Hacker News', url: 'https://news.ycombinator.com' },
    concurrency: 1,
    pagesMax: 1,
    limits: { own: { hour: 100 }, pace: 1, calls: 1 },
  },
  greenhouse: {
    label: 'Greenhouse',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://boards-api.greenhouse.io',
    homepage: 'https://developers.greenhouse.io/job-board.html',
    attribution: { text: "From the employer's Greenhouse board", url: 'https://www.greenhouse.com' },
    concurrency: 2,
    pagesMax: 1,
    limits: { pace: 5, calls: 8 },
  },
  lever: {
    label: 'Lever',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://api.lever.co',
    homepage: 'https://github.com/lever/postings-api',
    attribution: { text: "From the employer's Lever board", url: 'https://www.lever.co' },
    concurrency: 2,
    pagesMax: 50,
    limits: { pace: 2, calls: 4 },
  },
  ashby: {
    label: 'Ashby',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://api.ashbyhq.com',
    homepage: 'https://developers.ashbyhq.com',
    attribution: { text: "From the employer's Ashby board", url: 'https://www.ashbyhq.com' },
    concurrency: 2,
    pagesMax: 1,
    // Whole boards, which it is slow to make.
    limits: { pace: 3, calls: 4 },
  },
  workable: {
    label: 'Workable',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://apply.workable.com',
    homepage: 'https://www.workable.com',
    attribution: { text: "From the employer's Workable page", url: 'https://www.workable.com' },
    concurrency: 1,
    pagesMax: 1,
    // One host for all employers that answers 429 for hours.
    limits: { pace: 0.5, calls: 1 },
  },
  recruitee: {
    label: 'Recruitee',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://{token}.recruitee.com',
    homepage: 'https://recruitee.com',
    attribution: { text: "From the employer's Recruitee site", url: 'https://recruitee.com' },
    concurrency: 1,
    pagesMax: 1,
    limits: { pace: 5, calls: 8, perHost: { pace: 2, calls: 2 } },
  },
  personio: {
    label: 'Personio',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://{token}.jobs.personio.de',
    homepage: 'https://developer.personio.de',
    attribution: { text: "From the employer's Personio site", url: 'https://www.personio.com' },
    concurrency: 1,
    pagesMax: 2,
    limits: { pace: 5, calls: 8, perHost: { pace: 2, calls: 2 } },
  },
  teamtailor: {
    label: 'Teamtailor',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://{token}.teamtailor.com',
    homepage: 'https://www.teamtailor.com',
    attribution: { text: "From the employer's Teamtailor site", url: 'https://www.teamtailor.com' },
    concurrency: 1,
    pagesMax: 20,
    limits: { pace: 5, calls: 8, perHost: { pace: 2, calls: 2 } },
  },
  jsonld: {
    label: 'Careers page',
    kind: 'board',
    freshWithinHours: 48,
    keys: [],
    baseUrl: 'https://{token}',
    homepage: 'https://schema.org/JobPosting',
    attribution: { text: "From the employer's careers page", url: 'https://schema.org/JobPosting' },
    concurrency: 1,
    pagesMax: 1,
    // Sites that have nothing to do with each other; a page comes after two small files that say whether it may be read.
    limits: { calls: 16, perHost: { pace: 0.5, burst: 3, calls: 1 } },
  },
  smartrecruiters: {
    label: 'SmartRecruiters',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://api.smartrecruiters.com',
    homepage: 'https://developers.smartrecruiters.com',
    attribution: { text: "From the employer's SmartRecruiters page", url: 'https://www.smartrecruiters.com' },
    concurrency: 2,
    pagesMax: 50,
    // Tells customers 10 requests a second and 8 at once; half of that for a guest.
    limits: { pace: 5, calls: 8 },
  },
  bamboohr: {
    label: 'BambooHR',
    kind: 'board',
    freshWithinHours: 48,
    newestWithinHours: 240,
    keys: [],
    baseUrl: 'https://{token}.bamboohr.com',
    homepage: 'https://www.bamboohr.com',
    attribution: { text: "From the employer's BambooHR site", url: 'https://www.bamboohr.com' },
    concurrency: 2,
    pagesMax: 1,
    limits: { pace: 5, calls: 8, perHost: { pace: 2, calls: 2 } },
  },
} as const satisfies Record<string, SourceInfo>;

export type SourceName = keyof typeof SOURCES;
export const SOURCE_NAMES = Object.keys(SOURCES) as SourceName[];

/** Names of all settings that are keys of sources. */
export const SOURCE_KEYS: readonly string[] = SOURCE_NAMES.flatMap((name) => {
  const { keys, optionalKeys = [] } = sourceInfo(name);
  return [...keys, ...optionalKeys];
});

export function isSourceName(text: string): text is SourceName {
  return Object.hasOwn(SOURCES, text);
}

export function sourceInfo(name: SourceName): SourceInfo {
  return SOURCES[name];
}

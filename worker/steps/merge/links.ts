/**
 * What a link proves. An applicant tracking system (ATS) gives each opening a number, and it stands in every link to it,
 * whichever site shows the link. Other links are compared without what only tells where the visitor came from.
 */

export interface Links {
  /** "greenhouse:9000001001", "lever:<uuid>", "workday:acme:R-12345": one opening of one employer. */
  readonly ids: readonly string[];
  /** `ids` of the employers' own systems, with the employer before the number: two of one employer that differ are two openings. */
  readonly openings: readonly Opening[];
  /** Links to one page about one opening, without tracking: equal means the same page. */
  readonly pages: readonly string[];
}

export interface Opening {
  /** "greenhouse/acme", or "greenhouse/" where the link does not say whose it is. */
  readonly owner: string;
  readonly id: string;
}

const URLS_MAX = 20;
const URL_LENGTH_MAX = 2000;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Numbers are unique in the whole system (`global`) or only beside the employer's name. */
interface Form {
  readonly name: string;
  readonly host: RegExp;
  /** Tried on path and query, as "/path?query"; groups `id` and perhaps `owner`. */
  readonly path: RegExp;
  readonly global: boolean;
  /** Which part of the host names the employer, where the path does not. */
  readonly owner?: RegExp;
  /** A place where others advertise: its numbers name an advert and not the employer's opening. */
  readonly market?: boolean;
}

/** Forms of links as the systems write them; each is seen in public postings. */
const FORMS: readonly Form[] = [
  {
    name: 'greenhouse',
    host: /(^|\.)greenhouse\.io$/,
    path: /^\/embed\/job_app\?(?:.*&)?for=(?<owner>[\w-]+)(?:&.*)?&token=(?<id>\d{4,})/i,
    global: true,
  },
  {
    name: 'greenhouse',
    host: /(^|\.)greenhouse\.io$/,
    path: /^(?:\/embed)?\/(?:v1\/boards\/)?(?<owner>[\w-]+)\/jobs\/(?<id>\d{4,})/i,
    global: true,
  },
  { name: 'greenhouse', host: /./, path: /[?&](?:gh_jid|token)=(?<id>\d{6,})/i, global: true },
  {
    name: 'lever',
    host: /(^|\.)lever\.co$/,
    path: new RegExp(`^/(?:v0/postings/)?(?<owner>[^/]+)/(?<id>${UUID})`, 'i'),
    global: true,
  },
  {
    name: 'ashby',
    host: /(^|\.)ashbyhq\.com$/,
    path: new RegExp(`^/(?<owner>[^/]+)/(?:form/|application/)?(?<id>${UUID})`, 'i'),
    global: true,
  },
  { name: 'ashby', host: /./, path: new RegExp(`[?&]ashby_jid=(?<id>${UUID})`, 'i'), global: true },
  {
    name: 'smartrecruiters',
    host: /(^|\.)smartrecruiters\.com$/,
    path: /^\/(?:v1\/companies\/)?(?<owner>[^/]+)\/(?:postings\/)?(?<id>\d{9,})/i,
    global: true,
  },
  {
    name: 'workable',
    host: /(^|\.)workable\.com$/,
    path: /^\/(?:(?<owner>[^/]+)\/)?j(?:obs)?\/(?<id>[0-9A-F]{10})\b/i,
    global: true,
  },
  {
    name: 'recruitee',
    host: /\.recruitee\.com$/,
    owner: /^([^.]+)\./,
    path: /^(?:\/[a-z]{2})?\/o\/(?<id>[\w-]+)/i,
    global: false,
  },
  {
    name: 'personio',
    host: /\.jobs\.personio\.(?:de|com)$/,
    owner: /^([^.]+)\./,
    path: /^\/job\/(?<id>\d+)/i,
    global: false,
  },
  {
    name: 'teamtailor',
    host: /\.teamtailor\.com$/,
    owner: /^([^.]+)\./,
    path: /^(?:\/[a-z-]{2,5})?\/jobs\/(?<id>\d+)/i,
    global: true,
  },
  {
    name: 'bamboohr',
    host: /\.bamboohr\.com$/,
    owner: /^([^.]+)\./,
    path: /^\/(?:careers|jobs)\/(?:view\.php\?id=)?(?<id>\d+)/i,
    global: false,
  },
  {
    name: 'workday',
    host: /\.myworkday(?:jobs|site)\.com$/,
    owner: /^([^.]+)\./,
    path: /_(?<id>[A-Z]{0,4}-?\d{3,}(?:-\d{4,})?)(?:-\d{1,2})?(?:\/apply.*)?\/?(?:\?|$)/i,
    global: false,
  },
  {
    name: 'icims',
    host: /\.icims\.com$/,
    owner: /^(?:[a-z]+-)?([^.]+)\.icims/,
    path: /^\/jobs\/(?<id>\d+)/i,
    global: false,
  },
  {
    name: 'jobvite',
    host: /(^|\.)jobvite\.com$/,
    path: /^\/(?:careers\/)?(?<owner>[^/]+)\/job\/(?<id>o[\w]{5,})/i,
    global: false,
  },
  { name: 'breezy', host: /\.breezy\.hr$/, owner: /^([^.]+)\./, path: /^\/p\/(?<id>[0-9a-f]{8,})/i, global: true },
  {
    name: 'jazz',
    host: /\.applytojob\.com$/,
    owner: /^([^.]+)\./,
    path: /^\/apply\/(?:jobs\/details\/)?(?<id>\w{8,})/i,
    global: true,
  },
  {
    name: 'rippling',
    host: /^ats\.rippling\.com$/,
    path: new RegExp(`^/(?:[a-z]{2}-[A-Z]{2}/)?(?<owner>[^/]+)/jobs/(?<id>${UUID})`, 'i'),
    global: true,
  },
  {
    name: 'ukg',
    host: /\.ultipro\.com$|\.ukg\.net$/,
    path: new RegExp(`opportunityId=(?<id>${UUID})`, 'i'),
    global: true,
  },
  { name: 'paylocity', host: /(^|\.)paylocity\.com$/, path: /\/jobs\/details\/(?<id>\d+)/i, global: true },
  {
    name: 'taleo',
    host: /\.taleo\.net$/,
    owner: /^([^.]+)\./,
    path: /[?&](?:job|rid)=(?<id>\w{3,})/i,
    global: false,
  },
  {
    name: 'oracle',
    host: /\.oraclecloud\.com$/,
    owner: /^([^.]+)\./,
    path: /\/job\/(?<id>\w{3,})/i,
    global: false,
  },
  {
    name: 'usajobs',
    host: /(^|\.)usajobs\.gov$/,
    path: /\/(?:job|GetJob\/ViewDetails)\/(?<id>\d{6,})/i,
    global: true,
  },
  {
    name: 'linkedin',
    host: /(^|\.)linkedin\.com$/,
    path: /\/jobs\/view\/(?:[^/?]*-)?(?<id>\d{8,})/i,
    global: true,
    market: true,
  },
  { name: 'indeed', host: /(^|\.)indeed\.[a-z.]+$/, path: /[?&]jk=(?<id>[0-9a-f]{16})/i, global: true, market: true },
  {
    name: 'glassdoor',
    host: /(^|\.)glassdoor\.[a-z.]+$/,
    path: /[?&](?:jl|jobListingId)=(?<id>\d{6,})/i,
    global: true,
    market: true,
  },
  {
    name: 'dice',
    host: /(^|\.)dice\.com$/,
    path: new RegExp(`/job-detail/(?<id>${UUID})`, 'i'),
    global: true,
    market: true,
  },
  {
    name: 'ziprecruiter',
    host: /(^|\.)ziprecruiter\.[a-z.]+$/,
    path: /[?&]jid=(?<id>[0-9a-f]{12,})/i,
    global: true,
    market: true,
  },
  { name: 'adzuna', host: /(^|\.)adzuna\.[a-z.]+$/, path: /\/ad\/(?<id>\d+)/i, global: true, market: true },
  { name: 'reed', host: /(^|\.)reed\.co\.uk$/, path: /\/(?<id>\d{6,})(?:\?|$)/i, global: true, market: true },
  {
    name: 'stepstone',
    host: /(^|\.)stepstone\.[a-z.]+$/,
    path: /--(?<id>\d{6,})/i,
    global: true,
    market: true,
  },
];

/** Parameters that tell where a visitor came from. */
const TRACKING =
  /^(?:utm_\w*|gh_src|ref|refid|referr?er|source|src|sourceid|trk\w*|tracking\w*|fbclid|gclid|msclkid|mc_\w+|lever-\w+|iis\w*|rx_\w+|jobboard\w*|board|channel|campaign|from|via|share\w*|lang|locale|hl|se|v|ckey|rgn|pos|partner\w*|publisher|bid|cid|aff\w*|_\w+|codes|jr_id|jobpipeline\w*|apply|mode|step|sid|session\w*)$/i;
/** Last parts of a path that lead to a form about the page before them. */
const FORM_PART =
  /^(?:apply(?:-now)?|application|c|new|bewerben|postuler|job|jobs|login|start|form|thanks|index\.\w+)$/i;
/** Hosts whose pages are lists, redirects that expire, or whose path never names one opening. */
const OPAQUE_HOST = /(^|\.)(?:google|bing|facebook|twitter|x|t|bit|lnkd)\.[a-z]{2,3}$|^news\.ycombinator\.com$/;

/** @param urls links of one posting, in any order; what is no link counts for nothing */
export function linksOf(urls: readonly (string | null)[]): Links {
  const ids = new Set<string>();
  const pages = new Set<string>();
  const openings = new Map<string, Opening>();
  for (const text of urls.slice(0, URLS_MAX)) {
    if (text === null || text.length > URL_LENGTH_MAX || !URL.canParse(text)) continue;
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') continue;
    const found = formOf(url);
    if (found === undefined) {
      const page = pageOf(url);
      if (page !== undefined) pages.add(page);
      continue;
    }
    ids.add(found.id);
    if (found.opening !== undefined) openings.set(found.id, found.opening);
  }
  return { ids: [...ids].sort(), openings: [...openings.values()].sort(byId), pages: [...pages].sort() };
}

const byId = (a: Opening, b: Opening) => (a.id < b.id ? -1 : 1);

function formOf(url: URL): { id: string; opening: Opening | undefined } | undefined {
  const host = url.hostname.toLowerCase().replace(/^www\./, '');
  const path = `${url.pathname}${url.search}`;
  for (const form of FORMS) {
    if (!form.host.test(host)) continue;
    const groups = form.path.exec(path)?.groups;
    if (groups?.id === undefined) continue;
    const id = groups.id.toLowerCase();
    const owner = (groups.owner ?? (form.owner === undefined ? '' : (form.owner.exec(host)?.[1] ?? ''))).toLowerCase();
    const full = form.global ? `${form.name}:${id}` : `${form.name}:${owner}:${id}`;
    const opening = form.market === true ? undefined : { owner: `${form.name}/${owner}`, id: full };
    return { id: full, opening };
  }
  return undefined;
}

/** The page without tracking, when it is about one thing: a number, an id, or a name of at least three words in its path. */
function pageOf(url: URL): string | undefined {
  const host = url.hostname.toLowerCase().replace(/^(?:www|m)\./, '');
  if (OPAQUE_HOST.test(host)) return undefined;
  const parts = url.pathname.split('/').filter(Boolean);
  while (parts.length > 1 && FORM_PART.test(parts.at(-1) ?? '')) parts.pop();
  const kept = [...url.searchParams].filter(([name, value]) => !TRACKING.test(name) && /\d{3}/.test(value));
  const path = parts.map((part) => part.toLowerCase()).join('/');
  if (kept.length === 0 && !parts.some(isSpecific)) return undefined;
  const query = kept
    .map(([name, value]) => `${name.toLowerCase()}=${value}`)
    .sort()
    .join('&');
  return `${host}/${path}${query === '' ? '' : `?${query}`}`;
}

function isSpecific(part: string): boolean {
  return /\d{4,}/.test(part) || /[0-9a-f]{8}-[0-9a-f]{4}/i.test(part) || /^[^-_]+(?:[-_]+[^-_]+){2,}$/.test(part);
}

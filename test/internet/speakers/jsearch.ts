import { placeText, plainText, slug } from '../demo/advert.ts';
import { type Speaker, search } from '../speaker.ts';

const ROWS_PER_PAGE = 10;

/** JSearch behind RapidAPI's gateway, both generations: `/search` with page numbers, `/search-v2` with cursors. */
export const jsearch: Speaker = {
  paged: true,
  understand({ url, headers }) {
    if (!['/search', '/search-v2'].includes(url.pathname)) {
      return { status: 404, body: { message: `Endpoint '${url.pathname}' does not exist` } };
    }
    if (!headers['x-rapidapi-key'] || headers['x-rapidapi-host'] !== 'jsearch.p.rapidapi.com') {
      return {
        status: 401,
        body: { message: 'Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info.' },
      };
    }
    const query = url.searchParams.get('query');
    if (!query) return { status: 400, body: { status: 'ERROR', error: { message: 'Missing query', code: 400 } } };
    const cursor = url.searchParams.get('cursor');
    const page = cursor === null ? Number(url.searchParams.get('page') ?? 1) - 1 : pageOfCursor(cursor);
    if (!Number.isInteger(page) || page < 0) return { status: 400, body: { message: 'Invalid page' } };
    return { board: '*', page, rowsPerPage: ROWS_PER_PAGE, fits: search(query, ['job_title', 'job_description']) };
  },
  answer({ rows, next }, { url }) {
    const head = {
      status: 'OK',
      request_id: `00000000-0000-4000-8000-${String(Date.now()).slice(-12)}`,
      parameters: Object.fromEntries(url.searchParams),
    };
    if (url.pathname === '/search') return { ...head, data: rows };
    return { ...head, data: { jobs: rows, ...(next === undefined ? {} : { cursor: cursorOf(next) }) } };
  },
  noBoard: { status: 404, body: { message: 'Endpoint does not exist' } },
  noise(row, serial) {
    const options = Array.isArray(row.apply_options) ? row.apply_options : null;
    return {
      ...row,
      job_posted_at: `${serial} hours ago`,
      job_google_link: `https://www.google.com/search?q=jobs&gl=us#vhid=${serial}`,
      apply_options: options === null ? null : Math.floor(serial / 2) % 2 === 0 ? options : options.toReversed(),
    };
  },
  renumber: (row, number) => ({ ...row, job_id: Buffer.from(`job ${number}`).toString('base64') }),
  write(advert) {
    const ownLink = `https://boards.greenhouse.io/${advert.token}/jobs/${9_100_000_000 + advert.number}?gh_src=google`;
    const link = `https://jobs.example.net/view/${slug(advert.title)}-${advert.number}?utm_source=google_jobs_apply`;
    const remote = advert.mode === 'remote';
    return {
      job_id: Buffer.from(`demo-${advert.number}`).toString('base64'),
      job_title: advert.title,
      employer_name: advert.company.replaceAll('&', '&amp;'),
      employer_logo: null,
      employer_website: null,
      job_publisher: 'Example Jobs',
      job_employment_type: advert.employment === 'contract' ? 'Contractor' : 'Full-time',
      job_employment_types: [advert.employment === 'contract' ? 'CONTRACTOR' : 'FULLTIME'],
      job_apply_link: link,
      job_apply_is_direct: false,
      apply_options: [
        { publisher: 'Example Jobs', apply_link: link, is_direct: false },
        { publisher: `${advert.company} Careers`, apply_link: ownLink, is_direct: true },
      ],
      job_description: plainText(advert),
      job_is_remote: remote ? true : advert.mode === 'hybrid' ? null : false,
      job_posted_at: '1 day ago',
      job_posted_at_timestamp: Math.floor(advert.publishedAt.getTime() / 86_400_000) * 86_400,
      job_posted_at_datetime_utc: new Date(
        Math.floor(advert.publishedAt.getTime() / 86_400_000) * 86_400_000,
      ).toISOString(),
      job_location: remote ? 'Anywhere' : placeText(advert.place),
      job_city: remote ? null : advert.place.city,
      job_state: remote ? null : advert.place.region,
      job_country: advert.place.country,
      job_benefits: null,
      job_google_link: 'https://www.google.com/search?q=jobs',
      job_salary: null,
      job_min_salary: advert.pay?.min ?? null,
      job_max_salary: advert.pay?.max ?? null,
      job_salary_period: advert.pay === undefined ? null : advert.pay.period.toUpperCase(),
      job_highlights: {},
    };
  },
};

function cursorOf(page: number): string {
  return Buffer.from(JSON.stringify({ p: page })).toString('base64url');
}

function pageOfCursor(cursor: string): number {
  try {
    return (JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { p: number }).p;
  } catch {
    return -1;
  }
}

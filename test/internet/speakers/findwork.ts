import { htmlText, slug } from '../demo/advert.ts';
import { type Speaker, search } from '../speaker.ts';

const ROWS_PER_PAGE = 100;

export const findwork: Speaker = {
  paged: true,
  understand({ url, headers }) {
    if (url.pathname !== '/api/jobs/') return { status: 404, body: { detail: 'Not found.' } };
    if (!/^Token \S+$/.test(headers.authorization ?? '')) {
      return { status: 401, body: { detail: 'Authentication credentials were not provided.' } };
    }
    const page = Number(url.searchParams.get('page') ?? 1) - 1;
    const fits = search(url.searchParams.get('search') ?? '', ['role', 'text', 'company_name']);
    return { board: '*', page, rowsPerPage: ROWS_PER_PAGE, fits };
  },
  answer({ rows, total, next }, { url }) {
    const query = new URLSearchParams(url.searchParams);
    query.set('page', String((next ?? 0) + 1));
    const link = next === undefined ? null : `https://findwork.dev/api/jobs/?${query}`;
    return { count: total, next: link, previous: null, results: rows };
  },
  noBoard: { status: 404, body: { detail: 'Not found.' } },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: 195_000 + number, url: `https://findwork.dev/jobs/${195_000 + number}/x` }),
  write: (advert) => ({
    id: 180_000 + advert.number,
    role: advert.title,
    company_name: advert.company,
    company_num_employees: null,
    employment_type: advert.number % 3 === 0 ? null : advert.employment.replace('_', ' '),
    location: advert.mode === 'remote' ? 'Remote' : advert.place.city,
    remote: advert.mode === 'remote',
    logo: null,
    url: `https://findwork.dev/jobs/${180_000 + advert.number}/${slug(`${advert.title} at ${advert.company}`)}`,
    text: htmlText(advert),
    date_posted: advert.publishedAt.toISOString().replace('.000Z', 'Z'),
    keywords: ['security'],
    source: 'Hn',
  }),
};

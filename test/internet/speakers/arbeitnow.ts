import { escapeHtml, htmlText, slug } from '../demo/advert.ts';
import { type Speaker, search } from '../speaker.ts';

const FEED = 'https://www.arbeitnow.com/api/job-board-api';

export const arbeitnow: Speaker = {
  paged: true,
  understand({ url }) {
    if (url.pathname !== '/api/job-board-api') return { status: 404, body: { message: 'Not Found' } };
    const page = Number(url.searchParams.get('page') ?? 1) - 1;
    const paid = url.searchParams.get('search');
    return { board: '*', page, rowsPerPage: 100, ...(paid === null ? {} : { fits: search(paid, ['title']) }) };
  },
  answer: ({ rows, next }, { url }) => ({
    data: rows,
    links: {
      first: `${FEED}?page=1`,
      last: null,
      prev: null,
      // Somebody paid for that word: whoever follows the link reads another list from here on.
      next: next === undefined ? null : `${FEED}?search=promoted&page=${next + 1}`,
    },
    meta: { current_page: Number(url.searchParams.get('page') ?? 1), per_page: 100, path: FEED },
  }),
  noBoard: { status: 404, body: { message: 'Not Found' } },
  noise: (row, serial) => ({
    ...row,
    tags: Array.isArray(row.tags) ? row.tags.map((tag) => `${String(tag).replace(/ \(\d+\)$/, '')} (${serial})`) : null,
  }),
  renumber: (row, number) => ({ ...row, slug: `posting-${number}`, url: `https://www.arbeitnow.com/jobs/${number}` }),
  write(advert) {
    const name = `${slug(advert.title)}-${980_000 + advert.number}`;
    return {
      slug: name,
      company_name: advert.number % 2 === 0 ? advert.company.toLowerCase() : advert.company,
      title: advert.title,
      description: advert.number % 3 === 0 ? htmlText(advert) : escapeHtml(htmlText(advert)),
      remote: advert.mode === 'remote',
      url: `https://www.arbeitnow.com/jobs/companies/${slug(advert.company)}/${name}`,
      tags: ['IT'],
      job_types: advert.number % 2 === 0 ? ['Full Time'] : [],
      location: advert.place.city,
      created_at: Math.floor(advert.publishedAt.getTime() / 1000),
    };
  },
};

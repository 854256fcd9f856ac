import { countryName, htmlText } from '../demo/advert.ts';
import type { Speaker } from '../speaker.ts';

export const workingnomads: Speaker = {
  paged: false,
  understand({ url }) {
    if (url.pathname !== '/api/exposed_jobs/') return { status: 404, body: { detail: 'Not found.' } };
    return { board: '*', page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer: ({ rows }) => rows,
  noBoard: { status: 404, body: { detail: 'Not found.' } },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, url: `https://www.workingnomads.com/job/go/${1_995_000 + number}/` }),
  write: (advert) => ({
    url: `https://www.workingnomads.com/job/go/${1_980_000 + advert.number}/`,
    title: advert.title,
    description: htmlText(advert),
    company_name: advert.company,
    category_name: advert.department,
    tags: 'security,service desk',
    location: advert.number % 2 === 0 ? 'Global' : `REMOTE, ${countryName(advert.place)}`,
    pub_date: `${new Date(advert.publishedAt.getTime() - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`,
  }),
};

import { countryName, htmlText, slug } from '../demo/advert.ts';
import type { Speaker } from '../speaker.ts';

/** Remotive has parameters and ignores them: whatever is asked for, everything comes. */
export const remotive: Speaker = {
  paged: false,
  understand({ url }) {
    if (url.pathname !== '/api/remote-jobs') return { status: 404, body: { error: 'not found' } };
    return { board: '*', page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer: ({ rows, total }) => ({
    '0-legal-notice': 'Remotive API Legal Notice',
    '00-warning': 'made up',
    'job-count': total,
    'total-job-count': total,
    jobs: rows,
  }),
  noBoard: { status: 404, body: { error: 'not found' } },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: 2_995_000 + number, url: `https://remotive.com/remote-jobs/x-${number}` }),
  write: (advert) => ({
    id: 2_980_000 + advert.number,
    url: `https://remotive.com/remote-jobs/all-others/${slug(advert.title)}-${2_980_000 + advert.number}`,
    title: advert.title,
    company_name: advert.company,
    company_logo: null,
    category: 'All others',
    tags: ['security'],
    job_type: advert.employment,
    publication_date: advert.publishedAt.toISOString().slice(0, 19),
    candidate_required_location: advert.number % 2 === 0 ? 'Worldwide' : `${countryName(advert.place)} Only`,
    salary: advert.pay?.period === 'year' ? `$${advert.pay.min / 1000}k - $${advert.pay.max / 1000}k` : '',
    description: htmlText(advert),
    company_logo_url: null,
  }),
};

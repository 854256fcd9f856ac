import { countryName, htmlText, slug } from '../demo/advert.ts';
import { type Speaker, search } from '../speaker.ts';

export const jobicy: Speaker = {
  paged: false,
  understand({ url }) {
    if (url.pathname !== '/api/v2/remote-jobs') return { status: 404 };
    const unknown = [...url.searchParams.keys()].some((name) => !['count', 'geo', 'industry', 'tag'].includes(name));
    if (unknown) return { status: 400, body: { message: 'Unknown parameter' } };
    const count = Math.min(100, Number(url.searchParams.get('count') ?? 100));
    const tag = url.searchParams.get('tag') ?? '';
    return { board: '*', page: 0, rowsPerPage: count, fits: search(tag, ['jobTitle', 'jobDescription']) };
  },
  answer: ({ rows }) => ({ apiVersion: '2', friendlyNotice: 'made up', jobCount: rows.length, jobs: rows }),
  noBoard: { status: 404 },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: 160_000 + number, url: `https://jobicy.com/jobs/${160_000 + number}` }),
  write: (advert) => ({
    id: 170_000 + advert.number,
    url: `https://jobicy.com/jobs/${170_000 + advert.number}-${slug(advert.title)}`,
    jobSlug: `${170_000 + advert.number}-${slug(advert.title)}`,
    jobTitle: advert.title.replaceAll('&', '&#038;'),
    companyName: advert.company.replaceAll('&', '&amp;'),
    jobIndustry: ['DevOps &amp; Infrastructure'],
    jobType: [advert.employment === 'contract' ? 'Contract' : 'Full-Time'],
    jobGeo: countryName(advert.place),
    jobLevel: 'Any',
    jobExcerpt: `${advert.intro}What you’ll do…`,
    jobDescription: htmlText(advert),
    pubDate: advert.publishedAt.toISOString().replace('.000Z', '+00:00'),
    ...(advert.pay === undefined
      ? {}
      : {
          salaryMin: advert.pay.min,
          salaryMax: advert.pay.max,
          salaryCurrency: advert.place.currency,
          salaryPeriod: `${advert.pay.period}ly`,
        }),
  }),
};

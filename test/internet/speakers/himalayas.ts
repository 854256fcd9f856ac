import { countryName, htmlText, slug } from '../demo/advert.ts';
import { type Speaker, search } from '../speaker.ts';

/** Whatever `limit` asks for. */
const ROWS_PER_PAGE = 20;

/** The search pages by `page` and ignores `offset`; browsing is the other way round and not played. */
export const himalayas: Speaker = {
  paged: true,
  understand({ url }) {
    if (url.pathname !== '/jobs/api/search') return { status: 404, body: { error: 'Not found' } };
    const page = Number(url.searchParams.get('page') ?? 1) - 1;
    const fits = search(url.searchParams.get('q') ?? '', ['title', 'description', 'excerpt']);
    return { board: '*', page, rowsPerPage: ROWS_PER_PAGE, fits };
  },
  answer: ({ rows, total }, { url }) => ({
    offset: (Number(url.searchParams.get('page') ?? 1) - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
    totalCount: total,
    jobs: rows,
  }),
  noBoard: { status: 404, body: { error: 'Not found' } },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    guid: `https://himalayas.app/companies/x/jobs/${number}`,
    applicationLink: `https://himalayas.app/companies/x/jobs/${number}`,
  }),
  write(advert) {
    const page = `https://himalayas.app/companies/${slug(advert.company)}/jobs/${slug(advert.title)}-${advert.number}`;
    return {
      title: advert.title,
      excerpt: advert.intro,
      companyName: advert.company,
      companySlug: slug(advert.company),
      employmentType: advert.employment === 'contract' ? 'Contractor' : 'Full Time',
      minSalary: advert.pay?.min ?? null,
      maxSalary: advert.pay?.max ?? null,
      salaryPeriod: advert.pay === undefined ? null : `${advert.pay.period}ly`,
      seniority: ['Senior'],
      currency: advert.pay === undefined ? null : advert.place.currency,
      locationRestrictions: advert.number % 3 === 0 ? [] : [countryName(advert.place)],
      timezoneRestrictions: [],
      categories: ['Security-Engineer'],
      parentCategories: [],
      description: htmlText(advert),
      pubDate: Math.floor(advert.publishedAt.getTime() / 1000),
      expiryDate: Math.floor(advert.publishedAt.getTime() / 1000) + 30 * 86_400,
      applicationLink: page,
      guid: page,
    };
  },
};

import { countryName, htmlText } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

const NOT_FOUND = { status: 404, body: { message: 'Not found', errors: [] } };

/** A row's `detail` is its own record; lists leave it out. */
export const smartrecruiters: Speaker = {
  paged: true,
  understand({ url }) {
    const [, board, id] = /^\/v1\/companies\/([^/]+)\/postings(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (board === undefined) return NOT_FOUND;
    const rowsPerPage = Math.min(100, Number(url.searchParams.get('limit') ?? 10));
    const page = Number(url.searchParams.get('offset') ?? 0) / rowsPerPage;
    if (id === undefined) return { board: decodeURIComponent(board), page, rowsPerPage };
    return {
      board: decodeURIComponent(board),
      page: 0,
      rowsPerPage: 1,
      detail: true,
      fits: (row) => String(row.id) === id,
    };
  },
  answer({ rows, total }, { url }) {
    const [row] = rows;
    if (!url.pathname.endsWith('/postings'))
      return { ...withoutDetail(row ?? {}), ...(row?.detail as Row | undefined) };
    const [limit, offset] = ['limit', 'offset'].map((name) => Number(url.searchParams.get(name) ?? 0));
    return { offset, limit, totalFound: total, content: rows.map(withoutDetail) };
  },
  noBoard: NOT_FOUND,
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: String(744_000_200_000_000 + number) }),
  write(advert) {
    const id = String(744_000_300_000_000 + advert.number);
    const { city, region, country } = advert.place;
    const page = `https://jobs.smartrecruiters.com/${advert.token}/${id}`;
    return {
      id,
      name: advert.title,
      refNumber: `REF${advert.number}`,
      company: { identifier: advert.token, name: advert.company },
      releasedDate: advert.publishedAt.toISOString(),
      location: {
        city,
        region,
        country: country.toLowerCase(),
        remote: advert.mode === 'remote',
        hybrid: advert.mode === 'hybrid',
        latitude: '48.1',
        longitude: '11.5',
        fullLocation: `${city}, ${region}, ${countryName(advert.place)}`,
      },
      department: advert.number % 3 === 0 ? {} : { id: '1', label: advert.department },
      typeOfEmployment:
        advert.employment === 'contract'
          ? { id: 'contract', label: 'Contract' }
          : { id: 'permanent', label: 'Full-time' },
      visibility: 'PUBLIC',
      ref: `https://api.smartrecruiters.com/v1/companies/${advert.token}/postings/${id}`,
      detail: {
        id,
        active: true,
        postingUrl: page,
        applyUrl: `${page}?oga=true`,
        jobAd: {
          sections: {
            companyDescription: { title: 'Company Description', text: '<p>A made-up company.</p>' },
            jobDescription: { title: 'Job Description', text: htmlText(advert) },
            qualifications: { title: 'Qualifications', text: '' },
            videos: { urls: [] },
          },
        },
        ...(advert.pay === undefined
          ? {}
          : {
              compensation: {
                salary: {
                  min: advert.pay.min,
                  max: advert.pay.max,
                  currency: advert.place.currency,
                  period: advert.pay.period,
                },
              },
            }),
      },
    };
  },
};

function withoutDetail(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'detail'));
}

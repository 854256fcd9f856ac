import { countryName, htmlText } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

/**
 * Each employer has a host; here its name is the first part of the path. A row's `detail` is its own record; lists leave it out.
 */
export const bamboohr: Speaker = {
  paged: false,
  understand({ url }) {
    const [, board, id] = /^\/([^/]+)\/careers\/(?:list|([^/]+)\/detail)$/.exec(url.pathname) ?? [];
    if (board === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' };
    if (id === undefined) return { board, page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
    return { board, page: 0, rowsPerPage: 1, detail: true, fits: (row) => String(row.id) === id };
  },
  answer({ rows, total }, { url }) {
    if (url.pathname.endsWith('/list')) return { meta: { totalCount: total }, result: rows.map(withoutDetail) };
    const [row = {}] = rows;
    return { meta: {}, result: { formFields: [], jobOpening: { ...withoutDetail(row), ...(row.detail as Row) } } };
  },
  // Who is not there is shown what BambooHR sells.
  noBoard: { status: 302, headers: { location: 'https://www.bamboohr.com/' } },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: String(9000 + number) }),
  write(advert) {
    const id = String(500 + advert.number);
    const { city, region } = advert.place;
    const remote = advert.mode === 'remote';
    return {
      id: advert.number % 3 === 0 ? Number(id) : id,
      jobOpeningName: advert.title,
      departmentId: '19001',
      departmentLabel: advert.department,
      employmentStatusLabel: advert.employment === 'contract' ? 'Contractor' : 'Full-Time',
      location: remote ? { city: null, state: null } : { city, state: region },
      atsLocation: remote
        ? { country: countryName(advert.place), state: null, province: region, city }
        : { country: null, state: null, province: null, city: null },
      isRemote: null,
      locationType: { onsite: '0', remote: '1', hybrid: '2' }[advert.mode],
      detail: {
        jobOpeningShareUrl: `https://${advert.token}.bamboohr.com/careers/${id}`,
        jobOpeningStatus: 'Open',
        location: remote
          ? { city: null, state: null }
          : { city, state: region, addressCountry: countryName(advert.place) },
        description: htmlText(advert),
        compensation:
          advert.pay === undefined ? null : `${advert.pay.min} - ${advert.pay.max} ${advert.place.currency}`,
        datePosted: advert.publishedAt.toISOString().slice(0, 10),
        minimumExperience: 'Experienced',
      },
    };
  },
};

function withoutDetail(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'detail'));
}

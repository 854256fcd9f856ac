import { countryName, escapeHtml, htmlText, placeText } from '../demo/advert.ts';
import { exactNumber, type Row, type Speaker } from '../speaker.ts';

export const greenhouse: Speaker = {
  paged: false,
  understand({ url }) {
    const [, board] = /^\/v1\/boards\/([^/]+)\/jobs$/.exec(url.pathname) ?? [];
    if (board === undefined) return { status: 404, body: { status: 404, error: 'Not found' } };
    return { board: decodeURIComponent(board), page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer({ rows, total }, { url }) {
    const whole = url.searchParams.get('content') === 'true';
    return { jobs: whole ? rows : rows.map(withoutContent), meta: { total } };
  },
  noBoard: { status: 404, body: { status: 404, error: 'Job not found' } },
  noise: (row, serial) => ({
    ...row,
    // Ids beyond 2^53 are numbers on the wire.
    id: exactNumber(row.id),
    updated_at: new Date(Date.UTC(2026, 0, 1) + serial * 60_000).toISOString(),
  }),
  renumber: (row, number) => ({
    ...row,
    id: 9_200_000_000 + number,
    absolute_url: `https://boards.greenhouse.io/examplecorp/jobs/${9_200_000_000 + number}`,
  }),
  write(advert) {
    const id = 9_100_000_000 + advert.number;
    const place = placeText(advert.place);
    return {
      absolute_url: `https://boards.greenhouse.io/${advert.token}/jobs/${id}`,
      data_compliance: [{ type: 'gdpr', requires_consent: false, retention_period: null }],
      internal_job_id: 8_100_000_000 + advert.number,
      location: {
        name: { remote: `Remote - US; ${place}`, hybrid: advert.number % 3 === 0 ? 'Hybrid' : place, onsite: place }[
          advert.mode
        ],
      },
      metadata: metadataOf(advert),
      id,
      updated_at: advert.publishedAt.toISOString(),
      requisition_id: `REQ-${advert.number}`,
      title: advert.number % 5 === 0 ? `${advert.title} ` : advert.title,
      company_name: advert.company,
      first_published: advert.publishedAt.toISOString().replace('.000Z', '-00:00'),
      application_deadline: null,
      language: 'en',
      content: advert.number % 11 === 0 ? htmlText(advert) : escapeHtml(htmlText(advert)),
      departments: [{ id: 4_000_001, name: advert.department, child_ids: [], parent_id: null }],
      offices: [
        {
          id: 1,
          name: advert.place.city,
          location: `${advert.place.city}, ${advert.place.region}, ${countryName(advert.place)}`,
          child_ids: [],
          parent_id: null,
        },
      ],
    };
  },
};

function metadataOf(advert: Parameters<Speaker['write']>[0]): Row[] | null {
  if (advert.number % 4 === 0) return null;
  const employment = advert.employment === 'contract' ? 'Contract' : 'Full-time';
  const fields: Row[] = [{ id: 2, name: 'Employment Type', value: employment, value_type: 'single_select' }];
  if (advert.pay?.period === 'year') {
    const value = { unit: advert.place.currency, min_value: `${advert.pay.min}.0`, max_value: `${advert.pay.max}.0` };
    fields.unshift({ id: 1, name: 'Salary Range', value, value_type: 'currency_range' });
  }
  return fields;
}

function withoutContent(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'content'));
}

import { htmlText, schemaOrgPay, slug, uuid } from '../demo/advert.ts';
import type { Speaker } from '../speaker.ts';

/** Each employer has a host; here its name is the first part of the path. */
export const teamtailor: Speaker = {
  paged: false,
  understand({ url }) {
    const [, board] = /^\/([^/]+)\/jobs\.json$/.exec(url.pathname) ?? [];
    if (board === undefined) return NOT_FOUND;
    return { board, page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer: ({ rows }) => ({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Ejemplo Telecom',
    home_page_url: 'https://ejemplotelecom.teamtailor.com/jobs',
    feed_url: 'https://ejemplotelecom.teamtailor.com/jobs.json',
    items: rows,
  }),
  noBoard: { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    id: uuid('7', number),
    url: `https://ejemplotelecom.teamtailor.com/jobs/${9_995_000 + number}`,
  }),
  write(advert) {
    const number = 9_980_000 + advert.number;
    const { city, region, country } = advert.place;
    const address = { '@type': 'PostalAddress', addressLocality: city, addressRegion: region, addressCountry: country };
    const remote = advert.mode === 'remote';
    const datePosted = advert.publishedAt.toISOString().replace('.000Z', '+00:00');
    return {
      id: uuid('8', advert.number),
      title: advert.title,
      url: `https://${advert.token}.teamtailor.com/jobs/${number}-${slug(advert.title)}`,
      date_published: datePosted,
      content_html: htmlText(advert),
      _jobposting: {
        '@context': 'http://schema.org/',
        '@type': 'JobPosting',
        title: advert.title,
        description: htmlText(advert),
        identifier: { '@type': 'PropertyValue', name: advert.company, value: number },
        datePosted,
        hiringOrganization: { '@type': 'Organization', name: advert.company },
        ...(advert.employment === 'contract' ? { employmentType: 'CONTRACTOR' } : { employmentType: 'FULL_TIME' }),
        jobLocation: remote ? [] : [{ '@type': 'Place', address }],
        ...(remote
          ? { jobLocationType: 'TELECOMMUTE', applicantLocationRequirements: [{ '@type': 'Country', name: country }] }
          : {}),
        ...schemaOrgPay(advert),
      },
    };
  },
};

const NOT_FOUND = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' };

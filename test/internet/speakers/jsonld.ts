import { htmlText, schemaOrgPay, slug } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

/** Careers pages of any host; here the host is the first part of the path. Each posting is wrapped in another way. */
export const jsonld: Speaker = {
  paged: false,
  contentType: 'text/html; charset=utf-8',
  understand({ url }) {
    return { board: url.pathname.slice(1) + url.search, page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer({ rows }) {
    const scripts = [{ '@context': 'https://schema.org', '@type': 'Organization', name: 'Example' }, ...rows.map(wrap)];
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Careers</title>
${scripts.map((json) => `<script type="application/ld+json">${asScript(json)}</script>`).join('\n')}
</head><body><h1>Careers</h1></body></html>`;
  },
  noBoard: { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not found</h1>' },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    identifier: { '@type': 'PropertyValue', name: 'Example Corp', value: `REQ-${5000 + number}` },
    url: `https://www.example.com/careers/${5000 + number}`,
  }),
  write(advert) {
    const { city, region, country } = advert.place;
    return {
      '@context': 'https://schema.org/',
      '@type': 'JobPosting',
      title: advert.title,
      description: htmlText(advert),
      identifier: { '@type': 'PropertyValue', name: advert.company, value: `REQ-${advert.number}` },
      datePosted: advert.publishedAt.toISOString().slice(0, 10),
      validThrough: '2026-12-31T00:00',
      employmentType: advert.employment === 'contract' ? 'CONTRACTOR' : 'FULL_TIME',
      hiringOrganization: { '@type': 'Organization', name: advert.company },
      jobLocation: {
        '@type': 'Place',
        address: { '@type': 'PostalAddress', addressLocality: city, addressRegion: region, addressCountry: country },
      },
      ...(advert.mode === 'remote' ? { jobLocationType: 'TELECOMMUTE' } : {}),
      ...schemaOrgPay(advert),
      url: `https://${advert.token}/${slug(advert.title)}-${advert.number}`,
    };
  },
};

function wrap(row: Row, i: number): unknown {
  if (i % 3 === 1) return { '@context': 'https://schema.org', '@graph': [{ '@type': 'WebPage' }, row] };
  return i % 3 === 2 ? [{ '@type': 'BreadcrumbList', itemListElement: [] }, row] : row;
}

/** The end of a script must not stand inside it. */
function asScript(json: unknown): string {
  return JSON.stringify(json).replaceAll('<', '\\u003c');
}

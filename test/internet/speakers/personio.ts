import { escapeHtml, htmlText } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

/**
 * Each employer has a host; here its name is the first part of the path. A row's `de` holds what its German version has
 * different.
 */
export const personio: Speaker = {
  paged: false,
  contentType: 'text/xml; charset=utf-8',
  understand({ url }) {
    const [, board] = /^\/([^/]+)\/xml$/.exec(url.pathname) ?? [];
    if (board === undefined || !['en', 'de'].includes(url.searchParams.get('language') ?? 'de')) return NOT_FOUND;
    return { board, page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer({ rows }, { url }) {
    const language = url.searchParams.get('language') ?? 'de';
    const positions = rows.map(({ de, ...row }) => ({ ...row, ...(language === 'de' ? (de as Row | undefined) : {}) }));
    return `<?xml version="1.0" encoding="UTF-8"?>\n${element('workzag-jobs', { position: positions })}\n`;
  },
  noBoard: { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Page not found</h1>' },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: 2_300_000 + number }),
  write(advert) {
    const texts = { jobDescriptions: { jobDescription: [{ name: 'Your role', value: htmlText(advert) }] } };
    const german = advert.number % 4 === 0;
    return {
      id: 2_200_000 + advert.number,
      subcompany: advert.company,
      office: advert.mode === 'remote' ? 'Remote' : advert.place.city,
      ...(advert.number % 5 === 0 ? { additionalOffices: { office: ['Berlin', 'Hamburg'] } } : {}),
      department: escapeHtml(advert.department),
      recruitingCategory: 'Professionals',
      name: `${escapeHtml(advert.title)} (m/w/d)`,
      ...(german ? { jobDescriptions: '', de: texts } : texts),
      employmentType: advert.employment === 'contract' ? 'freelance' : 'permanent',
      seniority: 'experienced',
      schedule: advert.number % 3 === 0 ? 'full-or-part-time' : 'full-time',
      keywords: 'IAM,Okta',
      createdAt: advert.publishedAt.toISOString().replace('.000Z', '+00:00'),
    };
  },
};

const NOT_FOUND = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Page not found</h1>' };

/** Lists are repeated elements, HTML stands in CDATA, and what is null is left out. */
function element(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => element(name, one)).join('\n');
  if (typeof value === 'object') {
    const children = Object.entries(value).map(([child, of]) => element(child, of));
    return `<${name}>\n${children.join('\n')}</${name}>`;
  }
  const text = String(value);
  return `<${name}>${text.includes('<') ? `\n<![CDATA[${text}]]>\n` : text}</${name}>`;
}

import { placeText, plainText } from '../demo/advert.ts';
import { exactNumber, type Speaker, search } from '../speaker.ts';

export const jooble: Speaker = {
  paged: true,
  understand({ url, method, headers, body }) {
    const [, key] = /^\/api\/([^/]+)$/.exec(url.pathname) ?? [];
    if (key === undefined) return { status: 404 };
    if (method !== 'POST' || !/^application\/json\b/.test(headers['content-type'] ?? '')) return { status: 405 };
    const { keywords, page = '1', ResultOnPage: rowsPerPage = 20 } = JSON.parse(body) as Record<string, unknown>;
    if (typeof keywords !== 'string' || typeof page !== 'string') return { status: 400 };
    const fits = search(keywords, ['title', 'snippet']);
    return { board: '*', page: Number(page) - 1, rowsPerPage: Number(rowsPerPage), fits };
  },
  answer: ({ rows, total }) => ({ totalCount: total, jobs: rows }),
  noBoard: { status: 404 },
  noise: (row, serial) => ({
    ...row,
    id: exactNumber(row.id),
    link: `${String(row.link).split('?')[0]}?ckey=iam&rgn=-1&pos=${serial}`,
  }),
  // Of 64 bits, and further apart from each other than a double can tell.
  renumber: (row, number) => ({ ...row, ...identity(7_000_000_000_000_000_000n + BigInt(number)) }),
  write: (advert) => ({
    title: advert.title.replace(/IAM/g, '<b>IAM</b>'),
    location: advert.mode === 'remote' ? 'Remote' : placeText(advert.place),
    snippet: `&nbsp;...${plainText(advert).replace(/\s+/g, ' ').slice(0, 200)}...&nbsp;`,
    salary: advert.pay?.period === 'year' ? `$${advert.pay.min / 1000}k - $${advert.pay.max / 1000}k` : '',
    source: 'example.org',
    type: advert.employment === 'contract' ? 'Contract' : 'Full-time',
    company: advert.number % 4 === 0 ? '' : advert.company,
    updated: `${advert.publishedAt.toISOString().slice(0, 19)}.1170000`,
    ...identity(-6_000_000_000_000_000_000n - BigInt(advert.number)),
  }),
};

function identity(id: bigint) {
  return { id: String(id), link: `https://jooble.org/desc/${id}` };
}

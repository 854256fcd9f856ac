import { htmlText, placeText, slug } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

const ROWS_PER_PAGE = 20;
const LEVELS = ['Entry Level', 'Mid Level', 'Senior Level', 'management'];

/** The Muse filters by category and level and takes no notice of any other parameter, misspelt or not. */
export const themuse: Speaker = {
  paged: true,
  understand({ url }) {
    if (url.pathname !== '/api/public/jobs') return { status: 404, body: { code: 404, error: 'Not found' } };
    const page = Number(url.searchParams.get('page') ?? Number.NaN);
    if (!Number.isInteger(page)) return { status: 400, body: { code: 400, error: 'Value `page` is required' } };
    if (page >= 100) return { status: 400, body: { code: 400, error: 'Value `page` is too high' } };
    const [categories, levels] = ['category', 'level'].map((name) => url.searchParams.getAll(name));
    const fits = (row: Row) => isOneOf(row.categories, categories) && isOneOf(row.levels, levels);
    return { board: '*', page, rowsPerPage: ROWS_PER_PAGE, fits };
  },
  answer: ({ rows, total }, { url }) => ({
    page: Number(url.searchParams.get('page')),
    page_count: Math.ceil(total / ROWS_PER_PAGE),
    items_per_page: ROWS_PER_PAGE,
    took: 14,
    timed_out: false,
    total,
    results: rows,
    aggregations: {},
  }),
  noBoard: { status: 404, body: { code: 404, error: 'Not found' } },
  noise: (row) => row,
  renumber: (row, number) => ({ ...row, id: 19_500_000 + number }),
  write(advert) {
    const level = LEVELS[advert.number % LEVELS.length];
    const place = { name: placeText(advert.place) };
    return {
      contents: htmlText(advert),
      name: advert.title,
      type: 'external',
      publication_date: advert.publishedAt.toISOString().replace('.000Z', 'Z'),
      short_name: slug(advert.title),
      model_type: 'jobs',
      id: 19_100_000 + advert.number,
      locations: advert.mode === 'remote' ? [{ name: 'Flexible / Remote' }, place] : [place],
      categories: [{ name: 'Software Engineering' }],
      levels: [{ name: level, short_name: level?.split(' ')[0]?.toLowerCase() }],
      tags: [],
      refs: {
        landing_page: `https://www.themuse.com/jobs/${slug(advert.company)}/${slug(advert.title)}-${advert.number}`,
      },
      company: { id: 90_000, short_name: slug(advert.company), name: advert.company },
    };
  },
};

function isOneOf(named: unknown, wanted: readonly string[] | undefined): boolean {
  if (wanted === undefined || wanted.length === 0) return true;
  return (named as readonly { name: string }[]).some(({ name }) => wanted.includes(name));
}

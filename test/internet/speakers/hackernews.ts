import { escapeHtml, placeText } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

const THREAD = 49_900_000;

/** Hacker News through Algolia: the newest threads of an account, and the tree of one thread. */
export const hackernews: Speaker = {
  paged: false,
  understand({ url }) {
    // Not for faults: they are for the request that brings adverts.
    if (url.pathname === '/api/v1/search_by_date') return { status: 200, body: { hits: threads(url), nbHits: 3 } };
    if (url.pathname !== `/api/v1/items/${THREAD}`) return { status: 404, body: { status: 404, error: 'Not Found' } };
    return { board: '*', page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer: ({ rows }) => ({
    id: THREAD,
    type: 'story',
    author: 'whoishiring',
    title: 'Ask HN: Who is hiring? (November 2026)',
    children: [...rows, { id: 49_909_999, type: 'comment', author: null, text: null, children: [] }],
  }),
  noBoard: { status: 404, body: { status: 404, error: 'Not Found' } },
  noise: (row, serial) => ({
    ...row,
    points: serial,
    children: [{ id: 49_990_000 + serial, type: 'comment', text: 'Do you sponsor visas?', children: [] }],
  }),
  renumber: (row, number) => ({ ...row, id: 49_950_000 + number }),
  write(advert): Row {
    const mode = { remote: 'REMOTE', hybrid: 'Hybrid', onsite: 'ONSITE' }[advert.mode];
    const header = [advert.company, advert.title, placeText(advert.place), mode].map(slashes).join(' | ');
    const seconds = Math.floor(advert.publishedAt.getTime() / 1000);
    return {
      id: 49_800_000 + advert.number,
      created_at: new Date(seconds * 1000).toISOString(),
      created_at_i: seconds,
      type: 'comment',
      author: 'somebody',
      title: null,
      url: null,
      text: `${header}<p>${[advert.intro, ...advert.duties, ...advert.needs].map(slashes).join('<p>')}`,
      points: null,
      parent_id: THREAD,
      story_id: THREAD,
      children: [],
      options: [],
    };
  },
};

/** The account opens three threads a second apart; a search by words would bring others. */
function threads(url: URL): Row[] {
  if (url.searchParams.get('tags') !== 'story,author_whoishiring') return [];
  const thread = (id: number, title: string) => ({ objectID: String(id), author: 'whoishiring', title });
  return [
    thread(THREAD + 2, 'Ask HN: Freelancer? Seeking freelancer? (November 2026)'),
    thread(THREAD + 1, 'Ask HN: Who wants to be hired? (November 2026)'),
    thread(THREAD, 'Ask HN: Who is hiring? (November 2026)'),
    thread(THREAD - 100_000, 'Ask HN: Who is hiring? (October 2026)'),
  ];
}

function slashes(text: string): string {
  return escapeHtml(text).replaceAll('/', '&#x2F;').replaceAll("'", '&#x27;');
}

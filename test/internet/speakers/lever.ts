import { escapeHtml, placeText, uuid } from '../demo/advert.ts';
import type { Speaker } from '../speaker.ts';

export const lever: Speaker = {
  paged: true,
  understand({ url }) {
    const [, board] = /^\/v0\/postings\/([^/]+)$/.exec(url.pathname) ?? [];
    if (board === undefined) return { status: 404, body: { ok: false, error: 'Document not found' } };
    if (url.searchParams.get('mode') !== 'json') {
      return { status: 200, headers: { 'content-type': 'text/html' }, body: "<div class='lever'>Open positions</div>" };
    }
    const limit = Number(url.searchParams.get('limit') ?? 0) || Number.POSITIVE_INFINITY;
    const skip = Number(url.searchParams.get('skip') ?? 0);
    return {
      board: decodeURIComponent(board),
      page: limit === Number.POSITIVE_INFINITY ? 0 : skip / limit,
      rowsPerPage: limit,
    };
  },
  answer: ({ rows }) => rows,
  noBoard: { status: 404, body: { ok: false, error: 'Document not found' } },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    id: uuid('2', number),
    hostedUrl: `https://jobs.lever.co/site/${uuid('2', number)}`,
  }),
  write(advert) {
    const id = uuid('3', advert.number);
    const hostedUrl = `https://jobs.lever.co/${advert.token}/${id}`;
    const place = placeText(advert.place);
    const items = (lines: readonly string[]) => lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
    return {
      additionalPlain: advert.closing,
      additional: `<div>${escapeHtml(advert.closing)}</div>`,
      categories: {
        commitment: advert.employment === 'contract' ? 'Contract' : 'Full-time',
        department: advert.department,
        location: place,
        team: advert.department,
        allLocations: advert.mode === 'remote' ? [place, `Remote - ${advert.place.region}`] : [place],
      },
      createdAt: advert.publishedAt.getTime(),
      descriptionPlain: advert.intro,
      description: `<div>${escapeHtml(advert.intro)}</div>`,
      id,
      lists: [
        { text: 'What you’ll do', content: items(advert.duties) },
        { text: 'What you bring', content: items(advert.needs) },
      ],
      text: advert.title,
      country: advert.number % 6 === 0 ? null : advert.place.country,
      workplaceType: advert.number % 8 === 0 ? 'unspecified' : advert.mode === 'onsite' ? 'on-site' : advert.mode,
      opening: `<div>${escapeHtml(advert.intro)}</div>`,
      openingPlain: advert.intro,
      descriptionBody: '',
      descriptionBodyPlain: '',
      hostedUrl,
      applyUrl: `${hostedUrl}/apply`,
      ...(advert.pay === undefined
        ? {}
        : {
            salaryRange: {
              currency: advert.place.currency,
              interval: advert.pay.period === 'year' ? 'per-year-salary' : 'per-hour-wage',
              min: advert.pay.min,
              max: advert.pay.max,
            },
          }),
    };
  },
};

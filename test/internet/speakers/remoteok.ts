import { htmlText, slug } from '../demo/advert.ts';
import type { Speaker } from '../speaker.ts';

const LEGAL =
  'API Terms of Service: Please link back (with follow, and without nofollow!) to the URL on Remote OK and mention Remote OK as a source.';

export const remoteok: Speaker = {
  paged: false,
  understand({ url, headers }) {
    if (url.pathname !== '/api') return { status: 404, body: { error: 'not found' } };
    // Nameless programs are sent around in circles.
    if (!headers['user-agent'] || /^curl|^node|^undici/i.test(headers['user-agent'])) {
      return { status: 302, headers: { location: '/remoteok/api' } };
    }
    return { board: '*', page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer: ({ rows }) => [{ last_updated: Math.floor(Date.now() / 1000), legal: LEGAL }, ...rows],
  noBoard: { status: 404, body: { error: 'not found' } },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    id: String(2_000_000 + number),
    url: `https://remoteOK.com/remote-jobs/job-${2_000_000 + number}`,
    apply_url: `https://remoteOK.com/remote-jobs/job-${2_000_000 + number}`,
  }),
  write(advert) {
    const id = String(1_990_100 + advert.number);
    const page = `remote-${slug(advert.title)}-${slug(advert.company)}-${id}`;
    const url = `https://remoteOK.com/remote-jobs/${page}`;
    const seconds = Math.floor(advert.publishedAt.getTime() / 1000);
    return {
      slug: page,
      id,
      epoch: seconds,
      date: new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00'),
      company: advert.number % 3 === 0 ? `${advert.company} ` : advert.company,
      company_logo: '',
      position: advert.title,
      tags: ['security', 'engineer', ...(advert.employment === 'contract' ? ['contract'] : ['full time'])],
      description: advert.number % 7 === 0 ? asMojibake(htmlText(advert)) : htmlText(advert),
      location: advert.number % 2 === 0 ? 'Worldwide' : `${advert.place.city}, `,
      apply_url: url,
      salary_min: advert.pay?.min ?? 0,
      salary_max: advert.pay?.max ?? 0,
      logo: '',
      url,
    };
  },
};

/** UTF-8 read as Latin-1, as a part of the real feed is. */
function asMojibake(text: string): string {
  return new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
}

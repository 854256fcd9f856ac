import { countryName, htmlText } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

export const workable: Speaker = {
  paged: false,
  understand({ url }) {
    const [, board] = /^\/api\/v1\/widget\/accounts\/([^/]+)$/.exec(url.pathname) ?? [];
    if (board === undefined) return { status: 404, body: { error: 'Not found' } };
    return { board: decodeURIComponent(board), page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer({ rows }, { url }) {
    const whole = url.searchParams.get('details') === 'true';
    const [{ company = 'Imaginary Airlines' } = {}] = rows;
    return { name: company, description: '<p>Made up.</p>', jobs: rows.map((row) => jobOf(row, whole)) };
  },
  noBoard: { status: 404, body: { error: 'Not found' } },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    shortcode: shortcode(0x20_0000 + number),
    url: page(shortcode(0x20_0000 + number)),
  }),
  write(advert) {
    const code = shortcode(0x30_0000 + advert.number);
    const { city, region, country } = advert.place;
    const place = { country: countryName(advert.place), countryCode: country, city, region, hidden: false };
    return {
      // Known to the whole account; it stands at the top of the answer.
      company: advert.company,
      title: advert.title,
      shortcode: code,
      code: '',
      employment_type: advert.employment === 'contract' ? 'Contract' : 'Full-time',
      telecommuting: advert.mode === 'remote',
      department: advert.department,
      url: page(code),
      shortlink: page(code),
      application_url: `${page(code)}/apply`,
      published_on: advert.publishedAt.toISOString().slice(0, 10),
      created_at: advert.publishedAt.toISOString().slice(0, 10),
      country: place.country,
      city,
      state: region,
      education: '',
      experience: '',
      function: '',
      industry: '',
      locations: [place, ...(advert.number % 3 === 0 ? [{ ...place, city: '', region: '', hidden: true }] : [])],
      description: htmlText(advert),
    };
  },
};

function jobOf({ company: _, description, ...row }: Row, whole: boolean): Row {
  return whole ? { ...row, ...(description === undefined ? {} : { description }) } : row;
}

function shortcode(number: number): string {
  return number.toString(16).toUpperCase().padStart(10, '0');
}

function page(code: string): string {
  return `https://apply.workable.com/j/${code}`;
}

import { type Place, plainText, slug } from '../demo/advert.ts';
import { type Row, type Speaker, words } from '../speaker.ts';

/** Adzuna refuses a parameter that it does not know, as few do. */
const PARAMETERS = [
  ...[
    'app_id',
    'app_key',
    'results_per_page',
    'what',
    'what_and',
    'what_phrase',
    'what_or',
    'what_exclude',
    'title_only',
  ],
  ...[
    'where',
    'distance',
    'max_days_old',
    'category',
    'sort_by',
    'sort_direction',
    'salary_min',
    'salary_max',
    'content-type',
  ],
];
const COUNTRIES = 'gb us at au be br ca ch de es fr in it mx nl nz pl sg za'.split(' ');
const TREE_TOPS: Readonly<Record<Place['country'], string>> = { US: 'US', GB: 'UK', DE: 'Deutschland', CA: 'Canada' };

export const adzuna: Speaker = {
  paged: true,
  understand({ url }) {
    const [, country, page] = /^\/v1\/api\/jobs\/([a-z]{2})\/search\/([1-9]\d*)$/.exec(url.pathname) ?? [];
    if (country === undefined || !COUNTRIES.includes(country))
      return { status: 404, body: fault('Not found', 'NOT_FOUND') };
    if (!url.searchParams.get('app_id') || !url.searchParams.get('app_key')) {
      return { status: 401, body: fault('Authorisation failed', 'AUTH_FAIL') };
    }
    if ([...url.searchParams.keys()].some((name) => !PARAMETERS.includes(name))) return { status: 400 };
    const rowsPerPage = Math.min(50, Number(url.searchParams.get('results_per_page') ?? 10));
    return { board: '*', page: Number(page) - 1, rowsPerPage, fits: fits(url.searchParams, country) };
  },
  answer: ({ rows, total }) => ({
    __CLASS__: 'Adzuna::API::Response::JobSearchResults',
    count: total,
    mean: 118_342.77,
    results: rows,
  }),
  noBoard: { status: 404, body: fault('Not found', 'NOT_FOUND') },
  noise: (row, serial) => ({
    ...row,
    adref: `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(`${String(row.id)} ${serial}`).toString('base64url')}.made-up`,
    redirect_url: `${String(row.redirect_url).split('?')[0]}?se=${serial}&utm_medium=api&v=${serial}`,
  }),
  renumber: (row, number) => ({
    ...row,
    id: String(5_900_100_000 + number),
    redirect_url: `https://www.adzuna.com/land/ad/${5_900_100_000 + number}`,
  }),
  write(advert) {
    const { place } = advert;
    const text = plainText(advert).replace(/\s+/g, ' ');
    const nationwide = advert.mode === 'remote';
    const top = TREE_TOPS[place.country];
    return {
      __CLASS__: 'Adzuna::API::Response::Job',
      id: String(5_910_000_000 + advert.number),
      adref: '',
      title: advert.title,
      company: {
        __CLASS__: 'Adzuna::API::Response::Company',
        ...(advert.number % 9 === 0 ? {} : { display_name: advert.company }),
      },
      location: nationwide
        ? { display_name: top, area: [top] }
        : {
            display_name: `${place.city}, ${place.city} County`,
            area: [top, place.region, `${place.city} County`, place.city],
          },
      category: { __CLASS__: 'Adzuna::API::Response::Category', label: 'IT Jobs', tag: 'it-jobs' },
      created: `${advert.publishedAt.toISOString().slice(0, 19)}Z`,
      description: text.length > 499 ? `${text.slice(0, 499)}…` : text,
      redirect_url: `https://www.adzuna.com/land/ad/${5_910_000_000 + advert.number}/${slug(advert.title)}`,
      ...(advert.pay === undefined || advert.pay.period !== 'year'
        ? { salary_is_predicted: '0' }
        : {
            salary_min: advert.pay.min,
            salary_max: advert.pay.max,
            salary_is_predicted: advert.number % 4 === 0 ? '1' : '0',
          }),
      ...(advert.employment === 'contract'
        ? { contract_type: 'contract' }
        : { contract_time: 'full_time', contract_type: 'permanent' }),
    };
  },
};

function fault(display: string, exception: string) {
  return { doc: 'https://api.adzuna.com/v1/doc', display, exception, __CLASS__: 'Adzuna::API::Response::Exception' };
}

function fits(query: URLSearchParams, country: string): (row: Row) => boolean {
  const list = (name: string) => (query.get(name) ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...list('what'), ...list('what_and')];
  const any = list('what_or');
  const phrase = (query.get('what_phrase') ?? '').toLowerCase();
  const title = list('title_only');
  return (row) => {
    const top = (row.location as { area?: string[] } | undefined)?.area?.[0] ?? 'US';
    if (top !== TREE_TOPS[country.toUpperCase() as Place['country']]) return false;
    const text = words(row, ['title', 'description']);
    return (
      all.every((word) => text.includes(word)) &&
      (any.length === 0 || any.some((word) => text.includes(word))) &&
      text.includes(phrase) &&
      title.every((word) => words(row, ['title']).includes(word))
    );
  };
}

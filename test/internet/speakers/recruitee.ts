import { countryName, htmlText, slug } from '../demo/advert.ts';
import type { Speaker } from '../speaker.ts';

/** Each employer has a host; here its name is the first part of the path. */
export const recruitee: Speaker = {
  paged: false,
  understand({ url }) {
    const [, board] = /^\/([^/]+)\/api\/offers\/$/.exec(url.pathname) ?? [];
    if (board === undefined) return { status: 404, body: { error: ['Not Found'] } };
    return { board, page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer: ({ rows }) => ({ offers: rows }),
  noBoard: { status: 404, body: { error: ['Not Found'] } },
  noise: (row, serial) => ({
    ...row,
    position: serial,
    updated_at: new Date(Date.UTC(2026, 9, 1) + serial * 60_000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ')
      .concat(' UTC'),
  }),
  renumber: (row, number) => ({
    ...row,
    id: 2_100_000 + number,
    careers_url: `https://dolordigital.recruitee.com/o/offer-${2_100_000 + number}`,
  }),
  write(advert) {
    const { city, region, country, currency } = advert.place;
    const careersUrl = `https://${advert.token}.recruitee.com/o/${slug(advert.title)}-${advert.number}`;
    const published = `${advert.publishedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    const remote = advert.mode === 'remote';
    const town = remote ? { city: null, state: null } : { city, state: region };
    const pay = advert.pay;
    return {
      id: 2_000_000 + advert.number,
      slug: slug(advert.title),
      position: 1,
      status: 'published',
      title: advert.title,
      description: htmlText(advert),
      requirements: '',
      department: advert.department,
      location: remote ? 'Remote job' : `${city}, ${countryName(advert.place)}`,
      city: town.city,
      state_name: town.state,
      country_code: country,
      country: countryName(advert.place),
      locations: [
        { id: advert.number, name: city, ...town, country: countryName(advert.place), country_code: country },
      ],
      remote,
      hybrid: advert.mode === 'hybrid',
      on_site: advert.mode === 'onsite',
      company_name: advert.company,
      careers_url: careersUrl,
      careers_apply_url: `${careersUrl}/c/new`,
      created_at: published,
      updated_at: published,
      published_at: published,
      close_at: null,
      employment_type_code: advert.employment === 'contract' ? 'contract' : 'fulltime_permanent',
      min_hours_per_week: '32.0',
      max_hours_per_week: '40.0',
      salary:
        pay === undefined
          ? { min: null, max: null, period: null, currency: null }
          : { min: String(pay.min), max: String(pay.max), period: pay.period, currency },
      tags: [],
    };
  },
};

import { countryName, htmlText, plainText, uuid } from '../demo/advert.ts';
import type { Row, Speaker } from '../speaker.ts';

export const ashby: Speaker = {
  paged: false,
  understand({ url }) {
    const [, board] = /^\/posting-api\/job-board\/([^/]+)$/.exec(url.pathname) ?? [];
    if (board === undefined) return { status: 404, body: 'Not Found' };
    return { board: decodeURIComponent(board), page: 0, rowsPerPage: Number.POSITIVE_INFINITY };
  },
  answer({ rows }, { url }) {
    const whole = url.searchParams.get('includeCompensation') === 'true';
    return { jobs: whole ? rows : rows.map(withoutPay), apiVersion: '1' };
  },
  noBoard: { status: 404, body: 'Not Found' },
  noise: (row) => row,
  renumber: (row, number) => ({
    ...row,
    id: uuid('5', number),
    jobUrl: `https://jobs.ashbyhq.com/lorem-logistics/${uuid('5', number)}`,
  }),
  write(advert) {
    const id = uuid('6', advert.number);
    const jobUrl = `https://jobs.ashbyhq.com/${advert.token}/${id}`;
    const { city, region } = advert.place;
    return {
      id,
      title: advert.title,
      department: advert.department,
      team: advert.department,
      employmentType: advert.employment === 'contract' ? 'Contract' : 'FullTime',
      location: advert.mode === 'remote' ? `Remote (${countryName(advert.place)})` : city,
      secondaryLocations: [],
      publishedAt: advert.publishedAt.toISOString().replace('Z', '+00:00'),
      isListed: true,
      isRemote: advert.mode !== 'onsite',
      workplaceType:
        advert.number % 7 === 0 ? null : { remote: 'Remote', hybrid: 'Hybrid', onsite: 'OnSite' }[advert.mode],
      address: {
        postalAddress: { addressLocality: city, addressRegion: region, addressCountry: countryName(advert.place) },
      },
      jobUrl,
      applyUrl: `${jobUrl}/application`,
      descriptionHtml: htmlText(advert),
      descriptionPlain: plainText(advert),
      shouldDisplayCompensationOnJobPostings: advert.pay !== undefined,
      ...(advert.pay === undefined ? {} : { compensation: compensationOf(advert.pay, advert.place.currency) }),
    };
  },
};

function compensationOf(pay: { min: number; max: number; period: string }, currencyCode: string): Row {
  const summary = `${currencyCode} ${pay.min} – ${pay.max}`;
  const salary = {
    compensationType: 'Salary',
    interval: `1 ${pay.period.toUpperCase()}`,
    currencyCode,
    minValue: pay.min,
    maxValue: pay.max,
  };
  const equity = {
    compensationType: 'EquityPercentage',
    interval: 'NONE',
    currencyCode: null,
    minValue: null,
    maxValue: null,
  };
  return {
    compensationTierSummary: `${summary} • Offers Equity`,
    scrapeableCompensationSalarySummary: summary.replace('–', '-'),
    summaryComponents: [equity, salary],
  };
}

function withoutPay(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'compensation'));
}

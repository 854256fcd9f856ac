import { plainText } from '../demo/advert.ts';
import { type Row, type Speaker, search } from '../speaker.ts';

export const usajobs: Speaker = {
  paged: true,
  understand({ url, headers }) {
    if (url.pathname !== '/api/Search') return { status: 404, body: { Message: 'No HTTP resource was found.' } };
    // The key is that of an e-mail address, and only the two together are let in.
    if (!headers['authorization-key'] || !/^[^\s@]+@[^\s@]+$/.test(headers['user-agent'] ?? '')) {
      return { status: 401, body: { Message: 'Authorization has been denied for this request.' } };
    }
    const rowsPerPage = Math.min(500, Number(url.searchParams.get('ResultsPerPage') ?? 250));
    const page = Number(url.searchParams.get('Page') ?? 1) - 1;
    const fits = search(url.searchParams.get('Keyword') ?? '', ['PositionTitle', 'QualificationSummary']);
    return { board: '*', page, rowsPerPage, fits };
  },
  answer({ rows, total }, { url }) {
    const perPage = Number(url.searchParams.get('ResultsPerPage') ?? 250);
    return {
      LanguageCode: 'EN',
      SearchParameters: {},
      SearchResult: {
        SearchResultCount: rows.length,
        SearchResultCountAll: total,
        SearchResultItems: rows.map(({ MatchedObjectId, ...descriptor }, rank) => ({
          MatchedObjectId,
          MatchedObjectDescriptor: descriptor,
          RelevanceRank: rank,
        })),
        UserArea: { NumberOfPages: String(Math.ceil(total / perPage)), IsRadialSearch: false },
      },
    };
  },
  noBoard: { status: 404, body: { Message: 'No HTTP resource was found.' } },
  noise: (row, serial) => ({
    ...row,
    PositionFormattedDescription: [
      { Content: `…${serial}…`, Label: 'Dynamic Teaser', LabelDescription: 'Hit highlighting for keyword searches.' },
    ],
  }),
  renumber: (row, number) => ({
    ...row,
    MatchedObjectId: String(898_000_000 + number),
    PositionURI: `https://www.usajobs.gov:443/job/${898_000_000 + number}`,
  }),
  write(advert): Row {
    const id = 897_000_000 + advert.number;
    const remote = advert.mode === 'remote';
    const place = `${advert.place.city}, ${advert.place.region}`;
    const published = `${advert.publishedAt.toISOString().slice(0, 19)}.0000`;
    return {
      MatchedObjectId: String(id),
      PositionID: `XX-26-EX-${advert.number}-DE`,
      PositionTitle: advert.title,
      PositionURI: `https://www.usajobs.gov:443/job/${id}`,
      ApplyURI: [`https://www.usajobs.gov:443/job/${id}?PostingChannelID=`],
      PositionLocationDisplay: remote ? 'Anywhere in the U.S. (remote job)' : place,
      PositionLocation: [
        { LocationName: remote ? 'Anywhere in the U.S. (remote job)' : place, CountryCode: 'United States' },
      ],
      OrganizationName: advert.company,
      DepartmentName: 'Department of Examples',
      JobCategory: [{ Name: 'Information Technology Management', Code: '2210' }],
      PositionSchedule: [{ Name: 'Full-time', Code: '1' }],
      PositionOfferingType: [{ Name: advert.employment === 'contract' ? 'Term' : 'Permanent', Code: '15317' }],
      QualificationSummary: plainText(advert),
      PositionRemuneration: [
        {
          MinimumRange: `${advert.pay?.min ?? 0}.00`,
          MaximumRange: `${advert.pay?.max ?? 0}.00`,
          RateIntervalCode: advert.pay?.period === 'hour' ? 'PH' : 'PA',
          Description: advert.pay?.period === 'hour' ? 'Per Hour' : 'Per Year',
        },
      ],
      PublicationStartDate: published,
      UserArea: {
        Details: {
          JobSummary: advert.intro,
          MajorDuties: advert.duties,
          TotalOpenings: 'Few',
          WithinArea: 'False',
          TeleworkEligible: advert.mode !== 'onsite',
          RemoteIndicator: remote,
        },
        IsRadialSearch: false,
      },
    };
  },
};

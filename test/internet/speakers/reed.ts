import { placeText, plainText, slug } from '../demo/advert.ts';
import { type Speaker, search } from '../speaker.ts';

export const reed: Speaker = {
  paged: true,
  understand({ url, headers }) {
    if (url.pathname !== '/api/1.0/search') return { status: 404, body: { message: 'Not found' } };
    const [, given = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
    if (!/^[^:]+:$/.test(Buffer.from(given, 'base64').toString())) return { status: 401 };
    const rowsPerPage = Math.min(100, Number(url.searchParams.get('resultsToTake') ?? 100));
    const page = Number(url.searchParams.get('resultsToSkip') ?? 0) / rowsPerPage;
    const fits = search(url.searchParams.get('keywords') ?? '', [
      'jobTitle',
      'jobDescription',
      'employerName',
      'jobUrl',
    ]);
    return { board: '*', page, rowsPerPage, fits };
  },
  answer: ({ rows, total }) => ({ results: rows, ambiguousLocations: [], totalResults: total }),
  noBoard: { status: 404, body: { message: 'Not found' } },
  noise: (row, serial) => ({ ...row, applications: serial }),
  renumber: (row, number) => ({
    ...row,
    jobId: 59_950_000 + number,
    jobUrl: `https://www.reed.co.uk/jobs/x/${59_950_000 + number}`,
  }),
  write(advert) {
    const id = 59_800_000 + advert.number;
    const text = plainText(advert).replace(/\s+/g, ' ');
    return {
      jobId: id,
      employerId: 700_000,
      employerName: advert.number % 2 === 0 ? 'Placeholder Recruitment Ltd' : advert.company,
      employerProfileId: null,
      employerProfileName: null,
      jobTitle: advert.title,
      locationName: advert.place.country === 'GB' ? advert.place.city : placeText(advert.place),
      minimumSalary: advert.pay?.min ?? null,
      maximumSalary: advert.pay?.max ?? null,
      currency: advert.pay === undefined ? null : 'GBP',
      expirationDate: british(new Date(advert.publishedAt.getTime() + 30 * 86_400_000)),
      date: british(advert.publishedAt),
      jobDescription: ` ${text.slice(0, 450)}... `,
      applications: 0,
      jobUrl: `https://www.reed.co.uk/jobs/${slug(advert.title)}/${id}`,
    };
  },
};

function british(date: Date): string {
  return date.toISOString().slice(0, 10).split('-').reverse().join('/');
}

/** Jobs to take along: everything that a search finds, written as it is read. */
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { Database } from '../../shared/db/database.ts';
import { type Hidden, readHidden } from '../../shared/db/tracking/hides.ts';
import { sendStream } from '../exports.ts';
import { type JobFilters, jobFilters } from '../job-query.ts';
import type { JobItem } from '../queries/card.ts';
import { position } from '../queries/search/position.ts';
import { searchJobs } from '../queries/search/search.ts';
import { itemsOf } from '../queries/search/whole-page.ts';
import { type Route, route } from '../route.ts';

/** Jobs in memory at a time. */
const BATCH = 500;

const FORMATS = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const;

const query = jobFilters
  .omit({ limit: true, cursor: true })
  .extend({
    format: z.enum(['csv', 'ndjson', 'json']).default('csv'),
    bom: z.enum(['true', 'false']).default('false').meta({
      description: 'Whether CSV begins with a byte order mark: some spreadsheets take it for Latin 1 without.',
    }),
  })
  .superRefine((value, context) => {
    if (value.remote !== undefined && value.work_mode !== undefined)
      context.addIssue({ code: 'custom', path: ['remote'], message: 'says the same as work_mode; give one of them' });
  });

export const JOB_EXPORT_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs/export',
      summary: 'All jobs that fit a search, as CSV, JSON lines or one JSON list',
      about: 'Takes what the list takes but limit and cursor. What you hide is left out when you are signed in.',
      auth: 'reader',
      scope: 'jobs:read',
      query,
      responses: {
        200: {
          about: 'The file, in the order of the list.',
          type: 'text/csv',
          otherTypes: ['application/x-ndjson', 'application/json'],
          headers: ['Content-Disposition'],
        },
      },
    },
    async ({ query: { format, bom, ...filters }, services, person, res }) => {
      const hidden = person === undefined ? undefined : await readHidden(services.db, person.id);
      const pages = jobsOf(services.db, filters, services.now(), hidden);
      const parts = format === 'csv' ? csv(pages, bom === 'true') : format === 'json' ? jsonList(pages) : lines(pages);
      const fileName = `iam-jobs-${services.now().toISOString().slice(0, 10)}.${format}`;
      await sendStream(res, { type: FORMATS[format], fileName }, parts);
    },
  ),
];

/**
 * Page by page as the list is walked. No transaction is open and no connection is held while the reader takes his time; what is
 * stored meanwhile behind the place where the walk is comes along.
 */
async function* jobsOf(
  db: Database,
  filters: JobFilters,
  now: Date,
  hidden: Hidden | undefined,
): AsyncGenerator<readonly string[]> {
  let asked = filters;
  let next: string | null = null;
  do {
    const cursor = next === null ? undefined : position.parse(next);
    const page = await searchJobs(db, { ...asked, limit: BATCH, cursor }, now, hidden);
    yield itemsOf(page.items);
    // Words that were found elsewhere than where they were looked for are looked for there to the end.
    asked = page.asked;
    next = page.nextCursor;
  } while (next !== null);
}

type Pages = AsyncIterable<readonly string[]>;

async function* lines(pages: Pages): AsyncGenerator<string> {
  for await (const items of pages) yield items.map((item) => `${item}\n`).join('');
}

async function* jsonList(pages: Pages): AsyncGenerator<string> {
  let first = true;
  yield '[';
  for await (const items of pages) {
    if (items.length > 0) yield `${first ? '\n' : ',\n'}${items.join(',\n')}`;
    first &&= items.length === 0;
  }
  yield '\n]\n';
}

type Cell = string | number | boolean | null | undefined;

const COLUMNS: readonly (readonly [name: string, of: (job: JobItem) => Cell])[] = [
  ['id', ({ id }) => id],
  ['title', ({ title }) => title],
  ['company', ({ company }) => company],
  ['places', ({ places }) => places.join(' | ')],
  ['work_mode', ({ workMode }) => workMode],
  ['employment', ({ employment }) => employment.join(' | ')],
  ['pay', ({ pay }) => pay?.raw],
  ['pay_min', ({ pay }) => pay?.min],
  ['pay_max', ({ pay }) => pay?.max],
  ['pay_currency', ({ pay }) => pay?.currency],
  ['pay_period', ({ pay }) => pay?.period],
  ['pay_is_estimated', ({ pay }) => pay && String(pay.estimated)],
  ['posted_at', ({ postedAt }) => postedAt],
  ['stated_at', ({ statedAt }) => statedAt],
  ['first_seen_at', ({ firstSeenAt }) => firstSeenAt],
  ['state', ({ state }) => state],
  ['score', ({ score }) => score],
  ['disciplines', ({ disciplines }) => disciplines?.join(' | ')],
  ['seniority', ({ seniority }) => seniority],
  ['sources', ({ source, sources }) => (sources ?? [source]).join(' | ')],
  ['url', ({ url }) => url],
];

const CSV = {
  // A cell that begins like a formula would be one in a spreadsheet: such get a quote before them.
  escape_formulas: true,
  record_delimiter: 'windows',
  // Else only the two together are quoted; a lone one would begin a row, and what follows it a cell that nobody looked at.
  quote_record_delimiter: true,
} as const;

async function* csv(pages: Pages, bom: boolean): AsyncGenerator<string> {
  yield `${bom ? '\ufeff' : ''}${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  for await (const items of pages) {
    const rows = items.map((item) => {
      const job = JSON.parse(item) as JobItem;
      return COLUMNS.map(([, of]) => of(job));
    });
    if (rows.length > 0) yield stringify(rows, CSV);
  }
}

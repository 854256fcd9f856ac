/**
 * Remotive: one answer with everything that it has. `search`, `category` and `limit` are ignored (measured 2026-08), and more
 * than a few requests a day are not welcome. Its terms ask for a link back and the name; postings arrive there a day late.
 */
import { z } from 'zod';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';
import { decodeLine } from '../steps/normalise/text.ts';
import { payInWords, statedDate, webUrl } from './fields.ts';
import { pageOf } from './items.ts';
import { endOf } from './paging.ts';
import type { Board, Connector, Page, ReadEnd, ReadSettings } from './source.ts';

const text = z.string().nullish();

const item = z.looseObject({
  id: z.union([z.number(), z.string().min(1)]),
  url: z.string().min(1),
  title: z.string().regex(/\S/),
  company_name: text,
  job_type: text,
  publication_date: text,
  candidate_required_location: text,
  salary: text,
  description: text,
});
type Item = z.infer<typeof item>;

const envelope = z.looseObject({ jobs: z.array(z.unknown()) });

export const remotive: Connector<Item> = {
  name: 'remotive',
  item,
  read,
  nativeId: (row) => String(row.id),
  stable: (row) => row,
  toPosting,
};

async function* read(_board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd> {
  const url = new URL(`${settings.baseUrl}/api/remote-jobs`);
  const { json } = await fetch({ url, endpoint: '/api/remote-jobs', schema: envelope });
  yield pageOf(item, json.jobs);
  return endOf([]);
}

/** @throws Error when the posting has no address to open */
function toPosting(row: Item): SourcePosting {
  const url = webUrl(row.url);
  if (url === null) throw new Error('has no link that a person could open');
  return {
    nativeId: String(row.id),
    url,
    applyUrls: [url],
    title: decodeLine(row.title),
    company: decodeLine(row.company_name ?? '') || null,
    // Where the candidate may live, several in one text; every posting is remote.
    places: [decodeLine(row.candidate_required_location ?? '')].filter(Boolean),
    country: null,
    workMode: 'remote',
    employment: [row.job_type ?? ''].filter(Boolean),
    pay: payInWords(row.salary),
    statedAt: statedDate(row.publication_date),
    html: row.description ?? '',
    plain: null,
    textIsCut: false,
  };
}

/** The page of what a person hides and of their account as a file, and the forms on it. */
import { z } from 'zod';
import { addHide, effectOf, HIDDEN_COUNT_MAX, listHides, removeHide } from '../../shared/db/tracking/hides.ts';
import { countStates } from '../../shared/db/tracking/read.ts';
import type { Person } from '../auth/accounts.ts';
import { partsOf } from '../multipart.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { ownerOf } from '../tracking/owner.ts';
import { refusals } from '../tracking/refusals.ts';
import { dataPage, deletedPage } from '../web/data-page.ts';
import { count } from '../web/words.ts';
import { deleteOwn, IMPORT_MAX, takeFile } from './account-data.ts';
import { hideBody } from './hides.ts';

const HTML = { 200: { about: 'The page.', type: 'text/html' } };
const BACK = { 303: { about: 'Done; the header Location leads back to the page.' } };
const form = { method: 'POST', auth: 'user', kind: 'page', bodyKind: 'form' } as const;
const PAGE = '/settings/data';

/** What is told after a form that led back here. */
const SAID = {
  hidden: 'It is hidden from now on.',
  shown: 'It is shown again.',
} as const;

export const DATA_PAGE_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: PAGE,
      summary: 'Page: what you hide, and your account as a file',
      auth: 'user',
      kind: 'page',
      query: z.strictObject({ said: z.enum(['hidden', 'shown']).optional() }),
      responses: HTML,
    },
    async ({ query, services, person, res }) => {
      res.type('html').send(await pageOf(services, person, query.said && SAID[query.said]));
    },
  ),
  route(
    {
      ...form,
      path: `${PAGE}/hides`,
      summary: 'Form: hides a company, an agency or words',
      body: hideBody,
      responses: BACK,
    },
    async ({ body, services, person, res }) => {
      await refusals(() => addHide(services.db, ownerOf(person), body.kind, body.value));
      res.redirect(303, `${PAGE}?said=hidden`);
    },
  ),
  route(
    {
      ...form,
      path: `${PAGE}/hides/:id/remove`,
      summary: 'Form: shows again what a rule hides',
      params: z.strictObject({ id: z.uuid() }),
      responses: { ...BACK, 404: { about: 'You have no such rule.' } },
    },
    async ({ params, services, person, res }) => {
      await refusals(() => removeHide(services.db, ownerOf(person), params.id));
      res.redirect(303, `${PAGE}?said=shown`);
    },
  ),
  route(
    {
      ...form,
      path: `${PAGE}/import`,
      summary: 'Form: brings an account file into the account',
      bodyKind: 'file',
      bodyLimit: IMPORT_MAX,
      body: z.unknown(),
      responses: { ...HTML, 409: { about: 'There is something in the account already.' } },
    },
    async ({ body, services, person, req, res }) => {
      const parts = Buffer.isBuffer(body) ? partsOf(body, req.headers['content-type']) : undefined;
      const file = parts?.get('file');
      if (file === undefined) throw new Problem('malformed-request', { detail: 'There is no file in the form.' });
      const done = await takeFile(services, ownerOf(person), json(file), parts?.get('merge')?.toString() === 'true');
      const unknown =
        done.unknownJobs === 0 ? '' : ` ${count(done.unknownJobs, 'job is', 'jobs are')} not on this system.`;
      const skipped = done.skipped === 0 ? '' : ` ${count(done.skipped, 'entry was', 'entries were')} there already.`;
      const said = `Imported ${count(done.applications, 'entry', 'entries')} and ${count(done.hides, 'hide', 'hides')}.${unknown}${skipped}`;
      res.type('html').send(await pageOf(services, person, said));
    },
  ),
  route(
    {
      ...form,
      path: `${PAGE}/delete`,
      summary: 'Form: deletes the account',
      body: z.strictObject({ confirm: z.string().max(320) }),
      responses: {
        ...HTML,
        409: { about: 'The address is not that of the account, or nobody would be administrator.' },
      },
    },
    async ({ body, services, person, res }) => {
      const removed = await deleteOwn(services, person, body.confirm);
      res
        .set('Clear-Site-Data', '"cache", "cookies", "storage"')
        .type('html')
        .send(deletedPage({ ...removed }).text);
    },
  ),
];

async function pageOf({ db }: Services, person: Person | undefined, said: string | undefined): Promise<string> {
  const owner = ownerOf(person);
  const rules = await listHides(db, owner);
  const shown = [];
  // One after the other: this page must not take all connections.
  for (const rule of rules) shown.push({ ...rule, ...(await effectOf(db, rule.kind, rule.value)) });
  const { hidden = 0 } = await countStates(db, owner);
  return dataPage({ person, rules: shown, hiddenJobs: Math.min(hidden, HIDDEN_COUNT_MAX * 10), said }).text;
}

function json(file: Buffer): unknown {
  try {
    return JSON.parse(file.toString('utf8'));
  } catch (cause) {
    throw new Problem('malformed-request', { detail: 'The file is not JSON.', cause });
  }
}

/** What a person does not want to see in lists of jobs: companies, agencies, words. */
import { z } from 'zod';
import { asStored } from '../../shared/as-stored.ts';
import {
  addHide,
  effectOf,
  HIDDEN_COUNT_MAX,
  HIDE_KINDS,
  type HideRule,
  KEY_MAX,
  listHides,
  removeHide,
  requireWord,
} from '../../shared/db/tracking/hides.ts';
import { text } from '../../shared/tracking/text.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { ownerOf } from '../tracking/owner.ts';
import { refusals } from '../tracking/refusals.ts';

const VALUE_MAX = 200;

const rule = z.object({
  id: z.string(),
  kind: z.enum(HIDE_KINDS),
  value: z.string(),
  createdAt: z.string(),
});
const effect = {
  hides: z.number().meta({ description: `Open jobs that it hides; ${HIDDEN_COUNT_MAX + 1} stands for more.` }),
  samples: z
    .array(z.object({ id: z.string(), title: z.string(), company: z.string().nullable() }))
    .meta({ description: 'The newest of them.' }),
};
const ruleWithEffect = z.object({ ...rule.shape, ...effect });

export const hideBody = z
  .strictObject({
    kind: z.enum(HIDE_KINDS, { message: `must be one of ${HIDE_KINDS.join(', ')}` }).meta({
      description:
        'company: exactly that company. agency: companies whose name begins with these words. keyword: these words, in this order, in title or company.',
    }),
    value: text(VALUE_MAX).overwrite(asStored).min(1, 'must not be empty'),
  })
  .refine(({ kind, value }) => kind !== 'keyword' || value.length <= KEY_MAX, {
    path: ['value'],
    message: `words to hide may have at most ${KEY_MAX} characters`,
  });

const ofRule = z.strictObject({ id: z.uuid() });
const noRule = { about: 'You have no such rule.' };

export const HIDE_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/hides',
      summary: 'Companies, agencies and words that your lists leave out',
      auth: 'user',
      scope: 'tracking:read',
      responses: { 200: { about: 'All of your rules.', body: z.object({ items: z.array(rule) }) } },
    },
    async ({ services, person, res }) => {
      res.json({ items: await listHides(services.db, ownerOf(person)) });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/hides',
      summary: 'Hides a company, an agency or a word; tells which jobs that hides',
      about: 'Twice is once. With dry_run=true nothing is written: the answer tells what it would hide.',
      auth: 'user',
      scope: 'tracking:write',
      query: z.strictObject({ dry_run: z.enum(['true', 'false']).default('false') }),
      body: hideBody,
      examples: { body: { kind: 'company', value: 'Acme' } },
      responses: {
        200: {
          about: 'What it would hide.',
          body: z.object({ kind: z.enum(HIDE_KINDS), value: z.string(), ...effect }),
        },
        201: { about: 'The rule and what it hides.', body: ruleWithEffect, headers: ['Location'] },
        409: { about: 'You have as many rules as one person may have.' },
      },
    },
    async ({ query, body: { kind, value }, services, person, res }) => {
      const owner = ownerOf(person);
      if (query.dry_run === 'true') {
        await refusals(() => requireWord(services.db.sql, kind, value));
        return void res.json({ kind, value, ...(await effectOf(services.db, kind, value)) });
      }
      const made = await refusals(() => addHide(services.db, owner, kind, value));
      res
        .status(201)
        .location(`/api/v1/hides/${made.id}`)
        .json(await withEffect(made, services.db));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/hides/:id',
      summary: 'One rule, with the open jobs that it hides',
      auth: 'user',
      scope: 'tracking:read',
      params: ofRule,
      responses: { 200: { about: 'The rule.', body: ruleWithEffect }, 404: noRule },
    },
    async ({ params, services, person, res }) => {
      const found = (await listHides(services.db, ownerOf(person))).find(({ id }) => id === params.id);
      if (found === undefined) throw new Problem('not-found', { detail: `You have no rule ${params.id}.` });
      res.json(await withEffect(found, services.db));
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/hides/:id',
      summary: 'Shows again what a rule hides',
      auth: 'user',
      scope: 'tracking:write',
      params: ofRule,
      responses: { 204: { about: 'The rule is gone.' }, 404: noRule },
    },
    async ({ params, services, person, res }) => {
      await refusals(() => removeHide(services.db, ownerOf(person), params.id));
      res.status(204).end();
    },
  ),
];

async function withEffect(made: HideRule, db: Parameters<typeof effectOf>[0]) {
  return { ...made, ...(await effectOf(db, made.kind, made.value)) };
}

/** Entries as answers: read for their owner, sent with the ETag that a change wants back. */
import type { Response } from 'express';
import { type Item, readItem } from '../../shared/db/tracking/read.ts';
import { Problem } from '../problems.ts';
import type { Services } from '../services.ts';
import { applicationItem, bodyOf, etagOf } from './shapes.ts';

export const ENTRY = { about: 'The entry; its ETag is for If-Match.', body: applicationItem };
export const NO_ENTRY = { about: 'You have no such entry.' };

export function sendItem(res: Response, found: Item): void {
  const body = bodyOf(found);
  res.set('ETag', etagOf(body)).json(body);
}

/** The same refusal with the ETag of the entry as it is, which is what If-Match has to say. @throws Problem not-found */
export async function withTag(services: Services, owner: string, id: string, refusal: Problem): Promise<Problem> {
  const { slug, more } = refusal;
  const found = await mustRead(services, owner, id);
  return new Problem(slug, { ...more, headers: { ...more.headers, ETag: etagOf(bodyOf(found)) } });
}

/** @throws Problem not-found, also for what is another person's */
export async function mustRead({ db }: Services, owner: string, id: string): Promise<Item> {
  const found = await readItem(db, owner, id);
  if (found === undefined) throw new Problem('not-found', { detail: `You have no entry ${id}.` });
  return found;
}

/** What a person did with a job, and the adverts that were frozen on the way. */
import { sql } from 'kysely';
import type { FrozenAdvert } from '../../tracking/advert.ts';
import type { Database } from '../database.ts';
import type { Facet, Facets } from './entry.ts';
import { iso } from './jobs.ts';

type Db = Pick<Database, 'sql'>;

export interface HistoryEvent {
  /** Number of the event within its entry, from 1. */
  readonly seq: number;
  readonly at: string;
  readonly kind: Facet | 'undo';
  readonly before: Facets[Facet];
  readonly after: Facets[Facet];
  /** Number of the event that it took back. */
  readonly undoes: number | null;
  /** Number of the event that took it back. */
  readonly undoneBy: number | null;
}

/** The newest first. @returns undefined for what does not exist and for what is another person's */
export async function readHistory(
  db: Db,
  owner: string,
  id: string,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<{ items: readonly HistoryEvent[]; next: number | null } | undefined> {
  if (!(await owns(db, owner, id))) return undefined;
  const { rows } = await sql<HistoryEvent>`
    select e.seq, ${iso('e.at')} as at, e.kind, e.before, e.after, e.undoes, u.seq as "undoneBy"
    from application_event e left join application_event u on u.application_id = e.application_id and u.undoes = e.seq
    where e.application_id = ${id}::uuid and (${before ?? null}::integer is null or e.seq < ${before ?? null}::integer)
    order by e.seq desc limit ${limit + 1}`.execute(db.sql);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
}

export interface KeptAdvert {
  readonly takenAt: string;
  readonly advert: FrozenAdvert;
}

/** The advert as it was when it was applied for; of several times the last one that was not taken back. */
export async function readFrozen(db: Db, owner: string, id: string): Promise<KeptAdvert | undefined> {
  const { rows } = await sql<KeptAdvert>`
    select ${iso('f.taken_at')} as "takenAt", f.advert
    from application_advert f join application a on a.id = f.application_id
    where a.id = ${id}::uuid and a.owner = ${owner}::uuid and not exists (
      select from application_event u where u.application_id = f.application_id and u.undoes = f.seq)
    order by f.seq desc limit 1`.execute(db.sql);
  return rows[0];
}

async function owns(db: Db, owner: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from application where id = ${id}::uuid and owner = ${owner}::uuid`.execute(db.sql);
  return rows.length > 0;
}

/** Postings of several boards put into a database and merged, as units do it. */
import type { Database } from '../../shared/db/database.ts';
import { SOURCE_NAMES, type SourceName } from '../../shared/sources.ts';
import type { Posting } from '../../worker/posting.ts';
import { mergePending } from '../../worker/store/merge/pending.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import { contentHash, openBoardStore, type Ready } from '../../worker/store.ts';
import { noCounts, posting, SCORE } from '../worker/store-kit.ts';

const START = Date.UTC(2026, 10, 22, 9);
let units = 0;

export interface Advert extends Partial<Posting> {
  readonly source?: SourceName;
  readonly board?: string;
  readonly nativeId: string;
}

export const TEXT = `You run Okta and SailPoint for nine thousand people: single sign-on, multi-factor authentication and the
  lifecycle of every account from the first day to the last. You write workflows, review access each quarter with the owners
  of four hundred applications, and take part in an on-call rota every sixth week.`;

export function advert({ source: _, board: _board, ...more }: Advert): Posting {
  return posting(more.nativeId, {
    url: `https://jobs.example/${more.nativeId}`,
    applyUrls: [],
    title: 'IAM Engineer',
    places: ['Berlin, Germany'],
    text: TEXT,
    html: `<p>${TEXT}</p>`,
    pay: null,
    employment: [],
    ...more,
  });
}

export async function boardOf(db: Database, source: SourceName, token: string): Promise<number> {
  if (!SOURCE_NAMES.includes(source)) throw new Error(`${source} is no source`);
  const { rows } = await db.pool.query<{ id: number }>(
    `insert into board (source, token) values ($1, $2)
     on conflict (source, token, region) do update set source = excluded.source returning id`,
    [source, token],
  );
  return rows[0]!.id;
}

/** Stores adverts, each on its board, and merges nothing. */
export async function put(db: Database, ...adverts: readonly Advert[]): Promise<void> {
  const byBoard = Map.groupBy(adverts, ({ source = 'greenhouse', board = 'acme' }) => `${source}/${board}`);
  for (const [name, list] of byBoard) {
    const [source, token] = name.split('/') as [SourceName, string];
    const store = await open(db, source, token);
    await store.write(list.map(readyOf), noCounts());
  }
}

/** Closes postings, as a complete read that misses them does. */
export async function close(db: Database, source: SourceName, board: string, ...nativeIds: readonly string[]) {
  const store = await open(db, source, board);
  return await store.close(nativeIds, 'gone');
}

async function open(db: Database, source: SourceName, token: string) {
  const boardId = await boardOf(db, source, token);
  const { rows } = await db.pool.query<{ id: string }>(
    `with s as (insert into scan (trigger, sources) values ('cli', '{greenhouse}') returning id)
     insert into scan_unit (scan_id, source, board_id, state) select id, $1, $2, 'running' from s returning id`,
    [source, boardId],
  );
  const startedAt = new Date(START + ++units * 60_000);
  return await openBoardStore(db, { unitId: rows[0]!.id, boardId, source, startedAt, now: () => startedAt });
}

function readyOf(of: Advert): Ready {
  const made = advert(of);
  const raw = { ...of };
  return { nativeId: of.nativeId, hash: contentHash(raw), raw, posting: made, score: SCORE };
}

export const merge = (db: Database) => mergePending(db);

/** Native ids of the postings of each job: what is one opening. */
export async function openings(db: Database): Promise<string[][]> {
  const { rows } = await db.pool.query<{ ids: string[] }>(
    `select array_agg(native_id order by native_id) as ids from posting group by job_id order by min(native_id)`,
  );
  return rows.map(({ ids }) => ids);
}

/** Everything that merging writes into rows that people see, as text. */
export async function everything(db: Database): Promise<string[]> {
  await indexPending(db);
  const { rows } = await db.pool.query<{ row: string }>(
    `select 'job ' || job::text as row from job
     union all select 'term ' || job_term::text from job_term
     union all select 'posting ' || posting::text from posting
     union all select 'body ' || posting_body::text from posting_body
     union all select 'day ' || stats_day::text from stats_day order by row`,
  );
  return rows.map(({ row }) => row);
}

/** What must hold whatever happened. */
export async function faults(db: Database): Promise<string[]> {
  await indexPending(db);
  const { rows } = await db.pool.query<{ fault: string }>(
    `select 'posting ' || p.id || ' has no job' as fault from posting p where not exists (select from job j where j.id = p.job_id)
     union all select 'job ' || j.id || ' has ' || j.postings || ' postings, and there are ' || count(p.id)
       from job j left join posting p on p.job_id = j.id group by j.id having count(p.id) <> j.postings
     union all select 'job ' || j.id || ' is ' || j.state from job j where j.state <>
       case when exists (select from posting p where p.job_id = j.id and p.closed_at is null) then 'open' else 'closed' end
     union all select 'job ' || j.id || ' shows posting ' || j.posting_id || ' of another' from job j
       join posting p on p.id = j.posting_id where p.job_id <> j.id
     union all select 'terms of job ' || coalesce(j.id, t.job_id) from
       (select * from job_term where term !~ '^((w|source|country|company):|$)') t full join
       (select id, posted_at, score, unnest(terms) as term from job) j
       on j.id = t.job_id and j.term = t.term and j.posted_at = t.posted_at and j.score = t.score
       where j.id is null or t.job_id is null
     union all select 'by the days ' || d.open || ' are open, and there are ' || j.open
       from (select coalesce(sum(jobs_new + jobs_reopened - jobs_closed), 0) as open from stats_day) d,
         (select count(*) as open from job where state <> 'closed') j where d.open <> j.open`,
  );
  return rows.map(({ fault }) => fault);
}

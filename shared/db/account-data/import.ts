/** Brings an account file into an account: all of it in one transaction, or nothing. */
import { sql } from 'kysely';
import type { AccountFile, FileEntry } from '../../tracking/account-file.ts';
import type { Database } from '../database.ts';
import { lockOwner, type Tx } from '../tracking/entry.ts';
import { TrackingFullError } from '../tracking/errors.ts';
import { HIDES_MAX, KEY_MAX } from '../tracking/hides.ts';
import { APPLICATIONS_MAX } from '../tracking/move.ts';
import { addAccount, type NewAccount } from './accounts.ts';

/** There is something in the account, and nobody asked to add to it. */
export class AccountNotEmptyError extends Error {
  override readonly name = 'AccountNotEmptyError';
}

/** Rules of the file that hide words have none in them, and would hide everything. */
export class WordlessHideError extends Error {
  override readonly name = 'WordlessHideError';
  /** Their places in the file. */
  readonly at: readonly number[];
  constructor(at: readonly number[]) {
    super(`Rules of the file that hide words have no word in them: ${at.map((n) => `/hides/${n}/value`).join(', ')}.`);
    this.at = at;
  }
}

export interface Imported {
  readonly applications: number;
  /** Of these, the ones whose job this system does not know: they live on what the file says of them. */
  readonly unknownJobs: number;
  /** Left out, because the account tracks that job already; only with merge. */
  readonly skipped: number;
  readonly hides: number;
}

/**
 * @param whose the id of an account, or one that is to be made with what is brought, and not made where that fails
 * @param merge adds to what is there; an entry of a job that the account tracks already is left out, whatever it says
 * @throws AccountNotEmptyError, TrackingFullError, WordlessHideError
 */
export async function importAccount(
  db: Pick<Database, 'sql'>,
  whose: string | NewAccount,
  file: AccountFile,
  { merge }: { readonly merge: boolean },
): Promise<Imported> {
  return await db.sql.transaction().execute(async (tx) => {
    const owner = typeof whose === 'string' ? whose : await addAccount({ sql: tx }, whose);
    await lockOwner(tx, owner);
    const there = await countThere(tx, owner);
    if (!merge && there.applications + there.hides > 0) {
      throw new AccountNotEmptyError(
        `The account has ${many(there.applications, 'entry', 'entries')} and ${many(there.hides, 'rule that hides', 'rules that hide')} already.`,
      );
    }
    // Who adds a file to an account that is in use keeps the name that they have there.
    if (!merge) await sql`update auth."user" set name = ${file.profile.name} where id = ${owner}::uuid`.execute(tx);
    const done = { applications: 0, unknownJobs: 0, skipped: 0, hides: await importHides(tx, owner, file.hides) };
    requireRoom(there, done);
    for (const entry of file.applications) {
      const jobId = await findHome(tx, entry);
      if (merge && (await isTracked(tx, owner, entry, jobId))) {
        done.skipped += 1;
        continue;
      }
      await importEntry(tx, owner, entry, jobId);
      done.applications += 1;
      requireRoom(there, done);
      if (jobId === undefined) done.unknownJobs += 1;
    }
    return done;
  });
}

const many = (n: number, one: string, more: string) => `${n} ${n === 1 ? one : more}`;

/** Counted as they come: what is there already takes no room. */
function requireRoom(there: Counts, done: Counts): void {
  if (there.applications + done.applications > APPLICATIONS_MAX || there.hides + done.hides > HIDES_MAX)
    throw new TrackingFullError(`An account has at most ${APPLICATIONS_MAX} entries and ${HIDES_MAX} hides.`);
}

interface Counts {
  readonly applications: number;
  readonly hides: number;
}

async function countThere(tx: Tx, owner: string): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select (select count(*) from application where owner = ${owner}::uuid)::integer as applications,
      (select count(*) from hide_rule where owner = ${owner}::uuid)::integer as hides`.execute(tx);
  return rows[0] ?? { applications: 0, hides: 0 };
}

/** @throws WordlessHideError */
async function importHides(tx: Tx, owner: string, hides: AccountFile['hides']): Promise<number> {
  const { rows: wordless } = await sql<{ n: number }>`
    select n::integer - 1 as n from jsonb_array_elements(${JSON.stringify(hides)}::jsonb) with ordinality as r (rule, n)
    where rule->>'kind' = 'keyword'
      and numnode(phraseto_tsquery('simple', left(btrim(rule->>'value'), ${sql.lit(KEY_MAX)}))) = 0`.execute(tx);
  if (wordless.length > 0) throw new WordlessHideError(wordless.map(({ n }) => n));
  const { numAffectedRows } = await sql`
    insert into hide_rule (owner, kind, value, key, created_at)
    select ${owner}::uuid, r.kind, r.value, lower(left(btrim(r.value), ${sql.lit(KEY_MAX)})), r."createdAt"
    from jsonb_to_recordset(${JSON.stringify(hides)}::jsonb) as r (kind text, value text, "createdAt" timestamptz)
    on conflict (owner, kind, key) do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** The id of the job whose posting this system has; of several the one that the file names first. */
async function findHome(tx: Tx, { refs }: FileEntry): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select coalesce(p.home_job_id, p.job_id)::text as id
    from jsonb_array_elements(${JSON.stringify(refs)}::jsonb) with ordinality as r (ref, n)
      join board b on b.source = r.ref->>'source' and b.token = r.ref->>'board' and b.region = r.ref->>'region'
      join posting p on p.board_id = b.id and p.native_id = r.ref->>'nativeId'
    order by r.n limit 1`.execute(tx);
  return rows[0]?.id;
}

/** An entry without refs is of no posting that any system knows: it is there when one like it, of the same job and moment, is. */
async function isTracked(tx: Tx, owner: string, entry: FileEntry, jobId: string | undefined): Promise<boolean> {
  const { refs, createdAt, seen } = entry;
  const isSame =
    refs.length > 0
      ? sql`refs <> '[]' and refs @> ${JSON.stringify(refs.slice(0, 1))}::jsonb`
      : sql`refs = '[]' and created_at = ${createdAt}::timestamptz and seen = ${JSON.stringify(seen)}::jsonb`;
  const { rows } = await sql`
    select from application where owner = ${owner}::uuid and (job_id = ${jobId ?? null}::bigint or ${isSame}) limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}

async function importEntry(tx: Tx, owner: string, entry: FileEntry, jobId: string | undefined): Promise<void> {
  const { nextStep } = entry;
  // Two entries of a file may be of one job: the second one is found by its refs. What a job was called when it was seen says
  // nothing of its number here, so that no merge is told which happened elsewhere.
  const { rows } = await sql<{ id: string }>`
    insert into application (owner, job_id, refs, state, reason, state_at, notes, next_step, next_on, seen, seen_at, created_at,
      updated_at, events)
    select ${owner}::uuid, (select j.id from (select ${jobId ?? null}::bigint as id) j where not exists (
        select from application a where a.owner = ${owner}::uuid and a.job_id = j.id)),
      ${JSON.stringify(entry.refs)}::jsonb, ${entry.state}, ${entry.reason}, ${entry.stateAt}::timestamptz, ${entry.notes},
      ${nextStep?.text ?? null}, ${nextStep?.on ?? null}::date, ${JSON.stringify(entry.seen)}::jsonb,
      ${entry.seenAt}::timestamptz, ${entry.createdAt}::timestamptz, ${entry.updatedAt}::timestamptz, ${entry.history.length}
    returning id`.execute(tx);
  const id = rows[0]?.id;
  await sql`
    insert into application_event (application_id, seq, at, kind, before, after, undoes)
    select ${id}::uuid, (e->>'seq')::integer, (e->>'at')::timestamptz, e->>'kind', e->'before', e->'after', (e->>'undoes')::integer
    from jsonb_array_elements(${JSON.stringify(entry.history)}::jsonb) as e`.execute(tx);
  await sql`
    insert into application_advert (application_id, seq, taken_at, advert)
    select ${id}::uuid, (f->>'seq')::integer, (f->>'takenAt')::timestamptz, f->'advert'
    from jsonb_array_elements(${JSON.stringify(entry.adverts)}::jsonb) as f`.execute(tx);
}

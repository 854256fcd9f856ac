/** What people do with jobs. Nothing here points at a job's row: jobs are merged, split and put together anew, entries stay. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123011500_tracking extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // job_id is the job as which it was tracked: it keeps leading to where that job's posting is, see shared/db/tracking/jobs.ts.
  // Null while this system has no such job. refs name its postings in a way that holds everywhere. Milliseconds, so that an
  // export says exactly what is stored.
  `create table application (
    id uuid primary key default uuidv7(),
    owner uuid not null references auth."user" (id) on delete cascade,
    job_id bigint,
    refs jsonb not null default '[]',
    state text not null
      check (state in ('new', 'saved', 'applied', 'interviewing', 'offer', 'accepted', 'rejected', 'withdrawn', 'hidden')),
    reason text,
    state_at timestamptz(3) not null,
    notes text not null default '',
    next_step text,
    next_on date,
    seen jsonb not null,
    seen_job_id bigint,
    seen_at timestamptz(3) not null,
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    version integer not null default 1,
    events integer not null default 0,
    check ((next_step is null) = (next_on is null)),
    unique (owner, job_id)
  )`,
  'create index application_owner_idx on application (owner, state)',
  // Rows are only added; what is taken back is named by a later row.
  `create table application_event (
    application_id uuid not null references application (id) on delete cascade,
    seq integer not null,
    at timestamptz(3) not null,
    kind text not null,
    before jsonb not null,
    after jsonb not null,
    undoes integer,
    primary key (application_id, seq),
    unique (application_id, undoes)
  )`,
  // The advert as it was when it was applied for, by the event of applying.
  `create table application_advert (
    application_id uuid not null references application (id) on delete cascade,
    seq integer not null,
    taken_at timestamptz(3) not null,
    advert jsonb not null,
    primary key (application_id, seq)
  )`,
  // key is value as it is compared.
  `create table hide_rule (
    id uuid primary key default uuidv7(),
    owner uuid not null references auth."user" (id) on delete cascade,
    kind text not null check (kind in ('company', 'agency', 'keyword')),
    value text not null,
    key text not null,
    created_at timestamptz(3) not null,
    unique (owner, kind, key)
  )`,
  // How many entries are in each state. Kept by triggers: an account may be deleted by a cascade that no code of ours sees.
  'create table application_count (state text primary key, entries bigint not null)',
  `create function application_counted() returns trigger language plpgsql as $$
  begin
    if tg_op = 'INSERT' then
      insert into application_count as c (state, entries)
      select state, count(*) from added group by state order by state
      on conflict (state) do update set entries = c.entries + excluded.entries;
    elsif tg_op = 'DELETE' then
      insert into application_count as c (state, entries)
      select state, -count(*) from removed group by state order by state
      on conflict (state) do update set entries = c.entries + excluded.entries;
    else
      insert into application_count as c (state, entries)
      select state, sum(n) from (select state, 1 as n from added union all select state, -1 from removed) as moved
      group by state having sum(n) <> 0 order by state
      on conflict (state) do update set entries = c.entries + excluded.entries;
    end if;
    return null;
  end $$`,
  `create trigger application_inserted after insert on application
    referencing new table as added for each statement execute function application_counted()`,
  `create trigger application_updated after update on application
    referencing new table as added old table as removed for each statement execute function application_counted()`,
  `create trigger application_deleted after delete on application
    referencing old table as removed for each statement execute function application_counted()`,
];

/** Takes back the last mass closing of a board or of a source: what one read, or one round of expiries, closed at once. */
import { sql, type Transaction } from 'kysely';
import type { SourceName } from '../../sources.ts';
import type { Database } from '../database.ts';
import { reopenPostings } from '../liveness/close.ts';
import { forgetLastRead } from '../scans/board-memory.ts';
import type { Tables } from '../tables.ts';
import { count, OperationRefused, type Operator, type Outcome, operate } from './operation.ts';

export interface ClosedWhere {
  readonly source: SourceName;
  /** Token of one board; left out: all boards of the source. */
  readonly board?: string | undefined;
}

/** Fewer closings at once than these are no mass closing. */
const MASS_MIN = 4;
/** Postings that one call opens again; a larger closing takes several calls. */
const POSTINGS_MAX = 20_000;

/**
 * For a board: the last unit that closed several of its postings. For a source: the last scan in which its boards did. Postings
 * that were opened again since, or closed anew, are left as they are.
 * @throws OperationRefused when there is no such closing, or nothing of it is closed any more
 */
export function undoClose(db: Database, operator: Operator, where: ClosedWhere): Promise<Outcome> {
  const target = where.board === undefined ? where.source : `${where.source}/${where.board}`;
  return operate(db, operator, async (tx) => {
    const closing = await lastClosing(tx, where);
    if (closing === undefined) {
      throw new OperationRefused('missing', `No closing of several postings at once is known of ${target}.`);
    }
    const { at, events, boards, closed } = closing;
    const detail = { at, postings: closed.length, closedThen: events.length, boards, scanId: closing.scanId };
    if (closed.length === 0) {
      const says = `Nothing of the last closing of ${target} (${at}, ${count(events.length, 'posting')}) is still closed.`;
      return { verb: 'undo-close', target, changed: false, says, detail };
    }
    const says = `${count(closed.length, 'posting')} of ${count(boards, 'board')}, closed at ${at}, ${closed.length === 1 ? 'is' : 'are'} open again; the next complete reads decide anew.`;
    const done = { verb: 'undo-close' as const, target, changed: true, says };
    if (operator.dryRun) return { ...done, detail };
    const by = `operator:${operator.who}`;
    const opened = await reopenPostings(db, tx, closed, { by, why: 'the closing was taken back by an operator' });
    await markUndone(tx, events, by);
    await forgetReads(tx, opened);
    return { ...done, detail: { ...detail, postingIds: opened } };
  });
}

interface Closing {
  readonly at: string;
  readonly scanId: string | null;
  readonly boards: number;
  /** Ids of its events. */
  readonly events: readonly string[];
  /** Ids of its postings that are closed and were not touched since. */
  readonly closed: readonly string[];
}

async function lastClosing(tx: Transaction<Tables>, { source, board }: ClosedWhere): Promise<Closing | undefined> {
  const own = sql`b.source = ${source} and (${board ?? null}::text is null or b.token = ${board ?? null})`;
  // A board's closing is one unit's; a source's is one scan's. What no unit closed (expiries) belongs to its moment.
  const group =
    board === undefined
      ? sql`coalesce((select u.scan_id::text from scan_unit u where 'unit:' || u.id::text = e.by), e.by || e.at::text)`
      : sql`case when e.by like 'unit:%' then e.by else e.by || e.at::text end`;
  const { rows } = await sql<Closing>`
    with closing as (
      select e.id, e.posting_id, e.at, p.board_id, ${group} as "group",
        p.closed_at is not null and not exists (
          select 1 from job_event later where later.posting_id = e.posting_id and later.id > e.id
            and later.kind in ('close', 'reopen')) as still
      from job_event e join posting p on p.id = e.posting_id join board b on b.id = p.board_id
      where e.kind = 'close' and e.undone_by is null and ${own}
    ), last as (
      select "group", max(id) from closing group by "group" having count(*) >= ${MASS_MIN} order by 2 desc limit 1
    )
    select max(c.at)::text as at, count(distinct c.board_id)::int as boards,
      case when ${board === undefined} and max(c."group") like '________-____-____-____-____________' then max(c."group") end as "scanId",
      (array_agg(c.id::text order by c.id))[1:${POSTINGS_MAX}::int] as events,
      coalesce((array_agg(c.posting_id::text order by c.id) filter (where c.still))[1:${POSTINGS_MAX}::int], '{}') as closed
    from closing c join last on last."group" = c."group" having count(*) > 0`.execute(tx);
  return rows[0];
}

async function markUndone(tx: Transaction<Tables>, events: readonly string[], by: string): Promise<void> {
  await sql`
    update job_event e set undone_by = r.id
    from job_event r
    where e.id = any(${events}::bigint[]) and r.posting_id = e.posting_id and r.kind = 'reopen' and r.by = ${by} and r.id > e.id
      and e.undone_by is null`.execute(tx);
}

/** The same answer as before must not count as read again: these postings are to be looked for. */
async function forgetReads(tx: Transaction<Tables>, postingIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ board: number }>`
    select distinct board_id as board from posting where id = any(${postingIds}::bigint[])`.execute(tx);
  if (rows.length > 0)
    await forgetLastRead(
      tx,
      rows.map(({ board }) => board),
    );
}

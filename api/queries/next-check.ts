/** When each source is read next, over all its boards. */
import { sql } from 'kysely';
import { ABSENCES_UNTIL_REST, durationInWords, whyNextCheck } from '../../shared/board-interval.ts';
import type { Database } from '../../shared/db/database.ts';
import { isSourceName, type SourceName, sourceInfo } from '../../shared/sources.ts';
import { toIso } from './time.ts';

export interface NextCheck {
  /** Of the board that is due first; null: as soon as possible, or never when it has no enabled board. */
  readonly at: string | null;
  /** One sentence. */
  readonly why: string;
  /** Boards that are due now. */
  readonly due: number;
  /** Boards that rest because the source has no such board any more. */
  readonly resting: number;
}

export const NEVER: NextCheck = { at: null, why: 'never: it has no board that is switched on', due: 0, resting: 0 };

export async function readNextChecks(db: Pick<Database, 'sql'>): Promise<ReadonlyMap<string, NextCheck>> {
  const { rows } = await sql<Row>`
    select source, case when bool_and(next_check_at is not null) then min(next_check_at) end as at,
      count(*) filter (where next_check_at is null or next_check_at <= now())::int as due,
      count(*) filter (where absences >= ${ABSENCES_UNTIL_REST})::int as resting,
      avg(interval_s)::float8 as interval, max(changes_seen) as changes, max(changes_over_s) as over,
      max(failures) as failures, max(absences) as absences, max(hint_s) as hint
    from board where enabled group by source`.execute(db.sql);
  return new Map(rows.flatMap((row) => (isSourceName(row.source) ? [[row.source, toNext(row, row.source)]] : [])));
}

function toNext(row: Row, source: SourceName): NextCheck {
  const { due, resting } = row;
  return { at: toIso(row.at), why: whyOf(row, source), due, resting };
}

function whyOf({ interval, changes, over, failures, absences, hint }: Row, source: SourceName): string {
  const { kind, minIntervalS = 0 } = sourceInfo(source);
  if (kind === 'board') {
    return interval === null
      ? 'as soon as possible: none of its boards was read yet'
      : `each board at its own pace, every ${durationInWords(interval)} on average`;
  }
  // Its one row stands for the whole source.
  const pace = { changes, overS: over, failures, absences, hintS: hint, lastCompleteAt: null };
  return whyNextCheck({ ...pace, intervalS: interval, enabled: true }, minIntervalS);
}

interface Row {
  readonly source: string;
  readonly at: string | null;
  readonly due: number;
  readonly resting: number;
  readonly interval: number | null;
  readonly changes: number;
  readonly over: number;
  readonly failures: number;
  readonly absences: number;
  readonly hint: number | null;
}

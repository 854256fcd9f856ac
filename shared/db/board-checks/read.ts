/** One check, as people see it. */
import { sql } from 'kysely';
import { type BoardCandidate, type CheckProblem, suggested } from '../../boards/candidate.ts';
import type { Database } from '../database.ts';
import { isUuid } from '../scans/read.ts';
import { toDate } from '../scans/time.ts';
import { expireChecks } from './expire.ts';
import { fromJson } from './json.ts';

export interface CheckView {
  readonly id: string;
  readonly url: string;
  readonly state: 'queued' | 'running' | 'ready' | 'failed';
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
  /** When it ends at the latest. */
  readonly deadlineAt: Date;
  /** Requests to the outside that it cost. */
  readonly requests: number;
  readonly candidates: readonly CandidateView[];
  /** Index of the candidate that is saved unless another one is named; null when none works or one must be chosen. */
  readonly suggested: number | null;
  readonly problem: CheckProblem | null;
  /** The board that came of it. */
  readonly boardId: number | null;
}

export interface CandidateView extends BoardCandidate {
  /** The board that is there already. */
  readonly board: ExistingBoard | null;
}

export interface ExistingBoard {
  readonly id: number;
  readonly enabled: boolean;
}

/** @returns undefined for an id that no check has */
export async function readCheck(db: Pick<Database, 'sql'>, id: string): Promise<CheckView | undefined> {
  if (!isUuid(id)) return undefined;
  await expireChecks(db.sql, id);
  const row = await db.sql.selectFrom('board_check').where('id', '=', id).selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  const candidates = fromJson<BoardCandidate[]>(row.candidates);
  const boards = await Promise.all(candidates.map((candidate) => findBoard(db.sql, candidate)));
  return {
    id: row.id,
    url: row.url,
    state: row.state,
    requestedBy: row.requested_by,
    requestedAt: toDate(row.requested_at),
    finishedAt: row.finished_at === null ? null : toDate(row.finished_at),
    deadlineAt: toDate(row.deadline_at),
    requests: row.requests,
    candidates: candidates.map((candidate, i) => ({ ...candidate, board: boards[i] ?? null })),
    suggested: suggested(candidates) ?? null,
    problem: row.problem === null ? null : fromJson<CheckProblem>(row.problem),
    boardId: row.board_id,
  };
}

/** The board of that name, whatever the case of its letters: nobody means two boards by it. */
export function findBoard(
  db: Database['sql'],
  { source, token, region }: Pick<BoardCandidate, 'source' | 'token' | 'region'>,
): Promise<ExistingBoard | undefined> {
  return db
    .selectFrom('board')
    .where('source', '=', source)
    .where(sql`lower(token)`, '=', token.toLowerCase())
    .where('region', '=', region)
    .orderBy(sql`token <> ${token}`)
    .orderBy('id')
    .select(['id', 'enabled'])
    .executeTakeFirst();
}

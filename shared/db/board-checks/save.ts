/** What was tried becomes a board. Doing it again changes nothing and leads to the same board. */
import { type BoardCandidate, suggested } from '../../boards/candidate.ts';
import { shortText } from '../../boards/refusal.ts';
import type { Database } from '../database.ts';
import { type ExistingBoard, findBoard } from './read.ts';

export interface SavedBoard extends ExistingBoard {
  /** False when it was there already; nothing was changed then. */
  readonly created: boolean;
}

/** Somebody's choice among the candidates of a trial. */
export interface Choice {
  /** Index; the suggested one unless given. */
  readonly candidate?: number | undefined;
  /** Saves a board that lists nothing and may not exist. */
  readonly evenIfUnsure?: boolean | undefined;
  /** Replaces the employer's name that the trial found. */
  readonly company?: string | undefined;
}

export type SaveRefusal = 'board-ambiguous' | 'board-unsure' | 'board-unusable' | 'no-such-candidate';

export class SaveRefusedError extends Error {
  override readonly name = 'SaveRefusedError';
  readonly reason: SaveRefusal;
  constructor(reason: SaveRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

const COMPANY_MAX = 200;
const EVIDENCE_MAX = 500;

/** @throws SaveRefusedError */
export function chosen(candidates: readonly BoardCandidate[], choice: Choice): BoardCandidate {
  const index = choice.candidate ?? suggested(candidates);
  if (index === undefined) {
    const names = candidates.map(({ source, token, verdict }, i) => `${i}: ${source}/${token} (${verdict})`).join(', ');
    throw new SaveRefusedError('board-ambiguous', `No board can be chosen for you; say which candidate: ${names}.`);
  }
  const candidate = candidates[index];
  if (candidate === undefined) {
    throw new SaveRefusedError('no-such-candidate', `There is no candidate ${index}; there are ${candidates.length}.`);
  }
  const { source, token, verdict, says } = candidate;
  if (verdict === 'unsure' && choice.evenIfUnsure !== true) {
    throw new SaveRefusedError('board-unsure', `${source}/${token} may not exist. ${says}`);
  }
  if (verdict === 'absent' || verdict === 'failed') {
    throw new SaveRefusedError('board-unusable', `${source}/${token} could not be read. ${says}`);
  }
  return candidate;
}

/**
 * @param by who adds it, for people to read
 * @param from the address that was pasted
 * @param checkId the check that it came of, when there is one
 */
export function saveBoard(
  db: Database,
  candidate: BoardCandidate,
  about: {
    readonly by: string;
    readonly from: string;
    readonly company?: string | undefined;
    readonly checkId?: string;
  },
): Promise<SavedBoard> {
  return db.sql.transaction().execute(async (tx) => {
    const { source, token, region, evidence } = candidate;
    const inserted = (await findBoard(tx, candidate))
      ? undefined
      : await tx
          .insertInto('board')
          .values({
            source,
            token,
            region,
            company: shortText(about.company ?? candidate.company, COMPANY_MAX) || null,
            confidence: candidate.verdict === 'works' ? 'high' : 'medium',
            evidence: shortText(`${about.from}: ${evidence}`, EVIDENCE_MAX),
            added_by: shortText(about.by, 100),
          })
          .onConflict((conflict) => conflict.columns(['source', 'token', 'region']).doNothing())
          .returning(['id', 'enabled'])
          .executeTakeFirst();
    const board = inserted ?? (await findBoard(tx, candidate));
    if (board === undefined) throw new Error(`board ${source}/${token} is neither there nor can be added`);
    if (about.checkId !== undefined) {
      await tx.updateTable('board_check').set({ board_id: board.id }).where('id', '=', about.checkId).execute();
    }
    if (inserted !== undefined) {
      await tx
        .insertInto('operator_event')
        .values({
          who: shortText(about.by, 100),
          verb: 'add-board',
          target: `${source}/${token}`,
          dry_run: false,
          detail: JSON.stringify({
            says: `Board ${board.id} was added from ${about.from}.`,
            boardId: board.id,
            region,
          }),
        })
        .execute();
    }
    return { ...board, created: inserted !== undefined };
  });
}

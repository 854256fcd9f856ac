/** What every verb of an operator has in common: it can be tried without doing it, says what it did, and leaves a trail. */
import type { Transaction } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { retriedTransaction } from '../retry.ts';
import type { Tables } from '../tables.ts';

export const VERBS = ['pause', 'resume', 'drain', 'retry', 'rerun', 'cancel', 'undo-close', 'release', 'undo'] as const;
export type Verb = (typeof VERBS)[number];

/** Who does it, and whether it is only tried: a dry run answers the same numbers and changes nothing but the trail. */
export interface Operator {
  /** For people to read: "admin token", a user's name. */
  readonly who: string;
  readonly dryRun: boolean;
}

export interface Outcome {
  /** Of its row in the trail; null when there was nothing to do, which leaves none. */
  readonly id: string | null;
  readonly verb: Verb;
  /** What it was done to: a source, `*` for all of them, a scan, a unit, "greenhouse/acme". */
  readonly target: string;
  readonly dryRun: boolean;
  /** False when everything was as asked for already. */
  readonly changed: boolean;
  /** One sentence for people. */
  readonly says: string;
  /** The numbers behind the sentence. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The verb cannot be done: what it names does not exist (`missing`), or is in a state in which it means nothing (`conflict`). */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused';
  readonly why: 'missing' | 'conflict';
  constructor(why: 'missing' | 'conflict', message: string) {
    super(message);
    this.why = why;
  }
}

export type Done = Omit<Outcome, 'id' | 'dryRun'>;

/** Runs a verb in one transaction with its row in the trail: neither is there without the other. */
export function operate(
  db: Database,
  operator: Operator,
  verb: (tx: Transaction<Tables>) => Promise<Done>,
): Promise<Outcome> {
  return retriedTransaction(db, async (tx) => {
    const done = await verb(tx);
    const id = done.changed ? await record(db, tx, operator, done) : null;
    return { ...done, id, dryRun: operator.dryRun };
  });
}

async function record(
  db: Database,
  tx: Transaction<Tables>,
  { who, dryRun }: Operator,
  { verb, target, says, detail }: Done,
): Promise<string> {
  const row = await tx
    .insertInto('operator_event')
    .values({ at: sqlNow(db), who, verb, target, dry_run: dryRun, detail: JSON.stringify({ says, ...detail }) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return String(row.id);
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

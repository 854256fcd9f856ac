/** Counts right and wrong answers over labelled rows; what a row is and what is right is the kind's. */
import type { z } from 'zod';
import { UsageError } from '../command.ts';

export interface Answer {
  /** In words; equal means right. */
  readonly expected: string;
  readonly got: string;
  /** What was expected is in the class that precision and recall are about (relevant, the same job, ...). */
  readonly expectedPositive: boolean;
  readonly gotPositive: boolean;
  /** The rule was far from its threshold. */
  readonly confident: boolean;
  /** The rule's reasons, for whoever mends it. */
  readonly why: string;
}

export interface Kind<Row> {
  readonly about: string;
  readonly row: z.ZodType<Row & { id: string }>;
  answer(row: Row): Answer;
}

export interface Result {
  readonly kind: string;
  readonly rows: number;
  readonly right: number;
  /** Of what was called positive, the share that is; null when nothing was. */
  readonly precision: number | null;
  /** Of what is positive, the share that was called so; null when nothing is. */
  readonly recall: number | null;
  readonly confidently_wrong: number;
  readonly wrong: readonly {
    readonly id: string;
    readonly expected: string;
    readonly got: string;
    readonly why: string;
  }[];
}

/** @throws UsageError that names the line when the file is not rows of this kind */
export function evaluate<Row>(name: string, kind: Kind<Row>, lines: string): Result {
  const rows = parseRows(kind, lines);
  const answers = rows.map((row) => ({ id: row.id, ...kind.answer(row) }));
  const isRight = (answer: Answer) => answer.expected === answer.got;
  const truly = answers.filter((answer) => answer.expectedPositive && answer.gotPositive).length;
  const wrong = answers.filter((answer) => !isRight(answer));
  return {
    kind: name,
    rows: answers.length,
    right: answers.length - wrong.length,
    precision: share(truly, answers.filter((answer) => answer.gotPositive).length),
    recall: share(truly, answers.filter((answer) => answer.expectedPositive).length),
    confidently_wrong: wrong.filter((answer) => answer.confident).length,
    wrong: wrong.map(({ id, expected, got, why }) => ({ id, expected, got, why })),
  };
}

function parseRows<Row>(kind: Kind<Row>, lines: string): (Row & { id: string })[] {
  return lines.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row = kind.row.safeParse(parseJson(line, i + 1));
    if (row.success) return [row.data];
    const [issue] = row.error.issues;
    throw new UsageError(`Line ${i + 1} is no row of this kind: ${issue?.path.join('.')} ${issue?.message}`);
  });
}

function parseJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UsageError(`Line ${number} is not JSON.`);
  }
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Shapes of boards and their checks as the API shows them. */
import { z } from 'zod';
import { BOARD_REFUSALS } from '../shared/boards/refusal.ts';
import type { CheckView } from '../shared/db/board-checks/read.ts';
import { BOARD_STATES } from '../shared/db/source-health/board-state.ts';
import { SOURCE_NAMES } from '../shared/sources.ts';
import { problemKind } from './problems.ts';
import { cardBody } from './queries/card.ts';

const count = z.number().int().nonnegative();
const time = z.string();

export const boardView = z.object({
  id: count,
  source: z.enum(SOURCE_NAMES),
  token: z.string().meta({ description: "The employer's name at the source, or the address of its careers page." }),
  region: z.string(),
  company: z.string().nullable(),
  page: z.string().nullable().meta({ description: 'Where people see it.' }),
  enabled: z.boolean(),
  state: z.enum(BOARD_STATES),
  sentence: z.string().meta({ description: 'Why it is in this state.' }),
  addedBy: z.string().nullable().meta({ description: 'Null for the list that an installation starts with.' }),
  addedAt: time,
  evidence: z.string().nullable(),
  lastReadAt: time.nullable(),
  lastCompleteAt: time.nullable().meta({ description: 'When all of it was read last.' }),
  failures: count.meta({ description: 'Reads in a row that failed.' }),
  lastError: z.string().nullable(),
  intervalSeconds: z.number().nullable(),
  nextCheckAt: time.nullable().meta({ description: 'Null: as soon as possible, or never while it is switched off.' }),
  nextCheckWhy: z.string(),
});

const sample = z.object({
  title: z.string(),
  company: z.string().nullable(),
  places: z.array(z.string()),
  workMode: cardBody.shape.workMode,
  pay: cardBody.shape.pay,
  url: z.string(),
  statedAt: time.nullable(),
  kept: z.boolean().nullable().meta({ description: 'Null: its text decides, and was not asked for.' }),
  score: z.number().nullable(),
  why: z.string(),
});

const cost = z
  .object({
    perCheck: count,
    atLeast: z.boolean().meta({ description: 'True when the board has more pages than the trial read.' }),
    firstCheck: count,
    perDay: z.object({ atFirst: count, least: count, most: count }),
  })
  .meta({ description: 'Requests to the source.' });

const candidate = z.object({
  source: z.enum(SOURCE_NAMES),
  token: z.string(),
  region: z.string(),
  company: z.string(),
  companyFrom: z.enum(['postings', 'page', 'token']),
  page: z.string().nullable(),
  evidence: z.string().meta({ description: 'Why this board is taken for the one that was meant.' }),
  verdict: z.enum(['works', 'unsure', 'absent', 'failed']),
  says: z.string().meta({ description: 'The verdict as one sentence.' }),
  found: count.meta({ description: 'Always kept + all of rejected + undecided.' }),
  complete: z.boolean(),
  kept: count,
  rejected: z.record(z.string(), count),
  undecided: count,
  samples: z.array(sample),
  cost: cost.nullable(),
  board: z
    .object({ id: count, enabled: z.boolean() })
    .nullable()
    .meta({ description: 'The board, when it is there already.' }),
});

export const checkView = z.object({
  id: z.string(),
  url: z.string(),
  state: z.enum(['queued', 'running', 'ready', 'failed']),
  requestedBy: z.string(),
  requestedAt: time,
  finishedAt: time.nullable(),
  deadlineAt: time.meta({ description: 'It ends by then, whatever happens.' }),
  requests: count,
  candidates: z.array(candidate),
  suggested: count.nullable().meta({ description: 'The candidate that is saved unless another one is named.' }),
  problem: z
    .object({ type: z.string(), title: z.string(), status: count, detail: z.string() })
    .nullable()
    .meta({ description: 'Why it failed.' }),
  boardId: count.nullable().meta({ description: 'The board that came of it.' }),
});

/** The check as JSON; its problem has the form that a refusal has. */
export function checkBody({ problem, ...check }: CheckView) {
  return { ...check, problem: problem === null ? null : { ...kindOf(problem.reason), detail: problem.detail } };
}

function kindOf(reason: string) {
  const slug = refusalSlug(reason);
  const { title, status } = problemKind(slug);
  return { type: `/problems/${slug}`, title, status };
}

/** A row of a newer release may have a reason that this one does not know. */
export function refusalSlug(reason: string) {
  return BOARD_REFUSALS.find((known) => known === reason) ?? 'check-failed';
}

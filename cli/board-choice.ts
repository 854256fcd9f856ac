/** What is asked before a board is saved. */
import { type BoardCandidate, isUsable, suggested } from '../shared/boards/candidate.ts';
import type { Choice } from '../shared/db/board-checks/save.ts';

/** Somebody was asked and did not say yes. */
export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
}

/**
 * @param choice what the arguments say already
 * @returns a choice that may be saved; where no candidate works nothing is asked, and saving says why
 * @throws DeclinedError
 */
export async function askChoice(
  candidates: readonly BoardCandidate[],
  choice: Choice,
  ask: (question: string) => Promise<string>,
): Promise<Choice> {
  if (!candidates.some(isUsable)) return choice;
  const candidate = choice.candidate ?? suggested(candidates) ?? (await askWhich(candidates.length, ask));
  const meant = candidates[candidate];
  if (meant === undefined || !isUsable(meant)) return { ...choice, candidate };
  const unsure = meant.verdict === 'unsure' && choice.evenIfUnsure !== true;
  const question = unsure ? 'It may not exist. Save it all the same?' : `Save ${meant.source}/${meant.token}?`;
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new DeclinedError('not saved');
  return { ...choice, candidate, evenIfUnsure: choice.evenIfUnsure === true || unsure };
}

async function askWhich(count: number, ask: (question: string) => Promise<string>): Promise<number> {
  const answer = (await ask(`Which one is meant? [0-${count - 1}] `)).trim();
  if (!/^\d{1,2}$/.test(answer)) throw new DeclinedError('none was chosen');
  return Number(answer);
}

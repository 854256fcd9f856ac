/** Boards and trials of boards as text for a terminal. Every word of a stranger goes through `printable`. */
import type { BoardCandidate, BoardCost, BoardSample, SamplePay } from '../shared/boards/candidate.ts';
import type { BoardView } from '../shared/db/board-list.ts';
import { printable, table } from './terminal.ts';

/** @param number shown where several must be told apart */
export function candidateText(candidate: BoardCandidate, number?: number): string {
  const { source, token, region, company, verdict, says, evidence, page, cost, samples, rejected } = candidate;
  const name = `${source}/${token}${region === '' ? '' : ` (${region})`}`;
  const left = Object.entries(rejected).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`);
  return [
    `${number === undefined ? '' : `[${number}] `}${name}, ${company}: ${verdict}. ${says}`,
    ...(page === null ? [] : [`  page:  ${page}`]),
    `  found: ${evidence}`,
    ...(left.length === 0 ? [] : [`  left:  ${left.join(', ')}`]),
    ...(cost === null ? [] : [`  cost:  ${costText(cost)}`]),
    ...samples.flatMap(sampleLines),
  ]
    .map((line) => `${indented(line)}\n`)
    .join('');
}

/** `printable` makes one blank of many, and the indent is ours. */
function indented(line: string): string {
  return (/^ */.exec(line)?.[0] ?? '') + printable(line.trimStart());
}

function costText({ perCheck, atLeast, firstCheck, perDay }: BoardCost): string {
  const first = firstCheck > perCheck ? ` (the first one up to ${firstCheck})` : '';
  const check = `${atLeast ? 'at least ' : ''}${perCheck} ${perCheck === 1 ? 'request' : 'requests'} a check${first}`;
  return `${check}; ${perDay.atFirst} a day at first, then ${perDay.least} to ${perDay.most} as it changes`;
}

function sampleLines({ kept, title, places, workMode, pay, why }: BoardSample): string[] {
  const mark = kept === null ? '?' : kept ? '+' : '-';
  const where = [...places, ...(workMode === 'unknown' ? [] : [workMode])].join('; ');
  const parts = [title, where, pay === null ? 'pay not stated' : payText(pay)].filter(Boolean);
  return [`  ${mark} ${parts.join(' | ')}`, `      ${why}`];
}

/** As it was understood; words that nobody understood as they came. */
function payText({ raw, min, max, currency, period, estimated }: SamplePay): string {
  const figures = [...new Set([min, max].filter((figure) => figure !== null))].map((n) => n.toLocaleString('en'));
  if (figures.length === 0) return raw;
  const sum = min === null ? `up to ${figures[0]}` : max === null ? `from ${figures[0]}` : figures.join('–');
  return [sum, currency, period === null ? null : `a ${period}`, estimated ? '(estimated)' : null]
    .filter((part) => part !== null)
    .join(' ');
}

export function boardTable(boards: readonly BoardView[], now: Date): string {
  if (boards.length === 0) return 'No board fits.\n';
  const rows = boards.map((board) => [
    String(board.id),
    `${board.source}/${printable(board.token)}`,
    printable(board.company ?? ''),
    board.enabled ? 'on' : 'off',
    board.lastCompleteAt === null ? 'never' : moment(board.lastCompleteAt),
    nextText(board, now),
    printable(board.nextCheckWhy),
  ]);
  const head = ['id', 'board', 'company', 'state', 'complete', 'next', 'why'];
  return table([head, ...rows]);
}

function nextText({ enabled, nextCheckAt }: BoardView, now: Date): string {
  if (!enabled) return 'never';
  return nextCheckAt === null || nextCheckAt <= now ? 'now' : moment(nextCheckAt);
}

function moment(time: Date): string {
  return time.toISOString().slice(0, 16).replace('T', ' ');
}

/** The employers' boards that a new installation starts with. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { isSourceName, SOURCE_NAMES, type SourceName, sourceInfo } from '../sources.ts';
import type { Database } from './database.ts';

/** The token of the one row of a source that has no boards: the whole source is then the thing that is read. */
export const WHOLE_SOURCE = '*';

const SHIPPED = join(import.meta.dirname, '../data/boards.json');
const FILE_BYTES_MAX = 10 * 1024 * 1024;
const BOARDS_MAX = 20_000;
const INSERT_BATCH = 500;

/** As in the board's address: it becomes a part of one. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** A page's address, with or without `https://`. */
const PAGE = /^(?:https:\/\/)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?][\x21-\x7e]{0,250})?$/i;

const BoardFields = z.strictObject({
  source: z.string(),
  /** The employer's name in the source's addresses, or the address of its careers page for `jsonld`. */
  token: z.string(),
  region: z
    .string()
    .regex(/^[a-z]{0,10}$/, 'must be a few lower-case letters, such as "eu"')
    .default(''),
  company: z.string().max(200).optional(),
  /** How sure it is that this is the employer's board; `low` is added but not read. */
  confidence: z.enum(['high', 'medium', 'low'], { message: 'must be high, medium or low' }).default('high'),
  evidence: z.string().max(500).optional(),
});
export type StarterBoard = z.infer<typeof BoardFields>;

const BoardSchema = BoardFields.superRefine(({ source, token }, faults) => {
  const message =
    source === 'jsonld'
      ? 'must be the address of a careers page, such as example.com/careers'
      : 'must be letters, digits, ".", "_" or "-", as in the board\'s address';
  if (!(source === 'jsonld' ? PAGE : NAME).test(token)) faults.addIssue({ code: 'custom', path: ['token'], message });
});

/**
 * The boards of a new installation.
 * @param file path of a JSON list; without it the list that ships with the project, as far as its sources are in the catalogue
 * @throws ConfigError that names every fault of the file
 */
export function starterBoards(file?: string): StarterBoard[] {
  return file === undefined ? readBoards(SHIPPED).filter((board) => isSourceName(board.source)) : knownBoards(file);
}

/**
 * Adds the boards that are not there yet, and the rows that every source of the catalogue needs. What is there stays as it
 * is: a board that the operator switched off stays off.
 * @param file path of a JSON list; without it the list that ships with the project, as far as its sources are in the catalogue
 * @returns how many boards were added
 * @throws ConfigError that names every fault of the file
 */
export async function addStarterBoards(db: Pick<Database, 'sql'>, file?: string): Promise<number> {
  const boards = starterBoards(file);
  const rows = [
    ...boards.map(boardRow),
    ...SOURCE_NAMES.filter((name) => sourceInfo(name).kind !== 'board').map(wholeRow),
  ];
  // One order everywhere: two starters that insert the same rows never wait for each other in a ring.
  rows.sort((a, b) => compare(a.source, b.source) || compare(a.token, b.token) || compare(a.region, b.region));
  await db.sql
    .insertInto('source_state')
    .values(SOURCE_NAMES.toSorted().map((source) => ({ source })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  let added = 0;
  for (let from = 0; from < rows.length; from += INSERT_BATCH) {
    const inserted = await db.sql
      .insertInto('board')
      .values(rows.slice(from, from + INSERT_BATCH))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    added += inserted.length;
  }
  return added;
}

function boardRow({ source, token, region, company, confidence, evidence }: StarterBoard) {
  const enabled = confidence !== 'low';
  return { source, token, region, company: company ?? null, confidence, evidence: evidence ?? null, enabled };
}

function wholeRow(source: SourceName) {
  return { source, token: WHOLE_SOURCE, region: '', company: null, confidence: null, evidence: null, enabled: true };
}

/** An operator's own list is held to the catalogue: a misspelt source would never be read, in silence. */
function knownBoards(file: string): StarterBoard[] {
  const boards = readBoards(file);
  const seen = new Map<string, number>();
  const withBoards = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');
  const faults = boards.flatMap((board, index) => {
    const key = `${board.source}/${board.region}/${board.token}`;
    const first = seen.get(key);
    if (first !== undefined) return [fault(file, index, `is the same board as entry ${first}`)];
    seen.set(key, index);
    if (withBoards.some((name) => name === board.source)) return [];
    return [
      fault(file, index, `source is ${JSON.stringify(board.source)}; sources with boards: ${withBoards.join(', ')}`),
    ];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return boards;
}

function readBoards(file: string): StarterBoard[] {
  const parsed = z.array(z.unknown()).max(BOARDS_MAX).safeParse(readJson(file));
  if (!parsed.success)
    throw new ConfigError([`BOARDS_FILE ${file} must hold a JSON list of at most ${BOARDS_MAX} boards`]);
  const faults: string[] = [];
  const boards = parsed.data.flatMap((entry, index) => {
    const board = BoardSchema.safeParse(entry);
    if (board.success) return [board.data];
    for (const issue of board.error.issues) faults.push(fault(file, index, `${issue.path.join('.')} ${issue.message}`));
    return [];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return boards;
}

function readJson(file: string): unknown {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB`);
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`BOARDS_FILE ${file} cannot be read as JSON: ${reason}`]);
  }
}

/** @param index counted from 0, as in the JSON */
function fault(file: string, index: number, what: string): string {
  return `BOARDS_FILE ${file}, entry ${index}: ${what.trim()}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

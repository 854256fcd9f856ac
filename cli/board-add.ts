/** Adds one board: finds and tries what the address means, shows it, asks, saves. The trial runs in this process. */
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import packageJson from '../package.json' with { type: 'json' };
import { boardOfUrl } from '../shared/boards/board-of-url.ts';
import { type BoardCandidate, suggested } from '../shared/boards/candidate.ts';
import { parseCareersUrl } from '../shared/boards/careers-url.ts';
import { BoardRefusedError } from '../shared/boards/refusal.ts';
import type { Config } from '../shared/config.ts';
import { findBoard } from '../shared/db/board-checks/read.ts';
import { type Choice, chosen, SaveRefusedError, saveBoard } from '../shared/db/board-checks/save.ts';
import { type BoardView, readBoard } from '../shared/db/board-list.ts';
import type { Database } from '../shared/db/database.ts';
import { createLog } from '../shared/log.ts';
import { checkUrl } from '../worker/boards/check-url.ts';
import { sentenceOf, WaitError } from '../worker/http/wait.ts';
import { createHttp } from '../worker/http.ts';
import { openTurns } from '../worker/open-turns.ts';
import { movedHosts, readSettings } from '../worker/read-settings.ts';
import { CONNECTORS } from '../worker/sources/all.ts';
import { askChoice, DeclinedError } from './board-choice.ts';
import { candidateText } from './board-report.ts';
import { printable, startProgress } from './terminal.ts';

export interface AddOptions {
  readonly url: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Who adds it. */
  readonly by: string;
  readonly choice: Choice;
}

/** What `--json` prints. */
interface AddResult {
  readonly url: string;
  readonly candidates: readonly BoardCandidate[];
  readonly suggested: number | null;
  readonly saved: boolean;
  /** False for a board that was there already. */
  readonly created: boolean;
  readonly board: BoardView | null;
  readonly problem: { readonly reason: string; readonly detail: string } | null;
}

const LIMIT_MS = 120_000;
const WAIT_MAX_MS = 30_000;

/** @param db undefined with `dryRun` */
export async function addBoard(config: Config, db: Database | undefined, options: AddOptions): Promise<number> {
  const say = (text: string) => void (options.json ? undefined : process.stdout.write(text));
  let result: AddResult = {
    url: options.url,
    candidates: [],
    suggested: null,
    saved: false,
    created: false,
    board: null,
    problem: null,
  };
  try {
    const there = db === undefined ? undefined : await boardOf(db, options.url);
    if (there !== undefined) {
      result = { ...result, saved: true, board: there };
    } else {
      const candidates = await tried(config, db, options);
      result = { ...result, candidates, suggested: suggested(candidates) ?? null };
      say(candidates.map((candidate, i) => candidateText(candidate, candidates.length > 1 ? i : undefined)).join('\n'));
      const choice = await choiceOf(candidates, options);
      const candidate = chosen(candidates, choice);
      if (db !== undefined) result = { ...result, ...(await saved(db, candidate, choice, options)) };
    }
    say(`${verdict(result)}\n`);
  } catch (error) {
    if (error instanceof DeclinedError) {
      say('Not saved.\n');
      return 1;
    }
    if (!(error instanceof BoardRefusedError) && !(error instanceof SaveRefusedError)) throw error;
    result = { ...result, problem: { reason: error.reason, detail: error.message } };
    if (!options.json) process.stderr.write(`${printable(error.message)}${HINTS[error.reason] ?? ''}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.problem === null && (result.saved || options.dryRun) ? 0 : 1;
}

const HINTS: Readonly<Record<string, string>> = {
  'board-ambiguous': ' Say --candidate N.',
  'board-unsure': ' If you know that it is right, say --even-if-unsure.',
};

/** The board that the address names by itself, when it is there already: its source need not be asked then. */
async function boardOf(db: Database, url: string): Promise<BoardView | undefined> {
  const board = boardOfUrl(parseCareersUrl(url));
  const existing = board === undefined ? undefined : await findBoard(db.sql, board);
  return existing === undefined ? undefined : readBoard(db, existing.id);
}

async function tried(config: Config, db: Database | undefined, { url, json }: AddOptions): Promise<BoardCandidate[]> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const http = createHttp({
    contact: config.contact,
    version: packageJson.version,
    allowPrivateFor: movedHosts(config),
    secrets: Object.values(config.sourceKeys),
    asksSites: true,
  });
  // Without a running system there is no line to stand in; a few requests of one person need none.
  const turns = db === undefined ? undefined : openTurns(config, db, createLog('cli', 'silent'));
  const progress = startProgress(process.stderr);
  const onStep = (says: string) => void (json ? undefined : progress.show(printable(says)));
  const settingsOf = (source: Parameters<typeof readSettings>[1]) => readSettings(config, source);
  try {
    return await patiently(
      () => checkUrl(url, { http, turns, connectors: CONNECTORS, settingsOf, signal: limit, onStep }),
      limit,
      onStep,
    );
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new BoardRefusedError('check-timed-out', 'The page or the board did not answer in time. Try again later.');
  } finally {
    progress.end();
    await http.close();
    await turns?.close();
  }
}

/** Somebody waits at the terminal: a short wait for a source is sat out, a long one is told. */
async function patiently<T>(work: () => Promise<T>, signal: AbortSignal, onStep: (says: string) => void): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WaitError)) throw error;
      const says = sentenceOf(error.wait);
      const { waitMs } = error.wait;
      if (waitMs === null || waitMs > WAIT_MAX_MS) {
        throw new BoardRefusedError('board-unreachable', `It was not asked: ${says}.`);
      }
      onStep(`waiting: ${says}`);
      await sleep(waitMs, undefined, { signal });
    }
  }
}

/** Asks at the terminal, unless the arguments say it all. */
async function choiceOf(candidates: readonly BoardCandidate[], { choice, yes, dryRun }: AddOptions): Promise<Choice> {
  if (yes || dryRun) return choice;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await askChoice(candidates, choice, (question) => terminal.question(question));
  } finally {
    terminal.close();
  }
}

async function saved(db: Database, candidate: BoardCandidate, choice: Choice, { url, by }: AddOptions) {
  const from = parseCareersUrl(url).href;
  const { id, created } = await saveBoard(db, candidate, { by, from, company: choice.company });
  return { saved: true, created, board: (await readBoard(db, id)) ?? null };
}

function verdict({ saved, created, board }: AddResult): string {
  if (!saved || board === null) return 'Nothing was saved: this was a dry run.';
  const name = `board ${board.id} (${board.source}/${board.token})`;
  if (created) return `Saved as ${name}. The next check: ${printable(board.nextCheckWhy)}.`;
  return `It is there already as ${name}, switched ${board.enabled ? 'on' : `off; npm run board -- enable ${board.id}`}.`;
}

/** A dry run of one board: its first pages are read by the connector that will read it, and nothing is stored. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BoardCandidate, BoardSample, Verdict } from '../../shared/boards/candidate.ts';
import { shortText } from '../../shared/boards/refusal.ts';
import { FetchError } from '../../shared/errors.ts';
import { sourceInfo } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import { type Read, readPages } from '../read-pages.ts';
import type { Board, Connector, Page, ReadSettings } from '../sources/source.ts';
import { costOf } from './cost.ts';
import { type JudgedItem, judgeItem } from './judge-item.ts';
import { isNameUnknown, probeAbsent } from './probe-absent.ts';

export interface TrialMeans {
  readonly connector: Connector;
  readonly settings: ReadSettings;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

/** What a trial learns; the candidate's other members are about how it was found. */
export type Trial = Pick<
  BoardCandidate,
  'verdict' | 'says' | 'found' | 'complete' | 'kept' | 'rejected' | 'undecided' | 'samples' | 'cost'
> & { readonly told: string | null };

/** Pages that a trial reads: enough to see what the board is like. */
const PAGES_MAX = 3;
/** Postings that are judged; judging takes a few milliseconds each. */
const JUDGED_MAX = 500;
const TURN = 20;
const SAMPLES_MAX = 5;
/** Texts that are asked for where lists have none. */
const TEXTS_MAX = 2;
const SAYS_MAX = 500;

/** @throws the signal's reason, and what is no failure of the source */
export async function tryBoard(means: TrialMeans, board: Board): Promise<Trial> {
  const { connector, fetch, signal } = means;
  const settings = { ...means.settings, pagesMax: Math.min(PAGES_MAX, means.settings.pagesMax) };
  let requests = 0;
  const counting: Fetch = (request) => {
    requests++;
    return fetch(request);
  };
  const seen = new Set<string>();
  const judged: { item: unknown; outcome: JudgedItem }[] = [];
  let [found, invalid, repeated] = [0, 0, 0];
  const take = async (page: Page<unknown>) => {
    found += page.items.length + page.invalid.length;
    invalid += page.invalid.length;
    for (const item of page.items) {
      const id = idOf(connector, item);
      if (id !== undefined && seen.has(id)) repeated++;
      else if (judged.length < JUDGED_MAX) judged.push({ item, outcome: judgeItem(connector, item, board) });
      if (id !== undefined) seen.add(id);
      if (judged.length % TURN === 0) await nextTurn();
    }
  };
  const read = await readPages(connector.read(board, settings, counting), signal, take);
  signal.throwIfAborted();
  if (read.failure !== undefined && found === 0) return failed(read.failure);
  const perCheck = requests;
  const promising = judged.filter(({ outcome }) => outcome.outcome === 'undecided').length;
  await askTexts({ ...means, settings }, board, judged);
  const counts = countsOf(found, { invalid, repeated }, judged);
  const { verdict, says } = await verdictOf({ ...means, settings }, board, read, counts);
  return {
    ...counts,
    verdict,
    says: shortText(says, SAYS_MAX),
    complete: read.complete,
    samples: samplesOf(judged),
    cost: costOf({ perCheck, atLeast: !read.complete, texts: promising }, sourceInfo(connector.name).minIntervalS ?? 0),
    told: mostCommon(judged.map(({ outcome }) => outcome.company)),
  };
}

/** A trial that read nothing. */
function failed(failure: unknown): Trial {
  if (!(failure instanceof FetchError)) throw failure;
  const absent = failure.status === 404 || failure.status === 410 || isNameUnknown(failure);
  const none = { found: 0, complete: false, kept: 0, rejected: {}, undecided: 0, samples: [], cost: null, told: null };
  return { ...none, verdict: absent ? 'absent' : 'failed', says: shortText(failure.message, SAYS_MAX) };
}

/** The most promising texts, one after the other; a text that does not come leaves its posting undecided. */
async function askTexts(
  { connector, settings, fetch, signal }: TrialMeans,
  board: Board,
  judged: { item: unknown; outcome: JudgedItem }[],
): Promise<void> {
  const best = judged.filter(({ outcome }) => outcome.outcome === 'undecided').sort(byRank);
  for (const entry of best.slice(0, TEXTS_MAX)) {
    try {
      const item = await connector.detail?.(entry.item, board, settings, fetch);
      if (item !== undefined) entry.outcome = judgeItem(connector, item, board);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FetchError)) throw error;
      return;
    }
  }
}

type Counts = Pick<Trial, 'found' | 'kept' | 'rejected' | 'undecided'>;

function countsOf(
  found: number,
  unjudged: { invalid: number; repeated: number },
  judged: readonly { readonly outcome: JudgedItem }[],
): Counts {
  const rejected: Record<string, number> = {};
  for (const [reason, count] of Object.entries(unjudged)) if (count > 0) rejected[reason] = count;
  let kept = 0;
  for (const { outcome } of judged) {
    if (outcome.outcome === 'kept') kept++;
    else if (outcome.outcome !== 'undecided') rejected[outcome.outcome] = (rejected[outcome.outcome] ?? 0) + 1;
  }
  const sum = Object.values(rejected).reduce((total, count) => total + count, 0);
  return { found, kept, rejected, undecided: found - kept - sum };
}

async function verdictOf(
  { connector, settings, fetch }: TrialMeans,
  board: Board,
  read: Read,
  { found, kept, rejected, undecided }: Counts,
): Promise<{ verdict: Verdict; says: string }> {
  const { label } = sourceInfo(connector.name);
  const broken = (rejected.invalid ?? 0) + (rejected.unusable ?? 0);
  if (found > 0 && broken === found) {
    return { verdict: 'failed', says: `None of its ${found} postings has the form that ${label} has in health.` };
  }
  if (found > 0) {
    const open = undecided === 0 ? '' : `, ${undecided} not judged yet`;
    const rest = read.complete ? '' : ' on its first pages';
    return { verdict: 'works', says: `${postings(found)}${rest}, of which ${kept} are IAM work${open}.` };
  }
  if (!read.complete) {
    const [problem] = read.problems;
    const why = problem?.error instanceof Error ? problem.error.message : 'it was not read to its end';
    return { verdict: 'failed', says: `It lists nothing that could be read: ${why}` };
  }
  const probe = await probeAbsent(connector, settings, fetch, board);
  if (probe.answer === 'tells apart') return { verdict: 'works', says: 'The board exists and lists no posting now.' };
  const why =
    probe.answer === 'cannot tell'
      ? `${label} says the same of boards that do not exist`
      : `whether ${label} says the same of boards that do not exist could not be asked (${probe.says})`;
  return { verdict: 'unsure', says: `It lists no posting, and ${why}: check the name.` };
}

/** The best first; one that is left out is shown as well, so that people see what the rules do. */
function samplesOf(judged: readonly { readonly outcome: JudgedItem }[]): BoardSample[] {
  const shown = judged.filter(({ outcome }) => outcome.sample !== undefined).sort(byRank);
  const good = shown.filter(({ outcome }) => outcome.sample?.kept !== false);
  const bad = shown.filter(({ outcome }) => outcome.sample?.kept === false);
  const first = good.slice(0, bad.length > 0 ? SAMPLES_MAX - 1 : SAMPLES_MAX);
  return [...first, ...bad.slice(0, SAMPLES_MAX - first.length)].flatMap(({ outcome }) => outcome.sample ?? []);
}

function byRank(a: { readonly outcome: JudgedItem }, b: { readonly outcome: JudgedItem }): number {
  return b.outcome.rank - a.outcome.rank;
}

/** An item without an id is judged, and found to be unusable. */
function idOf(connector: Connector, item: unknown): string | undefined {
  try {
    return connector.nativeId(item);
  } catch {
    return undefined;
  }
}

/** On a board of several brands the one that most postings name. */
function mostCommon(names: readonly (string | null)[]): string | null {
  const times = new Map<string, number>();
  for (const name of names) if (name !== null) times.set(name, (times.get(name) ?? 0) + 1);
  const [best] = [...times].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? null;
}

function postings(count: number): string {
  return count === 1 ? '1 posting' : `${count} postings`;
}

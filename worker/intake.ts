/** What becomes of each item of a page: counted, compared, judged, and written when it is new or changed IAM work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SourcePosting } from './posting.ts';
import { type Board, type Connector, NoOpeningError, type Page } from './sources/source.ts';
import { normalise } from './steps/normalise/normalise.ts';
import { score } from './steps/score/score.ts';
import { type BoardStore, contentHash, type Ready, type UnitCounts } from './store.ts';

/** Rows of one transaction: a commit is cheap then, and a crash repeats little. */
const BATCH_MAX = 1000;
/** Items judged before the process looks after its other units, its locks and its signals. */
const TURN = 20;
/** Invalid items kept for people to look at. */
const SAMPLES_MAX = 5;
const SAMPLE_LENGTH_MAX = 2000;

export interface Intake {
  /** Totals of the unit so far; they add up after every page. */
  readonly counts: UnitCounts;
  /** Native ids that the board listed. */
  readonly seen: ReadonlySet<string>;
  /** Texts of broken items, one of which may be the id of a posting that is stored. */
  readonly perhapsSeen: ReadonlySet<string>;
  /** Stored postings whose new version is no IAM work. */
  readonly noLongerIam: readonly string[];
  take(page: Page<unknown>): Promise<void>;
}

/** @param requests what earlier attempts of this unit asked already */
export function startIntake(connector: Connector, board: Board, store: BoardStore, requests: number): Intake {
  const counts = noCounts(requests, store.closedBefore);
  const seen = new Set<string>();
  const perhapsSeen = new Set<string>();
  const noLongerIam: string[] = [];
  let ready: Ready[] = [];

  const reject = (reason: 'not_iam' | 'invalid' | 'repeated' | 'unusable' | 'no_opening') => {
    counts.rejected++;
    counts.rejectedReasons[reason] = (counts.rejectedReasons[reason] ?? 0) + 1;
  };
  const rejectBroken = (reason: 'invalid' | 'unusable', item: unknown, problem: string) => {
    reject(reason);
    for (const id of possibleIds(item)) perhapsSeen.add(id);
    if (counts.invalidSamples.length < SAMPLES_MAX) counts.invalidSamples.push(sample(reason, item, problem));
  };
  const write = async () => {
    if (ready.length === 0) return;
    await store.write(ready, counts);
    ready = [];
  };

  /** @returns true when the item had to be read, not only compared */
  function takeItem(item: unknown): boolean {
    counts.found++;
    try {
      const nativeId = connector.nativeId(item);
      if (seen.has(nativeId)) {
        reject('repeated');
        return false;
      }
      seen.add(nativeId);
      const hash = contentHash(connector.stable(item));
      const verdict = store.lookup(nativeId, hash);
      if (verdict === 'unchanged') {
        keep('unchanged');
        return false;
      }
      if (verdict === 'new-before' || verdict === 'changed-before') {
        keep(verdict === 'new-before' ? 'new' : 'changed');
        return false;
      }
      const judged = judge(connector.toPosting(item, board), connector);
      if (judged.score.relevant) {
        ready.push({ nativeId, hash, raw: item, ...judged });
        keep(verdict);
      } else {
        if (verdict === 'changed') noLongerIam.push(nativeId);
        reject('not_iam');
      }
    } catch (error) {
      if (error instanceof NoOpeningError) reject('no_opening');
      else rejectBroken('unusable', item, String(error));
    }
    return true;
  }
  const keep = (how: 'new' | 'changed' | 'unchanged') => {
    counts.kept++;
    counts[how]++;
  };

  return {
    counts,
    seen,
    perhapsSeen,
    noLongerIam,
    take: async (page) => {
      for (const { item, problem } of page.invalid) {
        counts.found++;
        rejectBroken('invalid', item, problem);
      }
      let judged = 0;
      for (const item of page.items) {
        if (takeItem(item) && ++judged % TURN === 0) await nextTurn();
        if (ready.length >= BATCH_MAX) await write();
      }
      await write();
    },
  };
}

function judge(stated: SourcePosting, connector: Connector): Pick<Ready, 'posting' | 'score'> {
  const posting = normalise(stated, connector.name);
  return { posting, score: score({ title: posting.title, text: posting.text, company: posting.company }) };
}

function noCounts(requests: number, closed: number): UnitCounts {
  const none = { found: 0, kept: 0, rejected: 0, new: 0, changed: 0, unchanged: 0 };
  return { requests, ...none, closed, rejectedReasons: {}, invalidSamples: [] };
}

/**
 * A broken item may be a posting that is stored already: it is still listed, so it must not be closed as gone. Its id cannot be
 * asked of the connector, so every plain value of its first level counts as one.
 */
function possibleIds(item: unknown): string[] {
  if (typeof item !== 'object' || item === null) return [];
  return Object.values(item)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).slice(0, 100));
}

function sample(reason: string, item: unknown, problem: string): unknown {
  const text = JSON.stringify(item) ?? String(item);
  return { reason, problem: problem.slice(0, 500), item: text.slice(0, SAMPLE_LENGTH_MAX) };
}

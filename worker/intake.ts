/** What becomes of each item of a page: counted, compared, judged, and written when it is new or changed IAM work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createObserver, type Observer } from './health/observe.ts';
import type { SourcePosting } from './posting.ts';
import { type Board, type Connector, NoOpeningError, type Page } from './sources/source.ts';
import { normalise, wordsOf } from './steps/normalise/normalise.ts';
import { promiseOf } from './steps/score/promise.ts';
import { score } from './steps/score/score.ts';
import type { Rejected } from './store/rejected.ts';
import { type BoardStore, contentHash, type Ready, type UnitCounts } from './store.ts';

/** Rows of one transaction: a commit is cheap then, and a crash repeats little. */
const BATCH_MAX = 1000;
/** Items judged before the process looks after its other units, its locks and its signals. */
const TURN = 20;
/** Invalid items kept for people to look at. */
const SAMPLES_MAX = 5;
const SAMPLE_LENGTH_MAX = 2000;

/** An item whose text must be asked for before it can be judged. */
export interface Wanted {
  readonly item: unknown;
  readonly nativeId: string;
  readonly hash: Buffer;
  readonly verdict: 'new' | 'changed';
  /** More is better: a posting that is stored already, then what the title promises. */
  readonly promise: number;
}

export interface Intake {
  /** Totals of the unit so far; they add up after every page. */
  readonly counts: UnitCounts;
  /** Native ids that the board listed. */
  readonly seen: ReadonlySet<string>;
  /** Until when listed postings are open that say it, by native id. */
  readonly expiries: ReadonlyMap<string, Date>;
  /** Texts of broken items, one of which may be the id of a posting that is stored. */
  readonly perhapsSeen: ReadonlySet<string>;
  /** Stored postings whose new version is no IAM work. */
  readonly noLongerIam: readonly string[];
  /** What is listed as no opening; some of it may be stored as one. */
  readonly noOpening: readonly string[];
  /** Answers of the source that were taken. */
  readonly pages: number;
  /** Broken items that do not even tell their id: each may be any posting that is stored. */
  readonly unnamed: number;
  /** Items whose text must be asked for, at sources whose lists have none. They are not counted until they are judged or left. */
  readonly wanted: readonly Wanted[];
  take(page: Page<unknown>): Promise<void>;
  /** Takes wanted items with their texts. */
  takeComplete(complete: readonly { readonly wanted: Wanted; readonly item: unknown }[]): Promise<void>;
  /** Counts wanted items whose text did not come. What is stored of them stays as it is. */
  leave(count: number): void;
}

/**
 * @param rejected what this board lists that was no IAM work before
 * @param requests what earlier attempts of this unit asked already
 * @param observer watches what is listed, for the judgement of the read
 */
export function startIntake(
  connector: Connector,
  board: Board & { readonly boardId: number },
  store: BoardStore,
  rejected: Rejected,
  requests: number,
  observer: Observer = createObserver(),
): Intake {
  const counts = noCounts(requests, store.closedBefore);
  const seen = new Set<string>();
  const expiries = new Map<string, Date>();
  const perhapsSeen = new Set<string>();
  const noLongerIam: string[] = [];
  const noOpening: string[] = [];
  let [pages, unnamed] = [0, 0];
  const wanted: Wanted[] = [];
  let ready: Ready[] = [];

  const reject = (reason: RejectReason) => {
    counts.found++;
    counts.rejected++;
    counts.rejectedReasons[reason] = (counts.rejectedReasons[reason] ?? 0) + 1;
  };
  const rejectBroken = (reason: 'invalid' | 'unusable', item: unknown, problem: string) => {
    reject(reason);
    for (const id of possibleIds(item)) perhapsSeen.add(id);
    const name = nameOf(item, connector);
    if (name === undefined) unnamed++;
    else perhapsSeen.add(name);
    if (counts.invalidSamples.length < SAMPLES_MAX) counts.invalidSamples.push(sample(reason, item, problem));
  };
  const write = async () => {
    if (ready.length === 0) return;
    await store.write(ready, counts);
    ready = [];
  };

  /** @returns true when the item had to be read, not only compared */
  function takeItem(item: unknown): boolean {
    try {
      const nativeId = connector.nativeId(item);
      const hash = contentHash(connector.stable(item));
      observer.listed(hash);
      if (seen.has(nativeId)) {
        reject('repeated');
        return false;
      }
      seen.add(nativeId);
      const expiresAt = connector.expiresAt?.(item) ?? undefined;
      if (expiresAt !== undefined) expiries.set(nativeId, expiresAt);
      const verdict = store.lookup(nativeId, hash);
      if (verdict === 'unchanged') {
        keep('unchanged');
        return false;
      }
      if (verdict === 'new-before' || verdict === 'changed-before') {
        keep(verdict === 'new-before' ? 'new' : 'changed');
        return false;
      }
      if (rejected.has(hash)) {
        rejectOther(nativeId, verdict);
        return false;
      }
      observer.fresh();
      const posting = connector.toPosting(item, board);
      if (connector.detail === undefined) judgeItem(item, nativeId, hash, verdict, posting);
      else wantItem(item, nativeId, hash, verdict, posting);
    } catch (error) {
      refuse(item, error);
    }
    return true;
  }
  /** Without its text an item is judged by its title, and only to leave it. */
  function wantItem(item: unknown, nativeId: string, hash: Buffer, verdict: 'new' | 'changed', stated: SourcePosting) {
    const promise = verdict === 'changed' ? Number.POSITIVE_INFINITY : promiseOf(stated.title, stated.company);
    if (promise === undefined) reject('not_iam_by_title');
    else wanted.push({ item, nativeId, hash, verdict, promise });
  }
  function judgeItem(item: unknown, nativeId: string, hash: Buffer, verdict: 'new' | 'changed', stated: SourcePosting) {
    const words = wordsOf(stated);
    observer.mapped({ ...stated, ...words });
    const judged = score(words);
    if (judged.relevant) {
      // Places, pay and safe HTML are read for what is kept: one posting in ten, or fewer.
      ready.push({ nativeId, hash, raw: item, posting: normalise(stated, connector.name, words), score: judged });
      keep(verdict);
    } else {
      rejected.add(hash);
      rejectOther(nativeId, verdict);
    }
  }
  function rejectOther(nativeId: string, verdict: 'new' | 'changed') {
    if (verdict === 'changed') noLongerIam.push(nativeId);
    reject('not_iam');
  }
  const refuse = (item: unknown, error: unknown) => {
    if (error instanceof NoOpeningError) {
      noOpening.push(connector.nativeId(item));
      reject('no_opening');
    } else rejectBroken('unusable', item, String(error));
  };
  const keep = (how: 'new' | 'changed' | 'unchanged') => {
    counts.found++;
    counts.kept++;
    counts[how]++;
  };

  return {
    counts,
    seen,
    expiries,
    perhapsSeen,
    noLongerIam,
    noOpening,
    get pages() {
      return pages;
    },
    get unnamed() {
      return unnamed;
    },
    wanted,
    take: async (page) => {
      pages++;
      for (const { item, problem } of page.invalid) rejectBroken('invalid', item, problem);
      let judged = 0;
      for (const item of page.items) {
        if (takeItem(item) && ++judged % TURN === 0) await nextTurn();
        if (ready.length >= BATCH_MAX) await write();
      }
      observer.endOfPage();
      await write();
    },
    takeComplete: async (complete) => {
      for (const { wanted, item } of complete) {
        try {
          judgeItem(item, wanted.nativeId, wanted.hash, wanted.verdict, connector.toPosting(item, board));
        } catch (error) {
          refuse(item, error);
        }
      }
      await write();
    },
    leave: (count) => {
      for (let i = 0; i < count; i++) reject('not_read');
    },
  };
}

type RejectReason = 'not_iam' | 'not_iam_by_title' | 'invalid' | 'repeated' | 'unusable' | 'no_opening' | 'not_read';

function noCounts(requests: number, closed: number): UnitCounts {
  const none = { found: 0, kept: 0, rejected: 0, new: 0, changed: 0, unchanged: 0 };
  return { requests, ...none, closed, rejectedReasons: {}, invalidSamples: [] };
}

/**
 * A broken item may be a posting that is stored already: it is still listed, so it must not be closed as gone. Its id cannot be
 * asked of the connector for sure, so every plain value of its first level counts as one.
 */
function possibleIds(item: unknown): string[] {
  if (typeof item !== 'object' || item === null) return [];
  return Object.values(item)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).slice(0, 100));
}

/** The id of an item whose rest is broken, where the connector can still read it. */
function nameOf(item: unknown, connector: Connector): string | undefined {
  try {
    const name = connector.nativeId(item);
    return name === '' || name === 'undefined' || name === 'null' ? undefined : name;
  } catch {
    return undefined;
  }
}

function sample(reason: string, item: unknown, problem: string): unknown {
  const text = JSON.stringify(item) ?? String(item);
  return { reason, problem: problem.slice(0, 500), item: text.slice(0, SAMPLE_LENGTH_MAX) };
}

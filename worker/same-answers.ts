/**
 * Knows whether a source answers a read exactly as it did at the last complete healthy one. Then nothing needs to be parsed,
 * compared or written: the stored postings are what it lists.
 */
import { hash } from 'node:crypto';
import type { LastRead, RepeatedCounts } from '../shared/db/scans/board-memory.ts';
import { cacheSeconds } from './cache-hint.ts';
import type { Fetch, FetchRequest } from './http/fetch.ts';
import { NotModifiedError } from './http/not-modified.ts';
import type { Page, ReadEnd } from './sources/source.ts';

const ANSWER_BYTES = 16;
/** A read of more answers than these is read anew each time. */
const ANSWERS_MAX = 64;
/** What may be held back of a read that may be the same; beyond it pages are looked into as they come. */
const HELD_BYTES_MAX = 8 * 1024 * 1024;

export interface SameAnswers {
  /** The door for the read of the list. */
  readonly fetch: Fetch;
  /** False as soon as one answer differs, and where nothing is known. */
  readonly mayBeSame: boolean;
  /** True when all of the last read was answered again, and nothing else. */
  isSame(read: ReadEnd & { readonly failure?: unknown }): boolean;
  /** By what the answers of this read are known again; undefined when they are too many. */
  remember(version: string, counts: RepeatedCounts): LastRead | undefined;
  /** What the only answer is asked for with from now on; undefined when there were several. */
  validators(): { readonly etag: string | null; readonly lastModified: string | null } | undefined;
  /** For how long the source says its first answer is good, in seconds. */
  readonly hintS: number | undefined;
}

/** @param known the last read of this board; undefined when it must be read anew */
export function sameAnswers(known: LastRead | undefined, fetch: Fetch): SameAnswers {
  const expected = new Set(known === undefined ? [] : split(known.answers));
  const answers: string[] = [];
  let mayBeSame = known !== undefined;
  let notModified: number | undefined;
  let untold = false;
  let heldBytes = 0;
  let first: { readonly address: string; readonly headers: Readonly<Record<string, string>> } | undefined;

  /** The only answer of the last read, asked for again: a 304 says everything then. */
  const isOnly = (address: string) => mayBeSame && known?.address === address && answers.length === 0;

  const same: Fetch = async (request) => {
    const address = addressOf(request);
    const only = isOnly(address);
    const isSame = (bodyHash: string) => only && expected.has(answerOf(address, bodyHash));
    const conditions = only ? { etag: known?.etag ?? undefined, lastModified: known?.lastModified ?? undefined } : {};
    try {
      const answer = await fetch({ ...request, known: { ...conditions, isSame } });
      first ??= { address, headers: answer.headers };
      if (answer.bodyHash === undefined) untold = true;
      else answers.push(answerOf(address, answer.bodyHash));
      heldBytes += answer.bytes;
      if (untold || heldBytes > HELD_BYTES_MAX || !expected.has(answers.at(-1) ?? '')) mayBeSame = false;
      return answer;
    } catch (error) {
      if (error instanceof NotModifiedError) {
        first ??= { address, headers: error.headers };
        notModified = error.status;
      }
      throw error;
    }
  };

  return {
    fetch: same,
    get mayBeSame() {
      return mayBeSame;
    },
    isSame: (read) =>
      notModified !== undefined ||
      (mayBeSame && read.failure === undefined && read.complete && new Set(answers).size === expected.size),
    remember: (version, counts) => {
      if (untold || answers.length === 0 || answers.length > ANSWERS_MAX) return undefined;
      const { etag, lastModified } = validatorsOf(first?.headers ?? {});
      const only = answers.length === 1;
      return {
        version,
        counts,
        answers: Buffer.from([...new Set(answers)].sort().join(''), 'hex'),
        address: only ? (first?.address ?? null) : null,
        etag: only ? etag : null,
        lastModified: only ? lastModified : null,
      };
    },
    validators: () => {
      if (known?.address == null || first === undefined) return undefined;
      const { etag, lastModified } = validatorsOf(first.headers);
      // A 304 may leave out what it did not change.
      return notModified === 304
        ? { etag: etag ?? known.etag, lastModified: lastModified ?? known.lastModified }
        : { etag, lastModified };
    },
    get hintS() {
      return cacheSeconds(first?.headers ?? {});
    },
  };
}

export interface HeldPages {
  /** Holds a page back as long as the read may be the same as the last one. */
  take(page: Page<unknown>): Promise<void>;
  /** Gives out what is held. */
  flush(): Promise<void>;
}

/** @param take called with all pages in their order, unless the read is the same to its end */
export function holdPages(
  same: Pick<SameAnswers, 'mayBeSame'>,
  take: (page: Page<unknown>) => Promise<void>,
): HeldPages {
  const held: Page<unknown>[] = [];
  const flush = async () => {
    for (const page of held.splice(0)) await take(page);
  };
  return {
    take: async (page) => {
      held.push(page);
      if (!same.mayBeSame) await flush();
    },
    flush,
  };
}

/** Keys of sources may stand in an address, so it is never kept itself. */
function addressOf({ url, body }: FetchRequest<unknown>): string {
  return hash('sha256', `${url.href}\n${body === undefined ? '' : JSON.stringify(body)}`, 'hex').slice(
    0,
    ANSWER_BYTES * 2,
  );
}

function answerOf(address: string, bodyHash: string): string {
  return hash('sha256', `${address}\n${bodyHash}`, 'hex').slice(0, ANSWER_BYTES * 2);
}

function split(answers: Buffer): string[] {
  const hex = answers.toString('hex');
  return hex.match(new RegExp(`.{${ANSWER_BYTES * 2}}`, 'g')) ?? [];
}

/** A header that no server sends in earnest is not sent back. */
function validatorsOf({ etag, 'last-modified': lastModified }: Readonly<Record<string, string>>) {
  const short = (text: string | undefined) => (text !== undefined && text.length <= 300 ? text : null);
  return { etag: short(etag), lastModified: short(lastModified) };
}

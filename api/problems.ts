/** Every way in which a request can be refused. Each kind has a page, `/problems/<slug>`, that says what it means (RFC 9457). */

import { ACCOUNTS } from './problem-kinds/accounts.ts';
import { BOARDS } from './problem-kinds/boards.ts';
import type { ProblemKind } from './problem-kinds/kind.ts';
import { REQUESTS } from './problem-kinds/requests.ts';
import { SCANS } from './problem-kinds/scans.ts';
import { TRACKING } from './problem-kinds/tracking.ts';

export const PROBLEMS = {
  ...REQUESTS,
  ...ACCOUNTS,
  ...SCANS,
  ...BOARDS,
  ...TRACKING,
} as const satisfies Record<string, ProblemKind>;

export type ProblemSlug = keyof typeof PROBLEMS;
export const PROBLEM_SLUGS = Object.keys(PROBLEMS) as ProblemSlug[];

export function problemKind(slug: ProblemSlug): ProblemKind {
  return PROBLEMS[slug];
}

/** One thing that is wrong: where, and why. `pointer` is a JSON Pointer (RFC 6901) into the part that `in` names. */
export interface InputError {
  readonly in: 'query' | 'body' | 'header';
  readonly pointer: string;
  readonly detail: string;
}

interface More {
  /** What happened, with the value that caused it; never sent with a status of 500 or more. */
  readonly detail?: string;
  readonly errors?: readonly InputError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** In a browser: the page to go to instead of showing the problem. */
  readonly goTo?: string;
  /** Further members of the answer. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Thrown by a handler to refuse the request; app.ts makes the answer of it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly slug: ProblemSlug;
  readonly more: More;
  constructor(slug: ProblemSlug, more: More = {}) {
    super(PROBLEMS[slug].title, more.cause === undefined ? undefined : { cause: more.cause });
    this.slug = slug;
    this.more = more;
  }
}

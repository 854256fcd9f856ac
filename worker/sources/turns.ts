/** Reads several lists of one source page by page, one request at a time, and lets the lists take turns. */
import { pageOf } from './items.ts';
import { createRepeatCheck, endOf, endOfReach, isHopeless, ownLimit, pageProblem, repeatedPage } from './paging.ts';
import type { Connector, Page, ReadEnd, ReadProblem } from './source.ts';

/** What is asked for under one query, or the whole of a feed. */
export interface Listing {
  /** How problems name it: `"okta"`, `the feed`. */
  readonly name: string;
  /** Asks for one page, from 1. @throws FetchError */
  ask(page: number): Promise<ListedPage>;
}

export interface ListedPage {
  readonly rows: readonly unknown[];
  /** False on the last page. */
  readonly more: boolean;
  /** What this list does not show although it ends here. */
  readonly problem?: ReadProblem | undefined;
}

/**
 * Every list's first page is read before any list's second one, so that our own limit cuts the tail of each and none as a
 * whole. A page that fails ends its list and no other, unless every further request would be refused as well.
 * @throws FetchError when the very first page fails
 */
export async function* inTurns<Item>(
  listings: readonly Listing[],
  connector: Pick<Connector<Item>, 'item' | 'nativeId'>,
  pagesMax: number,
): AsyncGenerator<Page<Item>, ReadEnd> {
  const problems: ReadProblem[] = [];
  let open = listings.map((listing) => ({ listing, number: 1, isRepeated: createRepeatCheck() }));
  let asked = 0;
  while (open.length > 0) {
    const goingOn: typeof open = [];
    for (const list of open) {
      if (asked === pagesMax) return endOf([...problems, ownLimit(asked)]);
      const what = `page ${list.number} of ${list.listing.name}`;
      const answer = await list.listing.ask(list.number).catch((error: unknown) => {
        if (asked === 0) throw error;
        problems.push(pageProblem(error, what));
        return undefined;
      });
      asked++;
      if (answer === undefined) {
        if (isHopeless(problems.at(-1)?.error)) return endOf(problems);
        continue;
      }
      const page = pageOf(connector.item, answer.rows);
      if (list.isRepeated(page.items.map(connector.nativeId))) {
        problems.push(repeatedPage(what));
        continue;
      }
      yield page;
      if (answer.problem !== undefined) problems.push(answer.problem);
      list.number++;
      if (answer.more) goingOn.push(list);
    }
    open = goingOn;
  }
  return endOf(problems);
}

/**
 * Pages of a list whose source tells how many rows it has: it ends where all of them came, or at an empty page. How many rows
 * a page has is not believed, because sources cap what they are asked for.
 */
export function createTally(label: string, name: string) {
  let listed = 0;
  return (rows: readonly unknown[], total: number | null | undefined): ListedPage => {
    listed += rows.length;
    const counted = total ?? Number.POSITIVE_INFINITY;
    if (rows.length > 0 || !Number.isFinite(counted)) return { rows, more: rows.length > 0 && listed < counted };
    if (listed >= counted) return { rows, more: false };
    return { rows, more: false, problem: endOfReach(`${label} counts ${counted} postings and lists ${listed}`, name) };
  };
}

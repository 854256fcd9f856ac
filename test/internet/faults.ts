/** What can be wrong with a source. A fault holds until it is taken away, or for a number of answers. */
import type { Asked, Refusal, Row } from './speaker.ts';

interface When {
  /** Only for this board. */
  readonly board?: string;
  /** Only for this page, from 0. */
  readonly page?: number;
  /** Only from this page on. */
  readonly fromPage?: number;
  /** Only for the records of single postings, or only for lists. */
  readonly detail?: boolean;
  /** Only for so many answers. */
  readonly times?: number;
}

export type Fault = When &
  (
    | ({ readonly kind: 'refuse' } & Refusal) // 429 with Retry-After, 500, 401, ...
    | { readonly kind: 'slow'; readonly ms: number }
    | { readonly kind: 'hang' } // takes the request and never answers
    | { readonly kind: 'cut' } // closes the connection in the middle of the body
    | { readonly kind: 'html' } // 200 and a page for people
    | { readonly kind: 'body'; readonly body: unknown } // 200 and this instead, as JSON
    | { readonly kind: 'text'; readonly text: string } // 200 and this instead, as it is
    | { readonly kind: 'damaged-gzip' } // a gzip stream that ends too early
    | { readonly kind: 'endless-body' }
    | { readonly kind: 'endless-pages' } // there is always one page more, with new rows
    | { readonly kind: 'repeat' } // always the first page again, with the same cursor
    | { readonly kind: 'patch-first'; readonly patch: Row } // the first row with other values
  );

/** Takes the first fault that holds for this answer and uses one of its times up. */
export function createFaults() {
  let faults: { readonly fault: Fault; left: number }[] = [];
  return {
    set(...list: Fault[]) {
      faults = list.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    take(asked: Asked): Fault | undefined {
      const found = faults.find(({ fault, left }) => left > 0 && holds(fault, asked));
      if (found !== undefined) found.left--;
      return found?.fault;
    },
  };
}

function holds(fault: Fault, { board, page, detail = false }: Asked): boolean {
  return (
    (fault.board === undefined || fault.board === board) &&
    (fault.page === undefined || fault.page === page) &&
    (fault.fromPage === undefined || page >= fault.fromPage) &&
    (fault.detail === undefined || fault.detail === detail)
  );
}

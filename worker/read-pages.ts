/** Reads a unit's pages one after the other. What fails at the source is the answer, what fails in `take` is thrown. */
import type { Page, ReadEnd } from './sources/source.ts';

export interface Read extends ReadEnd {
  /** Set when the read failed as a whole, at its first request or later. */
  readonly failure?: unknown;
}

/** @param signal when it is aborted no further page is asked for; the caller knows why */
export async function readPages<Item>(
  pages: AsyncGenerator<Page<Item>, ReadEnd>,
  signal: AbortSignal,
  take: (page: Page<Item>) => Promise<void>,
): Promise<Read> {
  const cut: ReadEnd = { complete: false, problems: [] };
  try {
    while (!signal.aborted) {
      const next = await pages.next().catch((failure: unknown) => ({ failure }));
      if ('failure' in next) return { ...cut, ...next };
      if (next.done === true) return next.value;
      await take(next.value);
    }
    return cut;
  } finally {
    // Ends requests that the connector has under way for later pages; a generator that ended by itself does nothing here.
    await pages.return(cut).catch(() => undefined);
  }
}

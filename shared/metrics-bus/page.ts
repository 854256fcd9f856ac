/** The page that is asked for, and the page that is given. */
import { isRecord } from './definitions.ts';

/** What a client of the page may wish for. */
export interface Ask {
  readonly accept?: string | undefined;
  readonly acceptEncoding?: string | undefined;
  /** `X-Prometheus-Scrape-Timeout-Seconds` */
  readonly timeoutSeconds?: number | undefined;
  /** `host`: this host alone. Otherwise all hosts, where there are several. */
  readonly scope?: 'host' | undefined;
  /** `process`: every process of this host on its own, with `role` and `proc`. For people, not for Prometheus. */
  readonly by?: 'process' | undefined;
}
export interface Page {
  readonly contentType: string;
  readonly encoding?: 'gzip';
  readonly body: Buffer;
  /** Call it when the body has been sent, and never look at the body again: its memory is used for the next page. Not calling it costs time only. */
  readonly release?: () => void;
}

/** Of a question that came from outside, what makes sense. */
export function parseAsk(notes: unknown): Ask {
  if (!isRecord(notes)) return {};
  const { accept, acceptEncoding, timeoutSeconds, scope, by } = notes;
  return {
    accept: typeof accept === 'string' ? accept : undefined,
    acceptEncoding: typeof acceptEncoding === 'string' ? acceptEncoding : undefined,
    timeoutSeconds: typeof timeoutSeconds === 'number' && timeoutSeconds > 0 ? timeoutSeconds : undefined,
    scope: scope === 'host' ? scope : undefined,
    by: by === 'process' ? by : undefined,
  };
}

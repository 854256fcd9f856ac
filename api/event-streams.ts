/** Server-sent events: how many may be open, and how they end. */
import type { Response } from 'express';
import { Problem } from './problems.ts';
import { countNow } from './request-metrics.ts';

/** Comments in between keep proxies from closing a stream that has nothing to say. */
const HEARTBEAT_MS = 15_000;
/** How long a client waits before it connects again. */
const RETRY_MS = 3_000;
/** A stream ends after this; the client connects again by itself. */
const LIFETIME_MS = 30 * 60_000;
/** What a client may leave unread before it is dropped. */
const UNREAD_BYTES_MAX = 256 * 1024;

export interface EventStream {
  /** Aborted when the client went away or the server ends. */
  readonly signal: AbortSignal;
  send(event: string | undefined, id: string, data: unknown): void;
  end(): void;
}

export interface EventStreams {
  /** @throws Problem too-many-streams */
  open(res: Response): EventStream;
  readonly size: number;
  /** Ends all streams and refuses new ones. */
  close(): void;
}

export interface StreamLimits {
  readonly streamsMax: number;
  readonly heartbeatMs: number;
}

export function createEventStreams(
  limits: StreamLimits = { streamsMax: 100, heartbeatMs: HEARTBEAT_MS },
): EventStreams {
  const open = new Set<EventStream>();
  let closed = false;
  return {
    get size() {
      return open.size;
    },
    open: (res) => {
      if (closed || open.size >= limits.streamsMax)
        throw new Problem('too-many-streams', { headers: { 'Retry-After': '10' } });
      const stream = startStream(res, limits.heartbeatMs, () => open.delete(stream));
      open.add(stream);
      return stream;
    },
    close: () => {
      closed = true;
      for (const stream of [...open]) stream.end();
    },
  };
}

function startStream(res: Response, heartbeatMs: number, ended: () => void): EventStream {
  const gone = new AbortController();
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  countNow(res);
  const write = (text: string) => {
    if (gone.signal.aborted) return;
    res.write(text);
    if (res.writableLength > UNREAD_BYTES_MAX) res.destroy();
  };
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
  const lifetime = setTimeout(() => end(), LIFETIME_MS);
  const end = () => {
    if (gone.signal.aborted) return;
    clearInterval(heartbeat);
    clearTimeout(lifetime);
    gone.abort();
    res.end();
    ended();
  };
  // Not the request's `close`: that comes as soon as the request was read.
  res.once('close', end);
  write(`retry: ${RETRY_MS}\n\n`);
  return {
    signal: gone.signal,
    // JSON has no line breaks, so that one data line is the whole message.
    send: (event, id, data) =>
      write(`${event === undefined ? '' : `event: ${event}\n`}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`),
    end,
  };
}

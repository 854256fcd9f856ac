/** A client for server-sent events, as small as the tests need it. */
import { expect } from 'vitest';

interface Event {
  readonly event: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any member
  readonly data: any;
}

export interface Stream {
  readonly headers: Headers;
  readonly events: Event[];
  readonly comments: number;
  readonly retry: number | undefined;
  /** When the server has closed the stream. */
  readonly closed: Promise<void>;
  stop(): void;
}

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<Stream> {
  const abort = new AbortController();
  const answer = await fetch(url, { headers, signal: abort.signal });
  expect(answer.status).toBe(200);
  const stream = { events: [] as Event[], comments: 0, retry: undefined as number | undefined };
  const closed = (async () => {
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) take(block, stream);
    }
  })();
  closed.catch(() => undefined);
  return Object.assign(stream, { headers: answer.headers, closed, stop: () => abort.abort() });
}

function take(block: string, stream: { events: Event[]; comments: number; retry: number | undefined }): void {
  if (block.startsWith(':')) {
    stream.comments++;
    return;
  }
  const fields = Object.fromEntries(block.split('\n').map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1)));
  if (fields.retry !== undefined) stream.retry = Number(fields.retry);
  if (fields.data !== undefined)
    stream.events.push({ event: fields.event ?? 'message', id: fields.id ?? '', data: JSON.parse(fields.data) });
}

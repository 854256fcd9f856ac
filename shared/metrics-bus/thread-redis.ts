/** A Redis connection stays in the thread that has it; the hub's thread sends its commands there. Both ends of that. */
import type { RedisCall } from './fleet-store.ts';

export interface RedisQuestion {
  readonly kind: 'redis';
  readonly id: number;
  readonly command: string;
  readonly args: readonly (string | Uint8Array)[];
}
export interface RedisAnswer {
  readonly kind: 'redis';
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** In the hub's thread. */
export class ThreadRedis {
  readonly #ask: (question: RedisQuestion) => void;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #id = 0;

  constructor(ask: (question: RedisQuestion) => void) {
    this.#ask = ask;
  }

  readonly call: RedisCall = (command, ...args) => {
    const id = ++this.#id;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    this.#ask({ kind: 'redis', id, command, args });
    return answer.promise;
  };

  receive({ id, answer, error }: RedisAnswer): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (error === undefined) open?.resolve(withBuffers(answer));
    else open?.reject(new Error(error));
  }
}

/** In the thread that has the connection. Never rejects. */
export async function answerRedis(call: RedisCall, { id, command, args }: RedisQuestion): Promise<RedisAnswer> {
  try {
    const answer = await call(command, ...args.map((arg) => (typeof arg === 'string' ? arg : asBuffer(arg))));
    return { kind: 'redis', id, answer };
  } catch (error) {
    return { kind: 'redis', id, error: error instanceof Error ? error.message : String(error) };
  }
}

/** What arrives from another thread is a plain Uint8Array. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function withBuffers(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withBuffers);
  return answer instanceof Uint8Array ? asBuffer(answer) : answer;
}

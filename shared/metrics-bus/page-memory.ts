/**
 * Memory of pages that have been sent, for the next ones. A page of 450 kB in new memory costs the kernel 110 page faults and the garbage collector an
 * external buffer, together more than writing it.
 *
 *     hub ──page──▶ application ──▶ socket
 *      ▲                              │ release; to a hub in a thread with the next question
 *      └──────────────────────────────┘
 */
export class PageMemory {
  #spare: ArrayBuffer[] = [];

  /** Memory that is nobody's any more. */
  give(buffers: readonly ArrayBuffer[]): void {
    this.#spare = [...this.#spare, ...buffers].slice(-MOST);
  }

  /** New memory is a little larger than asked for, because pages grow by a digit now and then. */
  readonly take = (bytes: number): Buffer => {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 2);
    const [buffer = new ArrayBuffer(Math.ceil(bytes * ROOM))] = at < 0 ? [] : this.#spare.splice(at, 1);
    return Buffer.from(buffer, 0, bytes);
  };

  /** A page and how to give its memory back, which counts once. */
  lend(write: (take: (bytes: number) => Buffer) => Buffer): { readonly body: Buffer; readonly release: () => void } {
    const body = write(this.take);
    let isOut = true;
    const release = () => {
      if (isOut) this.give([body.buffer as ArrayBuffer]);
      isOut = false;
    };
    return { body, release };
  }

  /** All that is spare, to be given elsewhere. */
  drain(): ArrayBuffer[] {
    return this.#spare.splice(0);
  }
}

const MOST = 2;
const ROOM = 1.1;

/** The agent's connection to its hub: it comes back when it breaks, and never keeps the process alive. */
import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { FrameReader } from './frame-reader.ts';
import type { Frame } from './frames.ts';

export interface SocketOptions {
  readonly path: string;
  readonly onOpen: () => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onClose: () => void;
}

/** A hub that reads slower than that is not sent more: changes wait in the table, which does not grow by waiting. */
const MAX_BACKLOG = 1024 * 1024;
/** The largest page that is taken. */
const MAX_FRAME = 256 * 1024 * 1024;
/** What a hub says is short, a page apart. */
const READ_BYTES = 64 * 1024;
const EXIT_MS = 500;
const RETRY_MS = { first: 50, most: 2000 } as const;

export class AgentSocket {
  readonly #options: SocketOptions;
  readonly #memory = Buffer.allocUnsafeSlow(READ_BYTES);
  #socket: Socket | undefined;
  #isOpen = false;
  #retryMs: number = RETRY_MS.first;
  #retry: NodeJS.Timeout | undefined;
  #isHeld = false;
  #isEnded = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isBusy(): boolean {
    return (this.#socket?.writableLength ?? 0) > MAX_BACKLOG;
  }

  send(frame: Buffer): void {
    if (this.#isOpen) this.#socket?.write(frame);
  }

  /**
   * In an `exit` handler, where what does not fit into the kernel's buffer (about 200 kB) would never be written: offered again until the other side has
   * read, or half a second is over. Bytes of Node's own that still wait come first, so then the rest cannot be helped.
   */
  sendAtOnce(frame: Buffer): void {
    const fd = (this.#socket as { _handle?: { fd?: number } } | undefined)?._handle?.fd;
    if (fd === undefined || fd < 0 || this.#socket?.writableLength !== 0) {
      this.send(frame);
      return;
    }
    const deadline = performance.now() + EXIT_MS;
    for (let at = 0; this.#isOpen && at < frame.length && performance.now() < deadline; ) {
      try {
        at += writeSync(fd, frame, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  }

  /** The hub wants us: the next interruption is worth a quick return. */
  accepted(): void {
    this.#retryMs = RETRY_MS.first;
  }

  /** From now on the connection keeps the process alive, and one that is missing is tried at once. */
  hold(): void {
    this.#isHeld = true;
    this.#socket?.ref();
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#retryMs = RETRY_MS.first;
    this.#connect();
  }

  /** For good. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
  }

  #connect(): void {
    this.#retry = undefined;
    const reader = new FrameReader(MAX_FRAME);
    const read = (bytes: number) => {
      try {
        reader.push(this.#memory.subarray(0, bytes), this.#options.onFrame);
      } catch {
        // Whatever answers there, it is no hub of ours.
        socket.destroy();
      }
      return true;
    };
    // Into memory of our own, past the machinery of streams: a question is answered in half the time.
    const socket = connect({ path: this.#options.path, onread: { buffer: this.#memory, callback: read } });
    this.#socket = socket;
    if (!this.#isHeld) socket.unref();
    socket.on('connect', () => {
      this.#isOpen = true;
      this.#options.onOpen();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isOpen = false;
      this.#options.onClose();
      if (!this.#isEnded) this.#tryAgain();
    });
  }

  #tryAgain(): void {
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs * (0.75 + Math.random() / 2));
    this.#retry.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
  }
}

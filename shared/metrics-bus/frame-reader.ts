import { decodeFrame, type Frame, FrameError, HEADER_BYTES } from './frames.ts';

/** Cuts a byte stream into frames. Holds at most one unfinished frame of `limit` bytes, however the stream is chopped. */
export class FrameReader {
  /** Bytes that one frame may have; raise it once the other side has shown who it is. */
  limit: number;
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = HEADER_BYTES;

  constructor(limit: number) {
    this.limit = limit;
  }

  /**
   * Hands over the frames that `chunk` completes; its memory may be used again afterwards. Throws FrameError, and what `receive` throws; the stream is
   * of no use then.
   */
  push(chunk: Buffer, receive: (frame: Frame) => void): void {
    const bytes = this.#held === 0 ? chunk : this.#joined(chunk);
    if (bytes === undefined) return;
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      this.#wanted = this.#checked(bytes.readUInt32LE(at));
      if (bytes.length - at < this.#wanted) break;
      const isAlone = at === 0 && this.#wanted === bytes.length;
      const frame = decodeFrame(isAlone ? bytes : bytes.subarray(at, at + this.#wanted));
      at += this.#wanted;
      receive(bytes === chunk && frame.body.length > 0 ? { ...frame, body: Buffer.from(frame.body) } : frame);
      this.#wanted = HEADER_BYTES;
    }
    this.#held = bytes.length - at;
    if (this.#held > 0) this.#chunks = [Buffer.from(bytes.subarray(at))];
  }

  /** Together with what was left over, as soon as there is a frame in it. */
  #joined(chunk: Buffer): Buffer | undefined {
    this.#chunks.push(Buffer.from(chunk));
    this.#held += chunk.length;
    return this.#held < this.#wanted ? undefined : Buffer.concat(this.#chunks.splice(0));
  }

  #checked(length: number): number {
    if (length > this.limit) throw new FrameError('too_large', `a frame of ${length} bytes; ${this.limit} are allowed`);
    if (length < HEADER_BYTES) throw new FrameError('garbled', `a frame of ${length} bytes`);
    return length;
  }
}

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

  /** The frames that `chunk` completes. Throws FrameError; the stream is of no use afterwards. */
  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#held >= this.#wanted) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const length = this.#checked(bytes.readUInt32LE(0));
      this.#wanted = length;
      this.#chunks = [bytes];
      if (this.#held < length) return;
      this.#held -= length;
      this.#chunks = this.#held === 0 ? [] : [bytes.subarray(length)];
      this.#wanted = HEADER_BYTES;
      yield decodeFrame(bytes.subarray(0, length));
    }
  }

  #checked(length: number): number {
    if (length > this.limit) throw new FrameError('too_large', `a frame of ${length} bytes; ${this.limit} are allowed`);
    if (length < HEADER_BYTES) throw new FrameError('garbled', `a frame of ${length} bytes`);
    return length;
  }
}

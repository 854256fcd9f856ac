/**
 * zstd frames from one compressor that lives as long as the process. `zstdCompressSync` makes and throws away a whole
 * compressor (a stream object and a megabyte of tables) for each call, which costs more than compressing a posting: 41 us
 * against 16 us for 9.6 KB, and the garbage collector's time on top. Its asynchronous form wakes a thread for each posting:
 * 28 us, and waiting wherever the machine is busy.
 *
 * To keep one, this file talks to the stream's native handle, as the tar of npm does (minizlib). That is no public interface:
 * so it is tried out once in each process, and where it does not do exactly what is expected, the public function is used.
 */
import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Level 3 gains 1 % of size for 15 % of time. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 2 } };
const IN_BYTES = 256 * 1024;
const OUT_BYTES = 256 * 1024;

type Compress = (text: string) => Buffer;

let chosen: Compress | undefined;

/** One zstd frame of the text in UTF-8. */
export function compress(text: string): Buffer {
  chosen ??= works(reusing) ?? withNewCompressor;
  return chosen(text);
}

/** `node:zlib` lib/zlib.js, processChunkSync: what a write leaves in the state is the room and the input not used. */
interface NativeStream {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Buffer,
      inputAt: number,
      inputBytes: number,
      out: Buffer,
      outAt: number,
      outBytes: number,
    ): void;
  };
  readonly _writeState: Uint32Array;
}

function reusing(): Compress {
  const { _handle: handle, _writeState: state } = createZstdCompress(OPTIONS) as unknown as NativeStream;
  const [scratch, out] = [Buffer.allocUnsafeSlow(IN_BYTES), Buffer.allocUnsafeSlow(OUT_BYTES)];
  return (text) => {
    // A character of UTF-16 is at most three bytes of UTF-8.
    const input = text.length * 3 <= IN_BYTES ? scratch.subarray(0, scratch.write(text)) : Buffer.from(text);
    const parts: Buffer[] = [];
    let inputLeft = input.length;
    let room = 0;
    // Until the frame has ended with room to spare; the first write of nearly every posting does.
    do {
      handle.writeSync(constants.ZSTD_e_end, input, input.length - inputLeft, inputLeft, out, 0, OUT_BYTES);
      [room = 0, inputLeft = 0] = state;
      parts.push(Buffer.from(out.subarray(0, OUT_BYTES - room)));
    } while (room === 0 || inputLeft > 0);
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  };
}

/** The compressor when it gives back three texts, long and short ones, and undefined when anything is odd. */
function works(make: () => Compress): Compress | undefined {
  try {
    const candidate = make();
    const long = Array.from({ length: 80_000 }, (_, i) => (i * 2_654_435_761) % 1_000_003).join();
    for (const text of ['', long, 'short']) {
      if (zstdDecompressSync(candidate(text)).toString() !== text) return undefined;
    }
    return candidate;
  } catch {
    return undefined;
  }
}

function withNewCompressor(text: string): Buffer {
  return zstdCompressSync(text, OPTIONS);
}

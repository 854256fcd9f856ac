/** A file of a description and numbers that is either whole or not there: magic, CRC-32 of the rest, JSON, numbers. */
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const MAGIC = 'metbus01';
const HEAD = 16;
const PIECE = 256 * 1024;

export interface NumbersFile {
  /** The description in pieces. */
  readonly json: Iterable<string>;
  readonly numbers: Float64Array;
  /** The first so many numbers are put in at the end by `fillIn`, because they must be those of the moment in which the file takes its place. */
  readonly late: number;
  readonly fillIn: () => void;
}

/**
 * Under another name first, so that a crash leaves the old file. In steps of a piece of JSON or 256 kB of numbers, below 1 ms each. Who does not ask for
 * all of them leaves the old file.
 */
export function* writingNumbers(file: string, { json, numbers, late, fillIn }: NumbersFile): Generator<void> {
  const fresh = `${file}.new`;
  const target = openSync(fresh, 'w', 0o600);
  try {
    let dataAt = HEAD;
    let sum = 0;
    for (const piece of json) {
      const bytes = Buffer.from(piece);
      sum = crc32(bytes, sum);
      dataAt = writeAll(target, bytes, dataAt);
      yield;
    }
    const data = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    for (let from = late * 8; from < data.length; from += PIECE) {
      writeAll(target, data.subarray(from, from + PIECE), dataAt + from);
      yield;
    }
    fillIn();
    writeAll(target, data.subarray(0, late * 8), dataAt);
    const head = Buffer.alloc(HEAD);
    head.write(MAGIC, 'latin1');
    head.writeUInt32LE(crc32(data, sum), 8);
    head.writeUInt32LE(dataAt - HEAD, 12);
    writeAll(target, head, 0);
  } finally {
    closeSync(target);
  }
  renameSync(fresh, file);
}

/** Answers where the next bytes go. */
function writeAll(target: number, bytes: Uint8Array, at: number): number {
  let written = 0;
  while (written < bytes.length) written += writeSync(target, bytes, written, bytes.length - written, at + written);
  return at + bytes.length;
}

/** Undefined when there is no such file. Throws when it is damaged. */
export function readNumbers(file: string): { description: unknown; numbers: Float64Array } | undefined {
  const bytes = readIfThere(file);
  if (bytes === undefined) return undefined;
  if (bytes.length < HEAD || bytes.toString('latin1', 0, 8) !== MAGIC) throw new Error(`${file} is not a checkpoint`);
  const dataAt = HEAD + bytes.readUInt32LE(12);
  if (dataAt > bytes.length || crc32(bytes.subarray(HEAD)) !== bytes.readUInt32LE(8))
    throw new Error(`${file} is damaged`);
  const numbers = new Float64Array((bytes.length - dataAt) / 8);
  Buffer.from(numbers.buffer).set(bytes.subarray(dataAt));
  return { description: JSON.parse(bytes.toString('utf8', HEAD, dataAt)), numbers };
}

export function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

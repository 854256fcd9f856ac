/** A file of a description and numbers that is either whole or not there: magic, CRC-32 of the rest, JSON, numbers. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const MAGIC = 'metbus01';
const HEAD = 16;

/** Under another name first, so that a crash leaves the old file. Synchronous: a scrape is answered when it is written, and 1 MB takes about 3 ms. */
export function writeNumbers(file: string, description: unknown, numbers: Float64Array): void {
  const json = Buffer.from(JSON.stringify(description));
  const head = Buffer.alloc(HEAD);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(json.length, 12);
  const data = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  head.writeUInt32LE(crc32(data, crc32(json)), 8);
  writeFileSync(`${file}.new`, Buffer.concat([head, json, data]), { mode: 0o600 });
  renameSync(`${file}.new`, file);
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

/**
 * PostgreSQL arrays in the wire's binary form, as parameters for `unnest`. The driver would write them as text literals:
 * every element escaped, every byte of a body twice. A Buffer parameter is sent as it is.
 * Form: PostgreSQL's `array_recv` (dimensions, has-null flag, element type, length, lower bound, then length and bytes of each).
 */

const OID = { bytea: 17, bigint: 20, integer: 23, text: 25, float8: 701, timestamptz: 1184 } as const;
const HEADER_BYTES = 20;
/** Microseconds from 1970 to PostgreSQL's own epoch, 2000-01-01. */
const EPOCH_SHIFT_MS = 946_684_800_000;
const TWO_32 = 4_294_967_296;

export type ArrayType = keyof typeof OID;
type Nullable<T> = T | null;

export const bigints = (values: readonly (number | bigint)[]): Buffer =>
  fixed('bigint', values, 8, (buffer, value, at) => {
    if (typeof value === 'bigint') buffer.writeBigInt64BE(value, at);
    else writeInt64(buffer, value, at);
  });

export const integers = (values: readonly number[]): Buffer =>
  fixed('integer', values, 4, (buffer, value, at) => buffer.writeInt32BE(value, at));

export const floats = (values: readonly Nullable<number>[]): Buffer =>
  fixed('float8', values, 8, (buffer, value, at) => buffer.writeDoubleBE(value, at));

/** Whole milliseconds are kept exactly; null and an invalid date are null. */
export const times = (values: readonly Nullable<Date>[]): Buffer =>
  fixed(
    'timestamptz',
    values.map((value) => (value === null || Number.isNaN(value.getTime()) ? null : value.getTime())),
    8,
    (buffer, value, at) => writeInt64(buffer, (value - EPOCH_SHIFT_MS) * 1000, at),
  );

/** PostgreSQL text cannot hold NUL; it becomes the replacement character. */
export function texts(values: readonly Nullable<string>[]): Buffer {
  let bytesMax = HEADER_BYTES;
  for (const value of values) bytesMax += 4 + (value === null ? 0 : value.length * 3);
  const buffer = Buffer.allocUnsafe(bytesMax);
  let at = writeHeader(buffer, 'text', values.length);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const bytes = buffer.write(withoutNul(value), at + 4, 'utf8');
    buffer.writeInt32BE(bytes, at);
    at += 4 + bytes;
  }
  return buffer.subarray(0, at);
}

export function byteas(values: readonly Buffer[]): Buffer {
  let bytes = HEADER_BYTES;
  for (const value of values) bytes += 4 + value.length;
  const buffer = Buffer.allocUnsafe(bytes);
  let at = writeHeader(buffer, 'bytea', values.length);
  for (const value of values) {
    at = buffer.writeInt32BE(value.length, at);
    at += value.copy(buffer, at);
  }
  return buffer;
}

export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

function fixed<T>(
  type: ArrayType,
  values: readonly Nullable<T>[],
  bytes: number,
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + bytes));
  let at = writeHeader(buffer, type, values.length);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    at = buffer.writeInt32BE(bytes, at);
    write(buffer, value, at);
    at += bytes;
  }
  return buffer.subarray(0, at);
}

/** One dimension also when empty: an array of length 0 is read as the empty array. */
function writeHeader(buffer: Buffer, type: ArrayType, length: number): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(OID[type], 8);
  buffer.writeInt32BE(length, 12);
  return buffer.writeInt32BE(1, 16);
}

/** Exact for whole numbers up to 2^53, which ids and microseconds until the year 2255 are. */
function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_32, at + 4);
}

/**
 * What travels between an agent and its hub: one header, JSON, changed numbers.
 *
 *     0 u32 bytes of the frame    4 u8 type      5 u8 version   6 u16 flags
 *     8 u32 request (0: unasked) 12 u32 bytes of JSON
 *    16 u32 runs                 20 u32 values
 *    24 JSON · runs × u32 (first slot × 256 + length − 1) · values × f64 · body, whatever is left
 *
 * Little endian. Values are absolute for their process, so a repeated or lost frame cannot count anything twice. Neighbouring slots share a run,
 * so a touched counter costs 12 bytes.
 */
export const FRAME_VERSION = 1;
export const HEADER_BYTES = 24;
/** A slot is 24 bits, so one process can show at most 16.7 million numbers. */
export const MAX_SLOT = 0xff_ffff;

export const TYPE = {
  hello: 1,
  state: 2,
  ask: 3,
  welcome: 16,
  flush: 17,
  thanks: 18,
  reject: 19,
  page: 20,
} as const;
/** `full`: everything, not only what changed. `final`: the last words of a process. `collect`: run the collectors of gauges. */
export const FLAG = { full: 1, final: 2, collect: 4 } as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly request: number;
  /** Parsed JSON, not yet checked; undefined when the frame has none. */
  readonly notes: unknown;
  readonly slots: Uint32Array;
  readonly values: Float64Array;
  readonly body: Buffer;
}

/** A frame that cannot be read. Whoever sent it is not to be trusted with another one. */
export class FrameError extends Error {
  override name = 'FrameError';
  readonly reason: 'too_large' | 'version' | 'garbled';
  constructor(reason: FrameError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

const NO_SLOTS = new Uint32Array(0);
const NO_VALUES = new Float64Array(0);
const NO_BYTES = Buffer.alloc(0);

type Parts = Partial<Omit<Frame, 'type' | 'body'>>;

/**
 * `values` has one number for each of `slots`. `notes` must survive JSON. The caller sends `bodyLength` bytes right behind, which spares a
 * copy of a large page.
 */
export function encodeFrame(type: number, parts: Parts = {}, bodyLength = 0): Buffer {
  const { flags = 0, request = 0, notes, slots = NO_SLOTS, values = NO_VALUES } = parts;
  const json = notes === undefined ? NO_BYTES : Buffer.from(JSON.stringify(notes));
  const runs = runsOf(slots);
  const length = HEADER_BYTES + json.length + runs.byteLength + values.byteLength;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32LE(length + bodyLength, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt8(FRAME_VERSION, 5);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(request, 8);
  bytes.writeUInt32LE(json.length, 12);
  bytes.writeUInt32LE(runs.length, 16);
  bytes.writeUInt32LE(slots.length, 20);
  bytes.set(json, HEADER_BYTES);
  bytes.set(littleEndian(runs), HEADER_BYTES + json.length);
  bytes.set(littleEndian(values), HEADER_BYTES + json.length + runs.byteLength);
  return bytes;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of these numbers; copied in one go, which a loop over a view is ten times slower than. */
function littleEndian(numbers: Uint32Array | Float64Array): Uint8Array {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  if (IS_LITTLE_ENDIAN) return bytes;
  return numbers instanceof Float64Array ? Buffer.from(bytes).swap64() : Buffer.from(bytes).swap32();
}

/** Where runs are gathered, until the next frame. */
let runs = new Uint32Array(1024);

function runsOf(slots: Uint32Array): Uint32Array {
  if (slots.length > runs.length) runs = new Uint32Array(slots.length * 2);
  let count = 0;
  for (let i = 0; i < slots.length; ) {
    const first = slots[i] as number;
    let length = 1;
    while (length < 256 && slots[i + length] === first + length) length++;
    runs[count++] = first * 256 + length - 1;
    i += length;
  }
  return runs.subarray(0, count);
}

/** Reads one whole frame. Throws FrameError, and nothing else, whatever the bytes are. */
export function decodeFrame(bytes: Buffer): Frame {
  if (bytes.length < HEADER_BYTES) throw new FrameError('garbled', 'shorter than its header');
  if (bytes[5] !== FRAME_VERSION) throw new FrameError('version', `version ${bytes[5]} is not known here`);
  const json = bytes.readUInt32LE(12);
  const runs = bytes.readUInt32LE(16);
  const count = bytes.readUInt32LE(20);
  const runsAt = HEADER_BYTES + json;
  const valuesAt = runsAt + runs * 4;
  const bodyAt = valuesAt + count * 8;
  if (bodyAt > bytes.length) throw new FrameError('garbled', 'its parts are longer than the whole');
  return {
    type: bytes[4] as number,
    flags: bytes.readUInt16LE(6),
    request: bytes.readUInt32LE(8),
    notes: json === 0 ? undefined : parse(bytes.toString('utf8', HEADER_BYTES, runsAt)),
    slots: runs === 0 && count === 0 ? NO_SLOTS : slotsOf(bytes, runsAt, runs, count),
    values: count === 0 ? NO_VALUES : valuesOf(bytes.subarray(valuesAt, bodyAt)),
    body: bodyAt === bytes.length ? NO_BYTES : bytes.subarray(bodyAt),
  };
}

function valuesOf(bytes: Uint8Array): Float64Array {
  const values = new Float64Array(bytes.length / 8);
  new Uint8Array(values.buffer).set(bytes);
  if (!IS_LITTLE_ENDIAN) Buffer.from(values.buffer).swap64();
  return values;
}

function slotsOf(bytes: Buffer, runsAt: number, runs: number, count: number): Uint32Array {
  const slots = new Uint32Array(count);
  let filled = 0;
  for (let i = 0; i < runs; i++) {
    const run = bytes.readUInt32LE(runsAt + i * 4);
    const length = (run & 0xff) + 1;
    if (filled + length > count) throw new FrameError('garbled', 'more slots than values');
    for (let k = 0; k < length; k++) slots[filled++] = (run >>> 8) + k;
  }
  if (filled !== count) throw new FrameError('garbled', 'more values than slots');
  return slots;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new FrameError('garbled', `not JSON: ${(cause as Error).message}`);
  }
}

/** Reads a body with its limits kept while it streams, so that 200 MB or a bomb of zeros never lie in memory. */
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { joined } from './spare-buffers.ts';

/** The body is larger than the request allows. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The body is not what its Content-Encoding says: cut off, damaged, or in a coding that nobody asked for. */
export class BodyDamagedError extends Error {
  override readonly name = 'BodyDamagedError';
}

export const ACCEPT_ENCODING = 'gzip, deflate, br';

/**
 * @param bytesMax holds for the bytes as sent and again for the decoded ones
 * @returns a buffer that may go to `giveBack` when nobody looks into it any more
 * @throws BodyTooLargeError, BodyDamagedError, or undici's own error when the connection breaks
 */
export async function readBody(body: Readable, encoding: string | undefined, bytesMax: number): Promise<Buffer> {
  const decoder = decoderFor(encoding, body);
  const pieces: Buffer[] = [];
  if (decoder === undefined) {
    await collect(body, bytesMax, pieces);
  } else {
    const limitedIn = (source: AsyncIterable<Buffer>) => limited(source, bytesMax);
    const collectOut = async (source: AsyncIterable<Buffer>) => {
      for await (const piece of limited(source, bytesMax)) pieces.push(piece);
    };
    try {
      await pipeline(body, limitedIn, decoder, collectOut);
    } catch (error) {
      throw isDecoderFault(error)
        ? new BodyDamagedError(`the ${encoding} body is cut off or damaged`, { cause: error })
        : error;
    }
  }
  return joined(pieces);
}

/** By events: the same as a loop over `limited`, without four promises for each piece. */
async function collect(body: Readable, bytesMax: number, pieces: Buffer[]): Promise<void> {
  let bytes = 0;
  body.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > bytesMax) body.destroy(new BodyTooLargeError(tooLarge(bytesMax)));
    else pieces.push(piece);
  });
  await finished(body);
}

function decoderFor(encoding: string | undefined, body: Readable) {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return createUnzip(); // tells gzip and zlib apart by their first bytes
    case 'br':
      return createBrotliDecompress();
    default:
      body.once('error', () => {}).destroy(); // its own complaint about being destroyed is not ours
      throw new BodyDamagedError(`the body is encoded as ${JSON.stringify(encoding)}, which was not asked for`);
  }
}

async function* limited(source: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > bytesMax) throw new BodyTooLargeError(tooLarge(bytesMax));
    yield piece;
  }
}

function tooLarge(bytesMax: number): string {
  return `the body is larger than ${bytesMax} bytes`;
}

function isDecoderFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ERR__|ERR_BROTLI|ERR_ZLIB)/.test(code);
}

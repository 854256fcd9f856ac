/** What is kept of a posting beside its row: the source's own record and what we made of it, as one zstd frame of JSON. */
import { zstdDecompressSync } from 'node:zlib';

/** What a person reads when they open a job. */
export interface Detail {
  /** Sanitised; safe to render. */
  readonly html: string;
  readonly text: string;
  /** True when the source gave only the beginning. */
  readonly textIsCut: boolean;
  readonly applyUrls: readonly string[];
  /** Why it is IAM work: the score is the sum of these points. */
  readonly parts: readonly {
    readonly term: string;
    readonly label: string;
    readonly phrase: string;
    readonly place: 'title' | 'body' | 'rule';
    readonly points: number;
  }[];
}

/** A posting of more than this much JSON is hostile or broken; connectors and `http.ts` stop far below. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * What is compressed as one zstd frame (`worker/store/compress.ts`). Raw record, HTML and text say the same words three
 * times; in one frame the second and third cost next to nothing (9.4 KB of synthetic posting: 1.73 KB together, 1.64 KB for
 * the raw record alone).
 * @param facts what the worker made of the fields, for when the job is put together again from several postings
 */
export function bodyText(raw: unknown, detail: Detail, facts?: unknown): string {
  return JSON.stringify({ detail, facts, raw });
}

/** @throws SyntaxError or a zlib error when the bytes are not a compressed `bodyText`. */
export function readDetail(body: Buffer): Detail {
  return read(body).detail;
}

/** Undefined facts: the body is older than they are. */
export function readFacts(body: Buffer): { readonly detail: Detail; readonly facts: unknown } {
  return read(body);
}

/** Everything, for who writes it anew. */
export function readBody(body: Buffer): { readonly detail: Detail; readonly facts: unknown; readonly raw: unknown } {
  return read(body);
}

function read(body: Buffer): { detail: Detail; facts: unknown; raw: unknown } {
  return JSON.parse(zstdDecompressSync(body, { maxOutputLength: BODY_BYTES_MAX }).toString('utf8'));
}

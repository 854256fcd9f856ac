/** Which headers an answer is described with. */
import type { ResponseHeader } from '../route.ts';
import { COMMON_HEADERS, ETAG, RESPONSE_HEADERS } from './headers.ts';

/** `components.headers`. */
export const ALL_HEADERS = { ...COMMON_HEADERS, ETag: ETAG, ...RESPONSE_HEADERS };

/** @param own headers that the route names for this answer */
export function headersOf(status: number, own: readonly (ResponseHeader | 'ETag')[]): Record<string, { $ref: string }> {
  const retry = status === 429 || status === 503 ? (['Retry-After'] as const) : [];
  const who = status === 401 ? (['WWW-Authenticate'] as const) : [];
  const tag = status === 412 || status === 428 ? (['ETag'] as const) : [];
  const names = [...new Set([...Object.keys(COMMON_HEADERS), ...retry, ...who, ...tag, ...own])];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

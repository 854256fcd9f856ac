/**
 * The opt-out from text and data mining (TDM Reservation Protocol, W3C community group; article 4 of directive (EU) 2019/790): in a
 * file of the site, in the head of the answer, or in the page. Any of them that reserves is believed.
 */
import { z } from 'zod';
import { isAllowed } from './path-rules.ts';

const Rules = z
  .array(z.looseObject({ location: z.string(), 'tdm-reservation': z.union([z.number(), z.string(), z.boolean()]) }))
  .max(10_000);

/** What a page's beginning may have in its head; more is not looked at. */
const HEAD_MAX = 256 * 1024;

/** @param text of `/.well-known/tdmrep.json`; what is not in its form reserves nothing */
export function isReservedByFile(text: string, path: string): boolean {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return false;
  }
  const rules = Rules.safeParse(json);
  if (!rules.success) return false;
  return !isAllowed(
    rules.data.map((rule) => ({ pattern: rule.location, allow: !isSet(rule['tdm-reservation']) })),
    path,
  );
}

/** @param headers names in lower case */
export function isReservedByHeader(headers: Readonly<Record<string, string>>): boolean {
  return isSet(headers['tdm-reservation']);
}

export function isReservedByPage(html: string): boolean {
  const metas = html.slice(0, HEAD_MAX).matchAll(/<meta\s[^>]{0,1000}>/gi);
  for (const [meta] of metas) {
    if (attribute(meta, 'name')?.toLowerCase() !== 'tdm-reservation') continue;
    if (isSet(attribute(meta, 'content'))) return true;
  }
  return false;
}

function attribute(tag: string, name: string): string | undefined {
  const [, double, single, bare] =
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag) ?? [];
  return double ?? single ?? bare;
}

function isSet(value: unknown): boolean {
  return value === true || String(value ?? '').trim() === '1';
}

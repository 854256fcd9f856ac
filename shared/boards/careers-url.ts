/** The address that somebody pasted, before anything is asked of it. Pure. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { BoardRefusedError, quoted } from './refusal.ts';

export const URL_LENGTH_MAX = 2048;

/** Names that never leave a private network (RFC 6761, 6762, 7686, 8375, 9476), and those that people use so. */
const PRIVATE_ENDS =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|onion|arpa|alt|invalid)$/;

/** What marketing adds to addresses; it names no page. */
const TRACKING =
  /^(?:utm_.*|gh_src|lever-(?:source|origin).*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|li_fat_id|mc_[ce]id|_ga|_gl|_hs.*|hsa_.*|trk|ref)$/i;

/**
 * Reads an address as people paste it: with or without a scheme, in any case, with tracking and a fragment.
 * @returns an https URL of a named host on its own port, without user, fragment and tracking
 * @throws BoardRefusedError `unusable-url`, or `private-address` where it leads into a private network by its very form
 */
export function parseCareersUrl(text: string): URL {
  if (text.length > URL_LENGTH_MAX) {
    throw unusable(text, `is longer than ${URL_LENGTH_MAX} characters`, 'Paste the address of the list of openings.');
  }
  const pasted = text.trim().replace(/^<(.*)>$/, '$1');
  if (pasted === '') throw new BoardRefusedError('unusable-url', `The address is empty. ${EXAMPLE}`);
  // The URL parser would take some of them out in silence, and read another address than people see.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0020\u007f\\]|\p{Cf}/u.test(pasted)) throw unusable(text, 'has blanks or control characters inside');
  const url = URL.parse(withScheme(pasted));
  if (url === null) throw unusable(text, 'is no web address');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw unusable(text, `begins with ${url.protocol}`);
  if (url.username !== '' || url.password !== '') {
    // Nobody's password belongs in an answer or a log.
    throw unusable(`${url.protocol}//***@${url.host}`, 'has a user name before the host');
  }
  if (url.port !== '') throw unusable(text, `names the port ${url.port}`);
  checkHost(url.hostname, text);
  const clean = tidied(url);
  if (clean.href.length > URL_LENGTH_MAX) throw unusable(text, `is longer than ${URL_LENGTH_MAX} characters`);
  return clean;
}

const EXAMPLE =
  'Paste the address of a careers page, such as https://boards.greenhouse.io/acme or example.com/careers.';

function unusable(text: string, what: string, advice = EXAMPLE): BoardRefusedError {
  return new BoardRefusedError('unusable-url', `${quoted(text)} ${what}. ${advice}`);
}

function withScheme(pasted: string): string {
  if (pasted.startsWith('//')) return `https:${pasted}`;
  // "example.com:8080/jobs" is a host with its port, "javascript:alert(1)" is not.
  return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(pasted) ? pasted : `https://${pasted}`;
}

function checkHost(hostname: string, text: string): void {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) {
    if (ipaddr.process(host).range() !== 'unicast') throw privateAddress(text);
    throw unusable(text, 'names a number instead of a host');
  }
  if (PRIVATE_ENDS.test(host) || !host.includes('.')) throw privateAddress(text);
  const labels = host.split('.');
  if (labels.some((label) => label === '' || label.length > 63) || host.length > 253) {
    throw unusable(text, 'has no host that could exist');
  }
}

function privateAddress(text: string): BoardRefusedError {
  return new BoardRefusedError(
    'private-address',
    `${quoted(text)} leads into a private network; only pages of the public internet are read.`,
  );
}

/** Boards are read by https only; who still links by http has https as well, or is told that it does not answer. */
function tidied(url: URL): URL {
  const clean = new URL(`https://${url.hostname.replace(/\.$/, '')}${url.pathname}${url.search}`);
  for (const name of [...clean.searchParams.keys()]) if (TRACKING.test(name)) clean.searchParams.delete(name);
  return clean;
}

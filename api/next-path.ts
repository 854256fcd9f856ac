/** Where a sign-in leads: to a page of this site, whatever the address said. */
const HERE = 'http://here.invalid';
const LENGTH_MAX = 500;

/** The path with its query, or `/` for anything that might lead elsewhere. */
export function nextPath(given: string | undefined): string {
  if (given === undefined || given.length > LENGTH_MAX || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given)) return '/';
  if (given.includes('\\') || !URL.canParse(given, HERE)) return '/';
  const url = new URL(given, HERE);
  return url.origin === HERE ? url.pathname + url.search : '/';
}

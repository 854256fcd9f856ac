/** What sources that search by words are asked for. Boards and feeds are read whole and asked for nothing. */
import type { SourceName } from '../shared/sources.ts';

const QUERIES: Readonly<Partial<Record<SourceName, readonly string[]>>> = {
  // Each page costs quota and queries take turns: with more of them none would get a second page.
  jsearch: [
    'identity access management',
    'IAM engineer',
    'privileged access management',
    'identity governance',
    'single sign-on engineer',
    'customer identity CIAM',
  ],
  // "parameter=words": Adzuna's parameters differ in meaning (the very phrase, any of the words, words of the title).
  adzuna: [
    'what_phrase=identity and access management',
    'what_or=okta sailpoint cyberark saviynt forgerock beyondtrust delinea keycloak',
    'title_only=IAM',
  ],
  // Searched in title and text; each word is one request.
  jobicy: ['identity', 'iam', 'okta', 'cyberark', 'sailpoint'],
  himalayas: ['identity access management', 'iam engineer', 'okta', 'cyberark', 'sailpoint', 'identity governance'],
  // Slices, because a list shows its first hundred pages only and The Muse knows no words.
  themuse: [
    'category=Software Engineering&level=Senior Level',
    'category=Software Engineering&level=Mid Level',
    'category=Software Engineering&level=Entry Level',
    'category=Software Engineering&level=management',
    'category=Data and Analytics&level=Senior Level',
    'category=Data and Analytics&level=Mid Level',
    'category=Unknown',
  ],
  usajobs: ['identity credential access management', 'ICAM', 'privileged access', 'identity management'],
  reed: [
    'identity access management',
    'IAM engineer',
    'privileged access management',
    'cyberark',
    'sailpoint',
    'okta',
    'entra id',
  ],
  findwork: ['iam', 'identity', 'okta', 'privileged access'],
  // A free key has 500 requests for its whole life.
  jooble: ['identity access management', 'IAM engineer', 'privileged access management', 'identity governance'],
};

export function queriesFor(source: SourceName): readonly string[] {
  return QUERIES[source] ?? [];
}

/** What programs look for under /.well-known/ (RFC 8615): where faults are told, where a password is changed, where passkeys are kept. */
import { z } from 'zod';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

/** RFC 9116 wants less than a year; half of it is renewed with each day that the server answers. */
const VALID_DAYS = 180;
const DAY_MS = 86_400_000;
const anybody = { method: 'GET', auth: 'public', kind: 'page', tag: 'pages' } as const;

export const WELL_KNOWN_ROUTES: readonly Route[] = [
  route(
    {
      ...anybody,
      path: '/.well-known/security.txt',
      summary: 'Where faults in security are told (RFC 9116), as SECURITY_CONTACT says',
      responses: { 200: { about: 'The file.', type: 'text/plain' }, 404: { about: 'SECURITY_CONTACT is not set.' } },
    },
    ({ services: { config, people, now }, res }) => {
      if (config.securityContact === undefined) throw new Problem('not-found');
      const lines = [
        `Contact: ${config.securityContact}`,
        `Expires: ${expires(now())}`,
        `Canonical: ${new URL('/.well-known/security.txt', people.baseUrl()).href}`,
        'Preferred-Languages: en, de',
      ];
      res.type('text').send(`${lines.join('\n')}\n`);
    },
  ),
  route(
    {
      ...anybody,
      path: '/.well-known/change-password',
      summary: 'Leads password managers to where a password is changed',
      responses: { 303: { about: 'To the settings.', headers: ['Location'] } },
    },
    ({ res }) => void res.redirect(303, '/settings#password'),
  ),
  route(
    {
      ...anybody,
      path: '/.well-known/passkey-endpoints',
      summary: 'Tells password managers where passkeys are added and removed',
      responses: {
        200: {
          about: 'Two addresses.',
          body: z.object({ enroll: z.url().max(300), manage: z.url().max(300) }),
        },
      },
    },
    ({ services: { people }, res }) => {
      const manage = new URL('/settings', people.baseUrl()).href;
      res.json({ enroll: manage, manage });
    },
  ),
];

/** The same all day, so that the file has one ETag a day. */
function expires(now: Date): string {
  const day = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  return new Date(day + VALID_DAYS * DAY_MS).toISOString();
}

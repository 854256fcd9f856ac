/** The password of an account, which is good for nothing without an authenticator app. */
import { z } from 'zod';
import type { Person } from '../auth/accounts.ts';
import { cameToReset, requireFresh } from '../auth/fresh.ts';
import { networkOfRequest } from '../auth/gateway.ts';
import type { AccountServices } from '../auth/open.ts';
import { hashPassword, passwordFault } from '../auth/password.ts';
import { presentPassword, provePassword } from '../auth/prove-password.ts';
import { renewRecoveryCodes } from '../auth/recovery-codes.ts';
import { strengthened } from '../auth/strengthened.ts';
import { Problem } from '../problems.ts';
import { qrPicture, qrPictureOf } from '../qr-picture.ts';
import { type Route, route } from '../route.ts';

const user = { auth: 'user', tag: 'account' } as const;
const password = z.string().min(1).max(1000);
const done = { 204: { about: 'Done.', headers: ['Set-Cookie'] as const } };
const stale = { 403: { about: 'The sign-in is too long ago, or an API key asks.' } };
const wrong = { 401: { about: 'The password or the code is wrong.' } };

export const PASSWORD_ROUTES: readonly Route[] = [
  route(
    {
      method: 'POST',
      path: '/api/v1/account/password',
      setsUp: true,
      summary: 'Sets your password, or changes it; your other sessions end',
      about:
        'A change takes the present password. Who forgot it signs in by a link by mail and the code of the authenticator app, and sets a new one within ten minutes without it; the app stays on.',
      ...user,
      body: z.strictObject({ newPassword: password, currentPassword: password.optional() }),
      responses: { ...done, ...stale, ...wrong, 422: { about: 'The password is too easy to guess.' } },
    },
    async ({ body, person, services: { people }, req, res }) => {
      requireFresh(person);
      const fault = passwordFault(body.newPassword, [
        person.email,
        ...person.email.split(/[@.]/),
        person.name,
        'iamjobscout',
      ]);
      if (fault !== undefined) throw new Problem('weak-password', { detail: `The password ${fault}.` });
      const network = networkOfRequest(req);
      await setPassword(people, person, { ...body, network });
      await people.sessions.endOthers(person.id, person.sessionId);
      await people.audit('password-set', { userId: person.id, network });
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/account/password',
      summary: 'Removes your password, and the authenticator app with it',
      ...user,
      responses: {
        ...done,
        ...stale,
        404: { about: 'You have none.' },
        409: { about: 'It is the last way into the account.' },
      },
    },
    async ({ person, services: { people }, req, res }) => {
      requireFresh(person);
      if (!(await people.ways.remove(person.id, 'password'))) throw new Problem('not-found');
      await people.pool.query('delete from auth."twoFactor" where "userId" = $1', [person.id]);
      await people.pool.query('update auth."user" set "twoFactorEnabled" = false where id = $1', [person.id]);
      await people.audit('totp-off', { userId: person.id, network: networkOfRequest(req) });
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/totp',
      setsUp: true,
      summary: 'Begins to set up an authenticator app: its secret and recovery codes, this once',
      ...user,
      body: z.strictObject({ password }),
      responses: {
        200: {
          about: 'What the app needs; confirm it with a code.',
          body: z.object({
            totpURI: z.string().max(500),
            picture: qrPicture.meta({
              description: 'The same as a QR code: a square of so many units, and the path of its dark ones.',
            }),
            backupCodes: z.array(z.string().max(40)).max(20),
          }),
        },
        ...stale,
        ...wrong,
        409: { about: 'There is one already.' },
      },
    },
    async ({ body, person, services: { people }, req, res }) => {
      requireFresh(person);
      // better-auth looks at it again, but counts nothing, and tells right from wrong also where there is an app already.
      const hash = await presentPassword(people, person.id);
      await provePassword(people, person, { hash, given: body.password, network: networkOfRequest(req) });
      const made = await people.gateway.call<{ totpURI: string; backupCodes: string[] }>(
        req,
        res,
        {},
        (auth, headers) =>
          auth.api.enableTwoFactor({ body: { password: body.password, method: 'totp' }, headers, asResponse: true }),
      );
      res.set('Cache-Control', 'no-store').json({
        totpURI: made.totpURI,
        picture: qrPictureOf(made.totpURI),
        backupCodes: made.backupCodes,
      });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/totp/confirm',
      setsUp: true,
      summary: 'Confirms the authenticator app with a code; the password is good from then on',
      ...user,
      body: z.strictObject({ code: z.string().regex(/^\d{6}$/, 'must be six digits') }),
      responses: { ...done, ...stale, ...wrong },
    },
    async ({ body, person, services: { people }, req, res }) => {
      requireFresh(person);
      const given = { userId: person.id, code: body.code };
      await people.gateway.call(req, res, {}, (auth, headers) =>
        auth.api.confirmTotp({ body: given, headers, asResponse: true }),
      );
      await people.audit('totp-on', { userId: person.id, network: networkOfRequest(req) });
      await strengthened(people, person);
      res.status(204).end();
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/totp/recovery-codes',
      summary: 'Makes new recovery codes, this once; those before are worth nothing from then on',
      ...user,
      responses: {
        200: { about: 'The codes.', body: z.object({ recoveryCodes: z.array(z.string().max(40)).max(20) }) },
        ...stale,
        404: { about: 'There is no authenticator app.' },
      },
    },
    async ({ person, services: { people }, req, res }) => {
      requireFresh(person);
      const recoveryCodes = await renewRecoveryCodes(people.pool, person.id);
      if (recoveryCodes === undefined) throw new Problem('not-found');
      await people.audit('recovery-codes-made', { userId: person.id, network: networkOfRequest(req) });
      res.set('Cache-Control', 'no-store').json({ recoveryCodes });
    },
  ),
];

/** A change takes the old password (ASVS 6.2.3); whoever forgot it has just proved the mailbox and the app (6.4.3). */
async function setPassword(
  people: AccountServices,
  person: Person,
  given: { newPassword: string; currentPassword?: string | undefined; network: string },
): Promise<void> {
  const owner = person.id;
  const { newPassword, currentPassword = '', network } = given;
  const hash = await presentPassword(people, owner);
  const isForgotten = cameToReset(person) && (await people.ways.of(owner)).hasTotp;
  if (hash !== undefined && !isForgotten)
    await provePassword(people, person, { hash, given: currentPassword, network });
  await people.pool.query(
    `insert into auth.account ("accountId", "providerId", "userId", password, "updatedAt")
     values ($1::text, 'credential', $1::text::uuid, $2, now())
     on conflict ("providerId", "accountId") do update set password = excluded.password, "updatedAt" = now()`,
    [owner, await hashPassword(newPassword)],
  );
}

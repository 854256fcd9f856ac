/** A whole account: out, in, and away. */
import { z } from 'zod';
import { deleteAccount } from '../../shared/db/account-data/delete.ts';
import { exportAccount } from '../../shared/db/account-data/export.ts';
import {
  AccountNotEmptyError,
  type Imported,
  importAccount,
  WordlessHideError,
} from '../../shared/db/account-data/import.ts';
import { LastAdministratorError } from '../../shared/db/accounts/administer.ts';
import { TrackingFullError } from '../../shared/db/tracking/errors.ts';
import { type FileFault, readAccountFile } from '../../shared/tracking/account-file.ts';
import type { Person } from '../auth/accounts.ts';
import { requireFresh } from '../auth/fresh.ts';
import { sendStream } from '../exports.ts';
import { type InputError, Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { ownerOf } from '../tracking/owner.ts';

/** Bytes of a file that a request may bring; the command line takes any. */
export const IMPORT_MAX = 32 * 1024 * 1024;
/** Faults of a file that one answer lists. */
const FAULTS_MAX = 1000;
/** A sign-in is fresh for so long. */

const merge = z.enum(['true', 'false']).default('false').meta({
  description: 'true adds to what is there; a job that you track already stays as it is.',
});
const count = z.number();
const removed = z.object({
  applications: count,
  events: count,
  adverts: count,
  hides: count,
  sessions: count,
  passkeys: count,
  apiKeys: count,
  identities: count,
  links: count,
});

export const ACCOUNT_DATA_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/account/export',
      summary: 'Everything that is kept of you, as one file',
      about: 'Secrets are not in it: of sessions, passkeys and keys it tells that they are there.',
      auth: 'user',
      responses: {
        200: { about: 'An account file, as docs/tracking.md describes it.', headers: ['Content-Disposition'] },
      },
    },
    async ({ services, person, res }) => {
      const parts = exportAccount(services.db, ownerOf(person));
      const fileName = `iam-job-scout-account-${services.now().toISOString().slice(0, 10)}.json`;
      await sendStream(res, { type: 'application/json; charset=utf-8', fileName }, parts);
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/import',
      summary: 'Brings an account file into your account: all of it or nothing',
      about: 'Jobs that this system does not have live on what the file says of them.',
      auth: 'user',
      query: z.strictObject({ merge }),
      body: z.unknown().meta({ description: 'An account file.' }),
      bodyLimit: IMPORT_MAX,
      responses: {
        200: {
          about: 'What was taken.',
          body: z.object({ applications: count, unknownJobs: count, skipped: count, hides: count }),
        },
        409: { about: 'There is something in the account already, or it would become too much.' },
      },
    },
    async ({ query, body, services, person, res }) => {
      res.json(await takeFile(services, ownerOf(person), body, query.merge === 'true'));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/account/delete',
      summary: 'Deletes your account and everything that is kept of you',
      about: 'Takes a sign-in of the last hour and the address once more. What is deleted is gone: export it first.',
      auth: 'user',
      body: z.strictObject({ confirm: z.string().max(320).meta({ description: 'The address of the account.' }) }),
      responses: {
        200: { about: 'What was removed.', body: z.object({ removed }) },
        409: { about: 'The address is not that of the account, or nobody would be administrator afterwards.' },
      },
    },
    async ({ body, services, person, res }) => {
      res.json({ removed: await deleteOwn(services, person, body.confirm) });
    },
  ),
];

/** @throws Problem with everything that is wrong with the file */
export async function takeFile(services: Services, owner: string, value: unknown, merge: boolean): Promise<Imported> {
  const read = readAccountFile(value);
  if ('faults' in read) throw faulty(read.faults);
  return await importAccount(services.db, owner, read.file, { merge }).catch((error: unknown) => {
    if (error instanceof AccountNotEmptyError) throw new Problem('account-not-empty', { detail: error.message });
    if (error instanceof TrackingFullError) throw new Problem('tracking-full', { detail: error.message });
    if (error instanceof WordlessHideError)
      throw faulty(error.at.map((n) => ({ pointer: `/hides/${n}/value`, detail: 'has no word in it' })));
    throw error;
  });
}

function faulty(faults: readonly FileFault[]): Problem {
  const errors = faults.slice(0, FAULTS_MAX).map((fault): InputError => ({ in: 'body', ...fault }));
  const many = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new Problem('invalid-input', { detail: `The file has ${many}.`, errors });
}

/** @throws Problem not-confirmed, fresh-sign-in-required, and last-way-in where others would be left without an administrator */
export async function deleteOwn(services: Services, person: Person | undefined, confirm: string) {
  const owner = ownerOf(person);
  if (person !== undefined) requireFresh(person, services.now().getTime());
  if (confirm.trim().toLowerCase() !== person?.email.toLowerCase()) throw new Problem('not-confirmed');
  const removed = await deleteAccount(services.db, owner, owner).catch((error: unknown) => {
    if (!(error instanceof LastAdministratorError)) throw error;
    throw new Problem('last-way-in', { detail: error.message });
  });
  services.log.info({ audit: 'account-deleted', userId: owner, ...removed });
  return removed;
}

import { z } from 'zod';
import { isLoopbackAddress } from '../../shared/metrics/access.ts';
import { isOurHost } from '../hosts.ts';
import { Problem } from '../problems.ts';
import { checkMigrations, pingDatabase } from '../queries/health.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';

const CHECK_TIMEOUT_MS = 3_000;

const CHECKS: Readonly<Record<string, (services: Services) => Promise<void>>> = {
  database: ({ db }) => pingDatabase(db),
  migrations: ({ db }) => checkMigrations(db),
  queue: ({ queue }) => queue.ping(),
};

export const HEALTH_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/healthz',
      summary: 'This process is up',
      auth: 'public',
      hosts: 'any',
      responses: { 200: { about: 'It is.', body: z.object({ status: z.literal('ok') }) } },
    },
    ({ res }) => void res.set('Cache-Control', 'no-store').json({ status: 'ok' }),
  ),
  route(
    {
      method: 'GET',
      path: '/readyz',
      summary: 'This process can do its work: database, migrations and queue answer',
      auth: 'public',
      hosts: 'any',
      responses: {
        200: {
          about: 'It can. Only this machine is told more than the status.',
          body: z.object({ status: z.literal('ready'), checks: z.record(z.string(), z.string()).optional() }),
        },
        503: { about: 'It cannot, or it is ending.' },
      },
    },
    async ({ services, req, res }) => {
      const checks = await runChecks(services);
      const local = isLoopbackAddress(req.socket.remoteAddress) && req.headers['x-forwarded-for'] === undefined;
      const tell = local && isOurHost(req.headers.host, req.socket.localPort, services.config) ? { checks } : {};
      if (services.isEnding() || Object.values(checks).some((outcome) => outcome !== 'ok'))
        throw new Problem('not-ready', { members: tell });
      res.set('Cache-Control', 'no-store').json({ status: 'ready', ...tell });
    },
  ),
];

async function runChecks(services: Services): Promise<Record<string, string>> {
  const outcomes = Object.entries(CHECKS).map(async ([name, check]) => {
    const outcome = await within(CHECK_TIMEOUT_MS, check(services)).then(
      () => 'ok',
      (error: unknown) => (error instanceof Error && error.message !== '' ? error.message : 'failed'),
    );
    return [name, outcome] as const;
  });
  return {
    ...Object.fromEntries(await Promise.all(outcomes)),
    ...(services.isEnding() ? { process: 'ending' } : {}),
  };
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

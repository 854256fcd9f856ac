/**
 * `npm run test:security`: three scanners of others against the real system, at most ten minutes. Writes docs/security/scan-report.md;
 * any finding is an exit code of 1.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLink } from '../../shared/db/accounts/links.ts';
import { ensurePerson } from '../../shared/db/accounts/people.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { type Product, startProduct } from '../contract/product.ts';
import { run } from '../contract/tools.ts';
import { reportOf } from './report.ts';
import { type Found, slow, sqlmap, type Target, wapiti } from './scanners.ts';

const TIME_LIMIT_MS = 600_000;
const REPORT = join(import.meta.dirname, '../../docs/security/scan-report.md');
const PROGRAMS = ['sqlmap', 'wapiti', 'slowhttptest'];
const EMAIL = 'scanned@example.org';

const JOB_PARAMETERS =
  'q=okta&company=acme&company_not=globex&without=sales&vendor=okta&country=DE&pay_min=1000&posted_since=90d&sort=date&limit=5';
const SQL_TARGETS = [
  { path: `/api/v1/jobs?${JOB_PARAMETERS}`, seconds: 150 },
  { path: '/?q=okta&sort=date', seconds: 70 },
  { path: '/api/v1/applications?state=applied&limit=5', seconds: 60 },
  { path: '/sign-in?next=/settings', seconds: 40 },
];
const WAPITI_SECONDS = 75;
/** Longer than a request may take, so that the server is seen to end them. */
const SLOW_SECONDS = 40;

const startedAt = performance.now();
let product: Product | undefined;
const folder = mkdtempSync(join(tmpdir(), 'jobscout-scan-'));
const giveUp = async (why: string) => {
  process.stdout.write(`${why}\n`);
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
};
setTimeout(() => void giveUp(`It has not ended after ${TIME_LIMIT_MS / 1000} s.`), TIME_LIMIT_MS).unref();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void giveUp(`Stopped by ${signal}.`));

const versions = await versionsOf();
try {
  // Thousands of requests are refused, and each refusal would be a warning.
  product = await startProduct(folder, { LOG_LEVEL: 'error' });
  const found = await scan({ address: product.address, cookie: await signIn(product) });
  const seconds = (performance.now() - startedAt) / 1000;
  writeFileSync(REPORT, reportOf({ at: new Date(), seconds, versions, found }));
  const findings = found.flatMap((one) => one.findings.map((text) => `${one.what}: ${text}`));
  process.stdout.write(`${[...findings, `${findings.length} findings`].join('\n')}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} finally {
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function scan(target: Target): Promise<Found[]> {
  const steps = [
    () => slow(target, 'headers', SLOW_SECONDS, folder),
    () => slow(target, 'body', SLOW_SECONDS, folder),
    ...SQL_TARGETS.map(
      ({ path, seconds }) =>
        () =>
          sqlmap(target, path, seconds * 1000, folder),
    ),
    () => wapiti(target, 'signed in', WAPITI_SECONDS, folder),
    () => wapiti(target, 'nobody', WAPITI_SECONDS, folder),
  ];
  const found: Found[] = [];
  for (const step of steps) {
    const one = await step();
    process.stderr.write(`${one.what}: ${one.did}; ${one.findings.length} findings\n`);
    found.push({ ...one, ...(await stillServed(target, one)) });
  }
  return found;
}

/** Whatever a scanner did, the next person is served, and signed in still. */
async function stillServed({ address, cookie }: Target, { findings }: Found): Promise<Pick<Found, 'findings'>> {
  const answer = await fetch(`${address}/api/v1/account`, { headers: { cookie }, signal: AbortSignal.timeout(30_000) });
  return {
    findings: answer.status === 200 ? findings : [...findings, `afterwards the account answers ${answer.status}`],
  };
}

async function signIn({ address, database }: Product): Promise<string> {
  const db = await openDatabase(database, 'scan', 2);
  try {
    await ensurePerson(db.pool, { email: EMAIL, name: 'Scanned', role: 'seeker' });
    const token = await makeLink(db.pool, { kind: 'sign-in', email: EMAIL, role: 'seeker', madeBy: 'scan' });
    const answer = await fetch(`${address}/sign-in/link`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: { origin: address },
      redirect: 'manual',
    });
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    if (answer.status !== 303 || cookie === '') throw new Error(`signing in answered ${answer.status}`);
    return cookie;
  } finally {
    await db.close();
  }
}

async function versionsOf(): Promise<Record<string, string>> {
  const texts = await Promise.all(
    PROGRAMS.map(async (program) => {
      const flag = program === 'slowhttptest' ? '-h' : '--version';
      const { stdout, stderr } = await run(program, [flag], { timeoutMs: 30_000 }).catch(() => ({
        stdout: '',
        stderr: '',
      }));
      return [program, /\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0]] as const;
    }),
  );
  const missing = texts.filter(([, version]) => version === undefined).map(([program]) => program);
  if (missing.length > 0) {
    process.stdout.write(`MISSING ${missing.join(', ')}. On Debian: sudo apt-get install -y ${PROGRAMS.join(' ')}\n`);
    process.exit(1);
  }
  return { Node: process.version, ...Object.fromEntries(texts) };
}

/** The three scanners: how each is called, and what of its output is a finding. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../contract/tools.ts';

export interface Target {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  /** Of somebody who is signed in and may do nothing beyond their own account. */
  readonly cookie: string;
}

export interface Found {
  readonly what: string;
  /** The command, with the address of the run. */
  readonly command: string;
  readonly findings: readonly string[];
  /** What it did, so that a scanner that did nothing is seen. */
  readonly did: string;
}

/** Program, arguments and a folder of its own for what it writes. */
interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly folder: string;
}

async function call({ program, args, timeoutMs, folder }: Call) {
  const { code, stdout, stderr } = await run(program, args, { timeoutMs, cwd: folder });
  // Neither the session nor where this run took place is part of what is told.
  const shown = args.map((arg) =>
    arg
      .replaceAll(folder, 'FOLDER')
      .replace(/(127\.0\.0\.1:)\d+/, '$1PORT')
      .replace(/\S*session_token=.*/, 'SESSION'),
  );
  const command = [program, ...shown.map((arg) => (/[^\w@%+=:,./-]/.test(arg) ? `'${arg}'` : arg))].join(' ');
  return { code, text: `${stdout}\n${stderr}`, command };
}

/** One address with all parameters that are named in it; sqlmap tries each of them in turn. */
export async function sqlmap(target: Target, path: string, timeoutMs: number, folder: string): Promise<Found> {
  const args = [
    ...['-u', `${target.address}${path}`, '--cookie', target.cookie],
    // Only the parameters of the address: sqlmap would take the session in the cookie for one.
    ...['-p', [...new URL(path, target.address).searchParams.keys()].join(',')],
    ...['--batch', '--level', '1', '--risk', '1', '--dbms', 'PostgreSQL', '--technique', 'BEUST'],
    // 422 is the answer to what does not fit, and no fault.
    ...['--threads', '2', '--timeout', '20', '--retries', '1', '--ignore-code', '422', '--disable-coloring'],
    ...['--flush-session', '--output-dir', folder],
  ];
  const { code, text, command } = await call({ program: 'sqlmap', args, timeoutMs, folder });
  const findings = text
    .split('\n')
    .filter((line) => /is vulnerable|identified the following injection|^Parameter: |\bPayload: /i.test(line));
  const clean = /do not appear to be injectable|does not seem to be injectable/.test(text);
  if (code === null) findings.push(`it had not ended after ${timeoutMs / 1000} s`);
  else if (findings.length === 0 && !clean) findings.push(`it did not come to a result: ${text.slice(-300).trim()}`);
  const tested = new Set([...text.matchAll(/injection on GET parameter '([^']+)'/g)].map((match) => match[1]));
  if (tested.size === 0) findings.push('it tried no parameter');
  return { what: `sqlmap ${path}`, command, findings, did: `parameters ${[...tested].join(', ') || 'none'}` };
}

export const WAPITI_MODULES = 'sql,xss,redirect,exec,file,crlf';

/**
 * Signed in it reads only: forms of a session are refused without a page of ours behind them, and one of them signs out. As nobody
 * it sends every form that it finds.
 */
export async function wapiti(
  target: Target,
  who: 'signed in' | 'nobody',
  seconds: number,
  parent: string,
): Promise<Found> {
  const folder = mkdtempSync(join(parent, 'wapiti-'));
  const report = join(folder, 'wapiti.json');
  const modules = WAPITI_MODULES.split(',');
  const args = [
    ...['-u', `${target.address}/`, '--scope', 'folder', '-m', WAPITI_MODULES, '--flush-session', '--no-bugreport'],
    // No -x: this version makes a pattern of it that the Python of Debian 12 refuses.
    ...(who === 'signed in' ? ['-H', `Cookie: ${target.cookie}`] : []),
    ...['-d', '4', '--max-links-per-page', '30', '--max-files-per-dir', '30', '--max-parameters', '30'],
    ...['--max-scan-time', String(Math.floor(seconds / 4))],
    ...['--max-attack-time', String(Math.floor(seconds / 2 / modules.length))],
    ...['-S', 'normal', '-t', '10', '-f', 'json', '-o', report, '--store-session', folder],
  ];
  const { code, text, command } = await call({ program: 'wapiti', args, timeoutMs: seconds * 1000, folder });
  const pages = /Wapiti found (\d+) URLs/.exec(text)?.[1] ?? '0';
  const ran = modules.filter((module) => text.includes(`Launching module ${module}`));
  const did = `${pages} addresses and forms; modules ${ran.join(', ') || 'none'}`;
  const findings = code === 0 ? readWapiti(report) : [`it ended with ${code ?? 'the time limit'}: ${text.slice(-300)}`];
  if (ran.length < modules.length || Number(pages) < 5) findings.push('it did not do its work');
  return { what: `wapiti, ${who}`, command, did, findings };
}

function readWapiti(report: string): string[] {
  const { vulnerabilities, anomalies } = JSON.parse(readFileSync(report, 'utf8')) as Record<
    'vulnerabilities' | 'anomalies',
    Record<string, { info: string; path: string; method: string }[]>
  >;
  return [...Object.entries(vulnerabilities), ...Object.entries(anomalies)].flatMap(([kind, list]) =>
    list.map(({ info, path, method }) => `${kind}: ${method} ${path.slice(0, 200)} ${info.slice(0, 200)}`),
  );
}

export const SLOW_CONNECTIONS = 200;

/** Headers or bodies that never end, on 200 connections; every second a request of its own asks whether anybody is served. */
export async function slow(target: Target, part: 'headers' | 'body', seconds: number, folder: string): Promise<Found> {
  const prefix = join(folder, `slow-${part}`);
  const mode = part === 'headers' ? ['-H'] : ['-B', '-s', '8192', '-f', 'application/x-www-form-urlencoded'];
  const args = [
    ...[...mode, '-u', `${target.address}${part === 'headers' ? '/' : '/sign-in'}`],
    ...['-c', String(SLOW_CONNECTIONS), '-r', '100', '-i', '5', '-l', String(seconds), '-p', '3', '-x', '24', '-g'],
    ...['-o', prefix],
  ];
  const { code, text, command } = await call({
    program: 'slowhttptest',
    args,
    timeoutMs: (seconds + 60) * 1000,
    folder,
  });
  const file = readdirSync(folder).find((name) => name === `slow-${part}.csv`);
  if (code !== 0 || file === undefined)
    return { what: `slow ${part}`, command, did: 'nothing', findings: [`it ended with ${code}: ${text.slice(-300)}`] };
  // Seconds, Closed, Pending, Connected, Service Available
  const rows = readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(',').map(Number));
  const away = rows.filter((row) => row[4] === 0).map((row) => row[0]);
  const most = Math.max(0, ...rows.map((row) => row[3] ?? 0));
  const last = rows.at(-1) ?? [];
  const findings = away.length === 0 ? [] : [`not served at second ${away.join(', ')}`];
  if (most < SLOW_CONNECTIONS / 2) findings.push(`only ${most} connections at once came about`);
  const did = `${most} connections at once, ${last[1] ?? 0} closed by the server after ${last[0] ?? 0} s`;
  return { what: `slow ${part}`, command, did, findings };
}

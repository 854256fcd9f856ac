/** What the start says: at most ten lines on what runs where. */
import { isIP } from 'node:net';
import { CronExpressionParser } from 'cron-parser';
import { type Config, isLoopback } from '../config.ts';
import { SIGN_IN_LINK_MINUTES } from '../db/accounts/links.ts';
import { adminTokenFile } from '../secrets.ts';
import { describeRoles, type RunnableRole } from './roles.ts';

/** @param databaseAbout where the database runs */
export function startLines(config: Config, roles: readonly RunnableRole[], databaseAbout: string, now: Date): string[] {
  const lines = [
    `database   ${databaseAbout}`,
    `queue      ${config.redisUrl === undefined ? 'in PostgreSQL' : `Redis at ${new URL(config.redisUrl).host}`}`,
    `roles      ${describeRoles(roles, config.processes)}`,
    `timetable  ${timetable(config, now)}`,
  ];
  if (roles.includes('api')) {
    lines.push(
      `admin      X-Admin-Token is ${adminTokenFile(config) === undefined ? 'ADMIN_TOKEN' : `in ${adminTokenFile(config)}`}`,
    );
  }
  const metrics = metricsAddress(config, roles);
  if (metrics !== undefined) lines.push(`metrics    ${metrics}`);
  return lines;
}

/** What is said at each start of who listens beyond this machine without https; it was allowed by I_KNOW_THIS_IS_PLAIN_HTTP. */
export function plainHttpRisk({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): string | undefined {
  if (isLoopback(host) || publicUrl?.startsWith('https:')) return undefined;
  return 'PUBLIC_URL is not https: passwords, sessions and tokens travel in clear (I_KNOW_THIS_IS_PLAIN_HTTP)';
}

/** The last line, for when the page answers. */
export function pageLine(config: Config): string {
  return `page       ${config.publicUrl ?? `${address(config.host, config.port)}/`}`;
}

/** @param url a one-time link, for whoever sits at this terminal */
export function signInLine(url: string): string {
  return `sign in    ${url} (once, within ${SIGN_IN_LINK_MINUTES} minutes; npm run login prints another)`;
}

/** @returns undefined when no process of this machine serves them */
function metricsAddress(config: Config, roles: readonly RunnableRole[]): string | undefined {
  if (config.metricsPort !== undefined) return `${address(config.host, config.metricsPort)}/metrics`;
  return roles.includes('api') ? `${address(config.host, config.port)}/metrics` : undefined;
}

function timetable(config: Config, now: Date): string {
  if (config.scanCron === undefined) return 'off';
  const next = CronExpressionParser.parse(config.scanCron, { currentDate: now, tz: config.scanTimeZone })
    .next()
    .toDate();
  const local = next.toLocaleString('sv', { timeZone: config.scanTimeZone, dateStyle: 'short', timeStyle: 'short' });
  return `next scan ${local} ${config.scanTimeZone} (${config.scanCron})`;
}

/** An address that can be opened on this machine: the wildcard addresses cannot. */
function address(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
}

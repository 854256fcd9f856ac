/** One line in the log for each request: fields chosen one by one, never the address with its search words. */
import type { ServerResponse } from 'node:http';
import type { Log } from '../shared/log.ts';
import { networkOf } from './admin-guard.ts';

export interface Logged {
  readonly requestId: string;
  readonly method: string | undefined;
  readonly ip: string | undefined;
  /** Known when the request is over. */
  readonly endpoint: () => string;
  readonly userId: () => string | undefined;
}

export function logRequest(log: Log, res: ServerResponse, { requestId, method, ip, endpoint, userId }: Logged): void {
  if (!log.isLevelEnabled('info')) return;
  const startedAt = performance.now();
  res.once('close', () => {
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    const status = res.statusCode;
    const network = networkOf(ip ?? '');
    log.info({ requestId, method, endpoint: endpoint(), status, ms, network, userId: userId() });
  });
}

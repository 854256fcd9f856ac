/** What handlers work with; built in main.ts, passed in, never reached for. */
import type { Config } from '../shared/config.ts';
import type { Database } from '../shared/db/database.ts';
import type { Log } from '../shared/log.ts';
import type { Metrics } from '../shared/metrics/bus.ts';
import type { BoardCheckQueue } from '../shared/queues/board-checks.ts';
import type { UnitQueue } from '../shared/queues/units.ts';
import type { AdminGuard } from './admin-guard.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { Accounts } from './auth/accounts.ts';
import type { AccountServices } from './auth/open.ts';
import type { EventStreams } from './event-streams.ts';
import type { Allowances } from './rate-limits.ts';

export type ApiConfig = Pick<
  Config,
  | 'publicUrl'
  | 'securityContact'
  | 'trustProxy'
  | 'anonymousReading'
  | 'metricsToken'
  | 'metricsPort'
  | 'sources'
  | 'sourceKeys'
>;

export interface Services {
  /** Answers to anonymous readers of the last second; without it every answer is made anew. */
  readonly answers?: AnswerCache;
  readonly config: ApiConfig;
  readonly db: Database;
  readonly queue: Pick<UnitQueue, 'enqueue' | 'ping'>;
  readonly checks: Pick<BoardCheckQueue, 'enqueue'>;
  readonly log: Log;
  readonly admin: AdminGuard;
  readonly accounts: Accounts;
  /** Signing in, and what people set up for it. */
  readonly people: AccountServices;
  readonly allowances: Allowances;
  readonly streams: EventStreams;
  readonly now: () => Date;
  /** The page of /metrics over all processes. */
  readonly readMetrics: Metrics['read'];
  /** True from the first signal on: the server still answers, but wants no new work. */
  readonly isEnding: () => boolean;
}

/** Waits for alerts at the webhook, and writes down how long they took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.ts';
import type { Webhook } from './webhook.ts';

export interface Row {
  readonly alert: string;
  /** What was done to the system. */
  readonly fault: string;
  /** Where Alertmanager sent it. */
  receiver?: string;
  /** Seconds from the fault to the notice, and from its end to the notice that it is over. */
  firedAfter?: number;
  resolvedAfter?: number;
  /** Why one of them did not happen. */
  failed?: string;
}

export interface Watch {
  readonly rows: readonly Row[];
  /**
   * Does something to the system, waits until all these alerts were told, undoes it, and waits until all are told to be over.
   * Never throws: what did not happen is in the rows.
   */
  fault(given: Fault): Promise<void>;
}

export interface Fault {
  readonly name: string;
  readonly alerts: readonly string[];
  readonly inject: () => Promise<void>;
  readonly heal: () => Promise<void>;
  /** Called again and again while it waits for the alerts. */
  readonly meanwhile?: () => Promise<void>;
}

/** Alerts come within seconds; a busy machine takes longer. */
const DEADLINE_MS = 60_000;
const MEANWHILE_EVERY_MS = 100;

/** @param only plays the faults whose name has it */
export function watchAlerts(webhook: Webhook, say: (line: string) => void, only = ''): Watch {
  const rows: Row[] = [];

  const told = (alert: string, status: string, since: number) => {
    const own = webhook.notices.filter((notice) => notice.alert === alert);
    if (status === 'firing') return own.find((notice) => notice.status === status && notice.at >= since);
    // It may be over for a moment, or before its fault has ended: what was said last counts.
    const last = own.at(-1);
    return last?.status === status ? last : undefined;
  };

  const awaitAll = async (
    own: readonly Row[],
    status: 'firing' | 'resolved',
    since: number,
    meanwhile?: () => Promise<void>,
  ) => {
    let isOver = false;
    const busy = (async () => {
      for (; !isOver && meanwhile !== undefined; await sleep(MEANWHILE_EVERY_MS))
        await meanwhile().catch(() => undefined);
    })();
    await Promise.all(
      own.map(async (row) => {
        try {
          const notice = await until(() => told(row.alert, status, since), {
            timeoutMs: DEADLINE_MS,
            everyMs: 50,
            what: `${row.alert} is ${status}`,
          });
          const after = Math.max(0, Math.round((notice.at - since) / 100) / 10);
          if (status === 'firing') Object.assign(row, { receiver: notice.receiver, firedAfter: after });
          else row.resolvedAfter = after;
        } catch (error) {
          row.failed ??= error instanceof Error ? error.message : String(error);
        }
      }),
    );
    isOver = true;
    await busy;
  };

  const play = async ({ name, alerts, inject, heal, meanwhile }: Fault, own: readonly Row[]) => {
    const startedAt = performance.now();
    await inject();
    await awaitAll(own, 'firing', startedAt, meanwhile);
    say(`${name}: ${own.map((row) => `${row.alert} ${row.firedAfter ?? '-'} s`).join(', ')}`);
    const healedAt = performance.now();
    await heal();
    await awaitAll(
      own.filter((row) => row.firedAfter !== undefined),
      'resolved',
      healedAt,
    );
    say(`  over: ${alerts.map((alert) => own.find((row) => row.alert === alert)?.resolvedAfter ?? '-').join(', ')} s`);
  };

  return {
    rows,
    fault: async (given) => {
      if (!given.name.includes(only)) return;
      const own: Row[] = given.alerts.map((alert) => ({ alert, fault: given.name }));
      rows.push(...own);
      try {
        await play(given, own);
      } catch (error) {
        for (const row of own) row.failed ??= `${given.name}: ${error instanceof Error ? error.message : error}`;
      }
    },
  };
}

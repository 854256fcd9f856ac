/**
 * The churn: processes are killed, hang, stop, are cut off, become more and fewer, under load whose truth is known, while a real Prometheus
 * scrapes each second. What it says comes from Prometheus' own data.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPage } from '../../shared/metrics-bus/read-page.ts';
import { type RunningPrometheus, runPrometheus } from '../metrics-bus/prometheus-process.ts';
import { until } from '../until.ts';
import { ChurnFleet, sleep } from './fleet.ts';
import type { ChurnSystem } from './system.ts';
import { LOSS_PER_KILL, WORK } from './work.ts';

export interface ChurnPlan {
  /** The path of Prometheus. */
  readonly prometheus: string;
  /** At least 10; each 10 take a round of about 20 s. */
  readonly kills: number;
  readonly seed: number;
}

export interface ChurnReport {
  readonly seconds: number;
  readonly kills: number;
  readonly hubKills: number;
  readonly cuts: number;
  /** What the processes have counted, the last page shows, and Prometheus takes for the increase. */
  readonly truth: number;
  readonly shown: number;
  readonly increase: number;
  readonly lost: number;
  readonly lossAllowed: number;
  /** Of all counters and histograms. */
  readonly resets: number;
  readonly seriesChecked: number;
  readonly scrapes: number;
  readonly failedScrapes: number;
  readonly worstScrapeSeconds: number;
  /** Pages that were asked for right after a death: with more events than were counted, with gauges of the dead, and that did not come. */
  readonly pagesChecked: number;
  readonly pagesWithTooMuch: number;
  readonly pagesWithTheDead: number;
  readonly pagesMissing: number;
}

const KILLS_PER_ROUND = 10;
const HANG_MS = 10_000;
const STOP_MS = 4000;
const CUT_MS = 3000;

export async function churn(start: (folder: string) => Promise<ChurnSystem>, plan: ChurnPlan): Promise<ChurnReport> {
  const folder = mkdtempSync(join(tmpdir(), 'churn-'));
  const startedAt = performance.now();
  let system: ChurnSystem | undefined;
  let prometheus: RunningPrometheus | undefined;
  try {
    system = await start(folder);
    const fleet = new ChurnFleet(system, folder, randomFrom(plan.seed));
    await fleet.scale(1);
    const pages = new PageChecks(system.port, fleet);
    prometheus = await runPrometheus(plan.prometheus, folder, system.port);
    await until(async () => Object.values((await prometheus?.query('up')) ?? {})[0] === 1);
    const rounds = Math.ceil(plan.kills / KILLS_PER_ROUND);
    for (let round = 0; round < rounds; round++) await playRound(system, fleet, pages);
    fleet.rest();
    // What is on its way arrives, and is scraped twice.
    const shown = await settled(pages);
    await sleep(2200);
    const truth = fleet.truth();
    return {
      seconds: Math.round((performance.now() - startedAt) / 1000),
      kills: fleet.kills,
      hubKills: system.killHub ? rounds : 0,
      cuts: system.cut ? rounds : 0,
      truth,
      shown,
      lost: truth - shown,
      lossAllowed: fleet.kills * LOSS_PER_KILL,
      ...(await judge(prometheus)),
      ...pages.counts,
    };
  } finally {
    await prometheus?.stop();
    await system?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One round: from one process to eight, everything that can happen to them, and down to two. */
async function playRound(system: ChurnSystem, fleet: ChurnFleet, pages: PageChecks): Promise<void> {
  await fleet.scale(8);
  await sleep(1000);
  const hanging = fleet.hang(HANG_MS);
  const stopped = fleet.stop(STOP_MS);
  const killSome = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await fleet.kill();
      await pages.check();
      await fleet.scale(8);
      await sleep(400);
    }
  };
  await killSome(4);
  await stopped;
  await Promise.all([system.cut?.(CUT_MS), killSome(4)]);
  await hanging;
  await system.killHub?.();
  await pages.check();
  await sleep(1200);
  await killSome(2);
  await fleet.scale(2);
  await pages.check();
}

/** Looks at pages between the scrapes of Prometheus. */
class PageChecks {
  readonly #url: string;
  readonly #fleet: ChurnFleet;
  readonly counts = { pagesChecked: 0, pagesWithTooMuch: 0, pagesWithTheDead: 0, pagesMissing: 0 };

  constructor(port: number, fleet: ChurnFleet) {
    this.#url = `http://127.0.0.1:${port}/metrics`;
    this.#fleet = fleet;
  }

  async check(): Promise<void> {
    const alive = this.#fleet.size;
    const page = await this.read();
    this.counts.pagesChecked++;
    if (page === undefined) {
      this.counts.pagesMissing++;
      return;
    }
    // Read after the page, so it can only be more.
    const truth = this.#fleet.truth();
    if (page.events > truth || page.observations * WORK.batch > truth) this.counts.pagesWithTooMuch++;
    if (page.alive > alive) this.counts.pagesWithTheDead++;
  }

  async read(): Promise<{ events: number; observations: number; alive: number } | undefined> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(1000) });
      if (answer.status !== 200) return undefined;
      const samples = [...readPage(await answer.text())];
      const sum = (name: string) =>
        samples.reduce((total, [key, value]) => total + (key.startsWith(`${name}{`) ? value : 0), 0);
      return {
        events: sum('churn_events_total'),
        observations: sum('churn_took_seconds_count'),
        alive: sum('churn_alive'),
      };
    } catch {
      return undefined;
    }
  }
}

/** The events on the page when they do not grow any more. */
async function settled(pages: PageChecks): Promise<number> {
  let last = -1;
  return until(
    async () => {
      const now = (await pages.read())?.events ?? -1;
      const isSettled = now === last && now >= 0;
      last = now;
      return isSettled && now;
    },
    { everyMs: 1200, timeoutMs: 30_000, what: 'the page has settled' },
  );
}

async function judge(prometheus: RunningPrometheus) {
  const names = (await prometheus.names()).filter((name) => /_(total|bucket|count|sum)$/.test(name));
  let resets = 0;
  let seriesChecked = 0;
  for (const name of names) {
    const found = Object.values(await prometheus.query(`resets(${name}[1d])`));
    seriesChecked += found.length;
    resets += found.reduce((sum, value) => sum + value, 0);
  }
  const up = (await prometheus.samples('up')).flatMap(({ values }) => values.map(([, value]) => value));
  const took = (await prometheus.samples('scrape_duration_seconds')).flatMap(({ values }) => values.map(([, v]) => v));
  const events = await prometheus.samples('churn_events_total');
  return {
    increase: events.reduce((sum, { values }) => sum + increaseOf(values.map(([, value]) => value)), 0),
    resets,
    seriesChecked,
    scrapes: up.length,
    failedScrapes: up.filter((value) => value !== 1).length,
    worstScrapeSeconds: Math.max(...took),
  };
}

/** As Prometheus counts, from nothing: a fall is a new start. */
function increaseOf(values: readonly number[]): number {
  return values.reduce((sum, value, i) => {
    const before = values[i - 1] ?? 0;
    return sum + (value < before ? value : value - before);
  }, 0);
}

/** Numerical Recipes' generator: the same seed hurts the same processes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What the bus promises and this churn did not show; empty when all is well. */
export function brokenPromises(report: ChurnReport): string[] {
  const promises: readonly (readonly [string, boolean])[] = [
    ['no counter and no histogram went backwards', report.resets === 0],
    ['every scrape was answered in time', report.failedScrapes === 0 && report.pagesMissing === 0],
    ['nothing was counted twice', report.shown <= report.truth && report.pagesWithTooMuch === 0],
    ['a kill costs at most what was counted in one push interval', report.lost <= report.lossAllowed],
    ['gauges of the dead are gone', report.pagesWithTheDead === 0],
    ['the increase that Prometheus sees is what was shown', report.increase === report.shown],
    ['there was something to see', report.scrapes >= 10 && report.seriesChecked >= 100 && report.kills >= 10],
  ];
  return promises.filter(([, isKept]) => !isKept).map(([text]) => text);
}

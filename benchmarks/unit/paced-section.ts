/** How near a worker comes to what its sources allow: a pace, or a number of requests at once. */
import type { RowSpec, Section } from '../kit/harness.ts';
import type { PacedCase, PacedWorld } from './paced-world.ts';

interface Case extends PacedCase {
  readonly title: string;
}

const CASES: Readonly<Record<string, Case>> = {
  pace25: {
    title: '8 sources, 25 requests a second each, 20 ms',
    sources: 8,
    limit: { pace: 25 },
    units: 2,
    latencyMs: 20,
  },
  pace10: {
    title: '20 sources, 10 requests a second each, 20 ms',
    sources: 20,
    limit: { pace: 10 },
    units: 2,
    latencyMs: 20,
  },
  calls8: { title: '1 source, 8 requests at once, 100 ms', sources: 1, limit: { calls: 8 }, units: 12, latencyMs: 100 },
  calls2: {
    title: '4 sources, 2 requests at once each, 100 ms',
    sources: 4,
    limit: { calls: 2 },
    units: 3,
    latencyMs: 100,
  },
  // At 200 pages a second what the process does besides asking shows: a millisecond of 20.
  fast: {
    title: '1 source, 4 requests at once, 20 ms',
    sources: 1,
    limit: { calls: 4 },
    units: 8,
    latencyMs: 20,
  },
};

interface Found {
  readonly ours: number;
  readonly allowed: number;
}

export function pacedSection(world: PacedWorld): Section {
  const rounds = new Map<number, Promise<ReadonlyMap<string, Found>>>();
  const measure = async () => {
    const found = new Map<string, Found>();
    for (const [name, one] of Object.entries(CASES)) found.set(name, await measureCase(world, one));
    return found;
  };
  const arm = (which: keyof Found) => async (round: number) => {
    const all = rounds.get(round) ?? measure();
    rounds.set(round, all);
    return Object.fromEntries([...(await all)].map(([name, one]) => [name, one[which]]));
  };
  return {
    title: 'limits of sources',
    about: [
      'Whole units from the queue to their rows, pages of ten adverts one after the other; counted by the sources, after the first two seconds and what may come at once in them.',
      'limit: what is allowed. Of a pace, the sum over the sources, and none counts for more than its own; of requests at once, what so many bare requests (undici, JSON.parse) bring right before and after, which is their number over the latency.',
    ],
    arms: { ours: arm('ours'), limit: arm('allowed') },
    rows: [
      row(
        'F1',
        'throughput within limits, the worst of five cases: ours / what is allowed',
        Object.keys(CASES),
        0.98,
        0.95,
      ),
      ...Object.entries(CASES).map(([name, { title }]) => row(`F1.${name}`, title, [name])),
    ],
  };
}

async function measureCase(world: PacedWorld, one: Case): Promise<Found> {
  const { sources, limit, latencyMs } = one;
  const { pace } = limit;
  if (typeof pace === 'number') {
    const ours = (await world.throughput(one)).reduce((sum, rate) => sum + Math.min(rate, pace), 0);
    return { ours, allowed: sources * pace };
  }
  const atOnce = sources * (limit.calls ?? 1);
  const before = await world.bare(atOnce, latencyMs);
  const ours = (await world.throughput(one)).reduce((sum, rate) => sum + rate, 0);
  return { ours, allowed: (before + (await world.bare(atOnce, latencyMs))) / 2 };
}

function row(id: string, title: string, measure: readonly string[], goal?: number, floor?: number): RowSpec {
  const measured = { unit: 'pages/s', measure, against: 'limit', better: 'higher' } as const;
  return { id, title, ...measured, goal: goal ?? null, floor: floor ?? null };
}

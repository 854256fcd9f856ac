/** What one worker process needs for a unit, from the first byte to the last row: against the usual way, and against the bare minimum. */

import { withBenchDatabase } from './kit/database.ts';
import type { Benchmark, BenchOptions, Section } from './kit/harness.ts';
import { fetchSection } from './unit/fetch-section.ts';
import { pacedSection } from './unit/paced-section.ts';
import { openPacedWorld } from './unit/paced-world.ts';
import { queueSection } from './unit/queue-section.ts';
import { newSection, steadySection } from './unit/sections.ts';
import { type SourceProcess, startSource } from './unit/source-process.ts';
import { openUnitWorld } from './unit/world.ts';

type Measure = (section: Section) => Promise<void>;

/** Throughput first: a worker has no gigabyte of garbage behind it that the usual ways have left. */
export const benchmark: Benchmark = {
  title: 'A unit, from fetching to storing',
  rowsDefault: 20_000,
  async run(options, measure) {
    if (options.wants('F1')) await measureLimits(measure);
    const source = startSource();
    try {
      if (options.wants('F2')) await measure(await fetchSection(source));
      if (options.wants('P', 'N', 'Q')) await measureUnits(source, options, measure);
    } finally {
      source.close();
    }
  },
};

function measureLimits(measure: Measure): Promise<void> {
  return withBenchDatabase(async ({ url }) => {
    const world = await openPacedWorld(url);
    try {
      await measure(pacedSection(world));
    } finally {
      await world.close();
    }
  });
}

function measureUnits(source: SourceProcess, options: BenchOptions, measure: Measure): Promise<void> {
  return withBenchDatabase(async (database) => {
    const world = await openUnitWorld(database, source, options);
    try {
      await measure(steadySection(world));
      await measure(newSection(world));
      await measure(await queueSection(world));
    } finally {
      await world.close();
    }
  });
}

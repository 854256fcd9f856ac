/** What one worker process needs for a unit, from the first byte to the last row: against the usual way, and against the bare minimum. */

import { withBenchDatabase } from './kit/database.ts';
import type { Benchmark } from './kit/harness.ts';
import { fetchSection } from './unit/fetch-section.ts';
import { pacedSection } from './unit/paced-section.ts';
import { openPacedWorld } from './unit/paced-world.ts';
import { queueSection } from './unit/queue-section.ts';
import { newSection, steadySection } from './unit/sections.ts';
import { startSource } from './unit/source-process.ts';
import { openUnitWorld } from './unit/world.ts';

export const benchmark: Benchmark = {
  title: 'A unit, from fetching to storing',
  rowsDefault: 20_000,
  async run(options, measure) {
    const source = startSource();
    try {
      await withBenchDatabase(async (database) => {
        const world = await openUnitWorld(database, source, options);
        try {
          await measure(steadySection(world));
          await measure(newSection(world));
          await measure(await queueSection(world));
        } finally {
          await world.close();
        }
      });
      await measure(await fetchSection(source));
    } finally {
      source.close();
    }
    await withBenchDatabase(async ({ url }) => {
      const world = await openPacedWorld(url);
      try {
        await measure(pacedSection(world));
      } finally {
        await world.close();
      }
    });
  },
};

/** How fast jobs are found: the product's own search against a wide table with full text, and against itself with fewer jobs. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ensureDataDir } from '../shared/data-dir.ts';
import { withBenchDatabase } from './kit/database.ts';
import type { Benchmark } from './kit/harness.ts';
import { checkDisk } from './search/disk.ts';
import { checkJobs } from './search/fill.ts';
import { fillTexts } from './search/fill-texts.ts';
import { openKept } from './search/kept.ts';
import { kindsSection } from './search/kinds-section.ts';
import { sameSection } from './search/same-section.ts';
import { sizeSection } from './search/size-section.ts';
import { termsSection } from './search/terms-section.ts';
import { textSections } from './search/text-section.ts';
import { loadJobs, openSmall, since, sizeOf } from './search/world.ts';

/** The other database has so many times fewer jobs. */
const SMALLER = 10;
/** The usual design beside more jobs than this would fill the disk; the smaller database then has it. */
const WIDE_MAX = 1_000_000;
/** What the slowest kind of search may take, among so many jobs and among more. */
const SLOWEST_MS = 20;
const SLOWEST_OF_MORE_MS = 50;

export const benchmark: Benchmark = {
  title: 'Search',
  rowsDefault: 100_000,
  canKeep: true,
  async run({ rows, data, say }, measure) {
    const fewer = Math.ceil(rows / SMALLER);
    const isWideMain = rows <= WIDE_MAX;
    // Before the folder gets its mark: where there is no room it is not left half loaded.
    if (data !== undefined) ensureDataDir(data);
    if (data === undefined || readdirSync(data).length === 0)
      await checkDisk(data ?? tmpdir(), rows + fewer, isWideMain ? rows : fewer);
    const kept = data === undefined ? undefined : openKept(data, rows);
    await withBenchDatabase(async (main) => {
      const small = await openSmall(main.url);
      try {
        const compared = isWideMain ? main : small;
        if (kept?.isLoaded === true) {
          await checkJobs(main.client, main.db, rows);
        } else {
          await loadJobs(main, rows, say);
          await loadJobs(small, fewer, say);
          const startedAt = performance.now();
          await fillTexts(compared, isWideMain ? rows : fewer, say);
          say(`full text of both designs loaded in ${since(startedAt)}: ${await sizeOf(compared.client)}`);
          kept?.setLoaded();
        }
        await measure(termsSection(compared));
        await measure(sizeSection(main, small, SMALLER));
        await measure(kindsSection(main, isWideMain ? SLOWEST_MS : SLOWEST_OF_MORE_MS));
        for (const section of await textSections(compared)) await measure(section);
        await measure(sameSection(compared));
      } finally {
        await small.client.end();
        await small.db.close();
      }
    }, data);
  },
};

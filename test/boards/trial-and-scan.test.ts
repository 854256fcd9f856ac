/** What a trial promises is what the first scan of the saved board does. */
import { expect, test } from 'vitest';
import { saveBoard } from '../../shared/db/board-checks/save.ts';
import { listBoards } from '../../shared/db/board-list.ts';
import { createScan } from '../../shared/db/scans/create.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { createLog } from '../../shared/log.ts';
import { checkUrl } from '../../worker/boards/check-url.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { readVersion } from '../../worker/read-version.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { type Means, runUnit } from '../../worker/unit.ts';
import { testDatabase } from '../db.ts';
import { fakeQueue } from '../scans/helpers.ts';
import { demoInternet, doorTo, NEVER, settingsOn } from './kit.ts';

const internet = await demoInternet();

test.each([
  ['https://boards.greenhouse.io/palisadeidentity', 'greenhouse'],
  ['https://boards.greenhouse.io/emptynest', 'greenhouse'],
  ['https://jobs.lever.co/sablefin', 'lever'],
  ['https://jobs.ashbyhq.com/larkspur-analytics', 'ashby'],
  ['https://apply.workable.com/cobaltferry', 'workable'],
  ['https://zonnebloem.recruitee.com', 'recruitee'],
  ['https://sturmhut.jobs.personio.de', 'personio'],
  ['https://lumalien.teamtailor.com', 'teamtailor'],
  ['https://careers.pemberly.example/jobs', 'jsonld'],
  ['https://careers.smartrecruiters.com/nordhavnfoods', 'smartrecruiters'],
  ['https://maplewick.bamboohr.com/careers', 'bamboohr'],
] as const)('%s', async (address, source) => {
  const { db } = await testDatabase();
  const http = doorTo(internet);
  const settingsOf = settingsOn(internet);
  const [candidate] = await checkUrl(address, { http, connectors: CONNECTORS, settingsOf, signal: NEVER });
  const saved = await saveBoard(db, candidate!, { by: 'test', from: address });
  expect(saved).toMatchObject({ created: true, enabled: true });

  const queue = fakeQueue();
  const { id } = await createScan(db, { trigger: 'cli', requestedBy: null, sources: [source] }, queue);
  const log = createLog('test', 'silent');
  const means: Means = {
    db,
    http,
    connectors: CONNECTORS,
    settingsOf,
    version: readVersion(),
    watch: createSourceWatch(),
    log,
  };
  for (const unitId of queue.ids) await runUnit(means, { unitId, signal: NEVER, lastTry: true });
  const scan = (await readScan(db, id))!;
  expect(scan).toMatchObject({ state: 'success', found: candidate!.found, new: scan.kept });
  expect(scan.kept).toBeGreaterThanOrEqual(candidate!.kept);
  expect(scan.kept).toBeLessThanOrEqual(candidate!.kept + candidate!.undecided);
  expect(scan.requests).toBeLessThanOrEqual(candidate!.cost!.firstCheck + (candidate!.found === 0 ? 1 : 0));
  const { boards } = await listBoards(db, { limit: 10 });
  expect(boards).toMatchObject([{ id: saved.id, failures: 0, lastError: null, addedBy: 'test' }]);
  expect(boards[0]?.lastCompleteAt).toBeInstanceOf(Date);
  expect(boards[0]?.nextCheckWhy).toMatch(/^(every|after) /);
});

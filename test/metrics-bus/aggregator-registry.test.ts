import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPage } from '../../shared/metrics-bus/read-page.ts';
import { atEnd } from '../at-end.ts';
import { until } from '../until.ts';

test('an application in cluster mode changes one import, and its counters survive a killed worker', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('metrics-bus-'));
  const before = folders();
  const primary = fork(join(import.meta.dirname, 'cluster.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const gone = once(primary, 'exit');
  const message = () =>
    Promise.race([once(primary, 'message'), gone.then(() => Promise.reject(new Error('it ended')))]);
  atEnd(async () => {
    primary.kill('SIGKILL');
    await gone;
  });
  await message();
  const ask = async (order: string | null) => {
    primary.send(order as never);
    const [text] = await message();
    return Object.fromEntries(readPage(text));
  };
  await until(async () => (await ask('page'))['events_total{}'] === 6);
  expect(await ask(null)).toMatchObject({ 'events_total{}': 6, 'level{}': 30 });
  expect(await ask('kill')).toMatchObject({ 'events_total{}': 6, 'level{}': 20 });
  primary.disconnect();
  await gone;
  expect(folders().filter((name) => !before.includes(name))).toEqual([]);
});

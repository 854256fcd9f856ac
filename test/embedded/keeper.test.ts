import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type KeptServer, keepEmbedded } from '../../shared/embedded/keeper.ts';
import { findEmbedded } from '../../shared/embedded/launch.ts';
import { isAlive, readPostmaster } from '../../shared/embedded/running.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';

const OPTIONS = { settings: { fsync: 'off', max_connections: '20', shared_buffers: '16MB' } };
const NOTHING = { onRevived: () => undefined, onLost: () => undefined };

let folder: string;

beforeAll(() => {
  folder = testFolder();
});

async function keep(name: string, events: Partial<typeof NOTHING> = {}): Promise<KeptServer> {
  const kept = await keepEmbedded(join(folder, name), { ...NOTHING, ...events }, OPTIONS);
  atEnd(() => kept.release());
  return kept;
}

const pidOf = (kept: KeptServer) => readPostmaster(kept.data)?.pid ?? 0;

describe('an embedded server that several want', () => {
  test('runs until the last one lets go', async () => {
    const first = await keep('shared');
    const second = await keep('shared');
    const pid = pidOf(first);
    await first.release();
    expect(isAlive(pid)).toBe(true);
    expect(await findEmbedded(join(folder, 'shared'))).toBe(second.url);
    await second.release();
    expect(isAlive(pid)).toBe(false);
  });

  test('does not stay behind when all let go at the same moment', async () => {
    const all = await Promise.all([keep('together'), keep('together'), keep('together')]);
    const pid = pidOf(all[0] as KeptServer);
    await Promise.all(all.map((kept) => kept.release()));
    expect(isAlive(pid)).toBe(false);
  });

  test('is there for one who comes while the last one lets go', async () => {
    const first = await keep('overlap');
    const [second] = await Promise.all([keep('overlap'), first.release()]);
    expect(await findEmbedded(join(folder, 'overlap'))).toBe(second.url);
    await second.release();
  });
});

describe('an embedded server that ends by itself', () => {
  test('runs again on the same port', async () => {
    let revived = 0;
    const kept = await keep('killed', {
      onRevived: () => {
        revived += 1;
      },
    });
    const pid = pidOf(kept);
    process.kill(pid, 'SIGKILL');
    await until(() => revived > 0);
    expect(await findEmbedded(join(folder, 'killed'))).toBe(kept.url);
    expect(pidOf(kept)).not.toBe(pid);
    await kept.release();
    expect(await findEmbedded(join(folder, 'killed'))).toBeUndefined();
  });
});

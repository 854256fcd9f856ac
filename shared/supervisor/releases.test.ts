import { describe, expect, test } from 'vitest';
import { Releases } from './releases.ts';

describe('letting go', () => {
  test('goes backwards, each once', async () => {
    const releases = new Releases();
    const done: string[] = [];
    for (const name of ['database', 'metrics', 'fleet']) releases.add(async () => done.push(name));
    expect(releases.ending).toBe(false);
    await releases.run();
    await releases.run();
    expect(done).toEqual(['fleet', 'metrics', 'database']);
    expect(releases.ending).toBe(true);
  });

  test('goes on after a failure and answers it', async () => {
    const releases = new Releases();
    let released = false;
    releases.add(async () => {
      released = true;
    });
    releases.add(async () => {
      throw new Error('stuck');
    });
    expect(await releases.run()).toEqual([new Error('stuck')]);
    expect(released).toBe(true);
  });

  test('waits for what is still being opened, and has nothing to do when that failed', async () => {
    const releases = new Releases();
    const opened = Promise.withResolvers<{ release(): Promise<void> }>();
    let released = false;
    void releases.opening(opened.promise);
    releases.opening(Promise.reject(new Error('never opened'))).catch(() => undefined);
    const ended = releases.run();
    opened.resolve({
      release: async () => {
        released = true;
      },
    });
    expect(await ended).toEqual([]);
    expect(released).toBe(true);
  });
});

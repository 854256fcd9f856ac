import { expect, test } from 'vitest';
import { type BoardHealth, boardState } from './board-state.ts';

const HEALTHY: BoardHealth = {
  enabled: true,
  failures: 0,
  lastReadAt: new Date(0),
  suspectSince: null,
  lastError: null,
};

test.each<[Partial<BoardHealth>, string]>([
  [{}, 'healthy: Its last read was complete and in line with those before.'],
  [{ lastError: 'page 3: Lever answered 503.' }, 'degraded: Its last read was cut short: page 3: Lever answered 503.'],
  [{ lastReadAt: null }, 'degraded: It has not been read yet.'],
  [
    { suspectSince: new Date(0), lastError: 'it listed no posting; in health about 30' },
    'suspect: Its last read is in doubt: it listed no posting; in health about 30.',
  ],
  [{ failures: 1, lastError: 'Lever answered 503' }, 'failed: Its last read failed: Lever answered 503.'],
  [{ failures: 4, suspectSince: new Date(0), lastError: null }, 'failed: Its last 4 reads failed.'],
  [{ enabled: false, failures: 4 }, 'paused: It is switched off.'],
])('a board with %j is %s', (more, expected) => {
  const { state, sentence } = boardState({ ...HEALTHY, ...more });
  expect(`${state}: ${sentence}`).toBe(expected);
});

import { describe, expect, test } from 'vitest';
import { startFault } from './faults.ts';

const SAID: readonly (readonly [what: string, said: string, sentence: RegExp])[] = [
  [
    'a full disk during the first start',
    'initdb: error: could not write to file "pg_wal/xlogtemp.71": No space left on device',
    /^The disk of \/data is full: make room, or set DATA_DIR/,
  ],
  [
    'a full disk later',
    'PANIC:  could not write to file "pg_wal/xlogtemp.71": No space left on device',
    /^The disk of \/data is full/,
  ],
  [
    'a folder of another user',
    'FATAL:  data directory "/data" has wrong ownership',
    /^PostgreSQL may not use \/data: give that folder/,
  ],
  [
    'a folder that may not be entered',
    'initdb: error: could not access directory "/data": Permission denied',
    /^PostgreSQL may not use \/data/,
  ],
  [
    'a database of another version',
    'FATAL:  database files are incompatible with server\nDETAIL:  The data directory was initialized by PostgreSQL version 12',
    /made by another version of PostgreSQL/,
  ],
  [
    'a taken port',
    'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
    /found no free port on 127\.0\.0\.1/,
  ],
  [
    'too little memory',
    'FATAL:  could not map anonymous shared memory: Cannot allocate memory',
    /^There is not enough memory to start PostgreSQL/,
  ],
  ['a system without glibc', 'Error: spawn /x/bin/postgres ENOENT', /does not run on this system .* set DATABASE_URL/],
];

describe('what PostgreSQL says when it does not start', () => {
  test.each(SAID)('is one sentence with what to do: %s', (_what, said, sentence) => {
    const fault = startFault(said, '/data', '/log');
    expect(fault.message).toMatch(sentence);
    expect(fault.message.split('\n')).toHaveLength(1);
  });

  test('is passed on with the place of the log when it is something new', () => {
    const fault = startFault(
      'LOG:  starting\nFATAL:  the moon is full\nLOG:  shut down',
      '/data',
      '/data/postgres.log',
    );
    expect(fault.message).toBe(
      'The embedded PostgreSQL did not start (FATAL:  the moon is full): look into /data/postgres.log.',
    );
  });

  test('is told to be nothing when it says nothing', () => {
    expect(startFault('', '/data', '/log').message).toContain('it gave no reason');
  });
});

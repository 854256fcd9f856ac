/** Runs in every file of `test/` before its tests. */
import { afterAll } from 'vitest';
import { releaseAll } from './at-end.ts';

afterAll(releaseAll);

import { defineConfig } from 'vitest/config';

/** Generous: a whole system that starts twice takes 8 s alone, and a minute on a machine that is busy with other things. */
const limits = { testTimeout: 90_000, hookTimeout: 90_000, teardownTimeout: 60_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      // Pure tests lie beside the code and start nothing.
      {
        test: {
          name: 'unit',
          include: ['{api,benchmarks,cli,scheduler,shared,worker}/**/*.test.ts', '*.test.ts'],
          ...limits,
        },
      },
      // Everything that needs PostgreSQL, Redis, a socket or a second process.
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/global-setup.ts'],
          setupFiles: ['test/setup.ts'],
          ...limits,
        },
      },
    ],
  },
});

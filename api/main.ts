import { runRole } from '../shared/lifecycle.ts';

await runRole('api', async ({ ready }) => {
  const idle = setInterval(() => undefined, 60_000);
  ready();
  return async () => clearInterval(idle);
});

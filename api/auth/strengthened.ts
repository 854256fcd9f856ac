import type { Person } from './accounts.ts';
import type { AccountServices } from './open.ts';

/** After a way in was added: what a link alone was enough for until then has ended in every other browser. */
export async function strengthened(
  { secondFactor, sessions }: Pick<AccountServices, 'secondFactor' | 'sessions'>,
  { id, sessionId }: Person,
): Promise<void> {
  if (secondFactor === 'required') await sessions.endWeak(id, sessionId);
}

/**
 * Asks once for what many ask for at the same moment: while one question is under way the next ones gather, and go together. Who
 * asks alone is asked for at once, so nothing waits for company.
 */

/**
 * @param ask gets each key once, `most` of them at the most; a key that its answer lacks is answered with undefined. Only one of its
 *   questions is under way at a time, and each begins after all who wait for it have asked: its answer is never older than their question.
 */
export function gather<Key, Answer>(
  ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Answer>>,
  most: number,
): (key: Key) => Promise<Answer | undefined> {
  let waiting = new Map<Key, PromiseWithResolvers<Answer | undefined>>();
  let isAsking = false;

  async function askOn(): Promise<void> {
    isAsking = true;
    // Whoever asks in this very turn of the loop comes along.
    await Promise.resolve();
    while (waiting.size > 0) {
      const now = new Map([...waiting].slice(0, most));
      waiting = new Map([...waiting].slice(most));
      try {
        const answers = await ask([...now.keys()]);
        for (const [key, { resolve }] of now) resolve(answers.get(key));
      } catch (error) {
        for (const { reject } of now.values()) reject(error);
      }
    }
    isAsking = false;
  }

  return (key) => {
    const asked = waiting.get(key) ?? Promise.withResolvers<Answer | undefined>();
    waiting.set(key, asked);
    if (!isAsking) void askOn();
    return asked.promise;
  };
}

/** One `gather` for each database handle, which is what its questions go to. */
export function gatherFor<On extends object, Key, Answer>(
  ask: (on: On, keys: readonly Key[]) => Promise<ReadonlyMap<Key, Answer>>,
  most: number,
): (on: On, key: Key) => Promise<Answer | undefined> {
  const own = new WeakMap<On, (key: Key) => Promise<Answer | undefined>>();
  return (on, key) => {
    const known = own.get(on) ?? gather((keys) => ask(on, keys), most);
    own.set(on, known);
    return known(key);
  };
}

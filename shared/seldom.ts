/** For what repeats while something is down: one line in a while says it all. @returns true when the last true is `everyMs` ago */
export function seldom(everyMs: number, now = () => performance.now()): () => boolean {
  let lastAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - lastAt < everyMs) return false;
    lastAt = now();
    return true;
  };
}

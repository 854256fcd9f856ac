/** Pass, fail, or "ask again when the machine is quiet". */

/** `INFO`: said for people, without a goal. */
export type Verdict = 'PASS' | 'FAIL' | 'NOISY' | 'INFO';

/** Rounds that differ by more say more about the machine than about the code. */
const SPREAD_MAX = 2;
/** Load average above which a miss proves nothing. */
const LOAD_MAX = 4;

/** @param ratio median of `ratios` @param loadMax highest load average (1 minute) seen during the rounds */
export function judge(
  { better, goal }: { readonly better: 'higher' | 'lower'; readonly goal: number | null },
  ratio: number,
  ratios: readonly number[],
  loadMax: number,
): Verdict {
  if (goal === null) return 'INFO';
  if (better === 'higher' ? ratio >= goal : ratio <= goal) return 'PASS';
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const differs = least > 0 && most / least > SPREAD_MAX;
  return differs || loadMax > LOAD_MAX ? 'NOISY' : 'FAIL';
}

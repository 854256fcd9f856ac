/** Where a person stands with a job, and how they may go on from there. */

/** `new`: nothing is known of it, or everything was taken back; its notes and its history stay. */
export const STATES = [
  'new',
  'saved',
  'applied',
  'interviewing',
  'offer',
  'accepted',
  'rejected',
  'withdrawn',
  'hidden',
] as const;
export type State = (typeof STATES)[number];

/** States that a tracker shows. */
export const TRACKED = STATES.filter((state) => state !== 'new');

/** Sent, whatever came of it. */
export const APPLIED: readonly State[] = ['applied', 'interviewing', 'offer', 'accepted', 'rejected', 'withdrawn'];

const MOVES: Readonly<Record<State, readonly State[]>> = {
  new: ['saved', 'applied', 'hidden'],
  saved: ['applied', 'hidden', 'new'],
  applied: ['interviewing', 'offer', 'rejected', 'withdrawn'],
  interviewing: ['offer', 'rejected', 'withdrawn'],
  offer: ['accepted', 'rejected', 'withdrawn'],
  accepted: ['withdrawn'],
  // The same opening may be applied for again; what happened by mistake is undone, not moved.
  rejected: ['applied'],
  withdrawn: ['applied'],
  hidden: ['saved', 'applied', 'new'],
};

/** States that may follow, never the state itself. */
export function movesFrom(state: State): readonly State[] {
  return MOVES[state];
}

export function mayMove(from: State, to: State): boolean {
  return MOVES[from].includes(to);
}

/** Of two entries for what turned out to be one opening, the one that got further speaks for both. */
const RANKED: readonly State[] = [
  'accepted',
  'offer',
  'interviewing',
  'applied',
  'rejected',
  'withdrawn',
  'saved',
  'hidden',
  'new',
];

/** 0 is the furthest. */
export function rankOf(state: State): number {
  return RANKED.indexOf(state);
}

export const RANKED_STATES = RANKED;

/** There is no such job, entry or event of this person; the message says which. */
export class NotTrackedError extends Error {
  override readonly name = 'NotTrackedError';
}

/** The state does not lead there. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
  readonly from: string;
  readonly to: string;
  readonly allowed: readonly string[];
  constructor(from: string, to: string, allowed: readonly string[]) {
    super(`A job that is ${from} cannot become ${to}; it can become ${allowed.join(', ')}.`);
    this.from = from;
    this.to = to;
    this.allowed = allowed;
  }
}

/** The event was undone before, or a later one must be undone first; the message says which. */
export class UndoError extends Error {
  override readonly name = 'UndoError';
  /** It was undone before, so that whoever asks twice has what he wants. */
  readonly isDone: boolean;
  constructor(message: string, isDone = false) {
    super(message);
    this.isDone = isDone;
  }
}

/** A limit of one person is reached; the message says which. */
export class TrackingFullError extends Error {
  override readonly name = 'TrackingFullError';
}

/** Somebody changed it since it was read. */
export class StaleError extends Error {
  override readonly name = 'StaleError';
  /** What it is now. */
  readonly version: number;
  /** @param given 0 for what no entry ever was */
  constructor(given: number, version: number) {
    super(
      given === 0
        ? `What was sent names no version of the entry; it is at version ${version}.`
        : `It was changed since: you have version ${given}, and it is at version ${version}.`,
    );
    this.version = version;
  }
}

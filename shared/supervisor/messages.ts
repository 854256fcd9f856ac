/** What the supervisor and its children say to each other over the channel of node:cluster. */

export type FromChild =
  | { readonly type: 'jobscout:ready'; readonly line?: string }
  /** Why it is about to end, for the person at the terminal. */
  | { readonly type: 'jobscout:fault'; readonly message: string };

/** Drain and end. Not a signal: a terminal or a service manager signals every process of the group, once more than once. */
export const STOP = { type: 'jobscout:stop' } as const;

export function isFromChild(message: unknown): message is FromChild {
  const type = (message as { type?: unknown } | null)?.type;
  return type === 'jobscout:ready' || type === 'jobscout:fault';
}

export function isStop(message: unknown): boolean {
  return (message as { type?: unknown } | null)?.type === STOP.type;
}

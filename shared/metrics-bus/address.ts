/** Where a hub is and what to show it. */
export interface BusAddress {
  /** Unix socket, or named pipe on Windows. */
  readonly path: string;
  readonly token: string;
}

/** One line, for an environment variable. It holds the token: do not log it. */
export const addressText = ({ path, token }: BusAddress): string => `${token}@${path}`;

/** Undefined when the text is not an address. */
export function parseAddress(text: string): BusAddress | undefined {
  const at = text.indexOf('@');
  return at < 1 || at === text.length - 1 ? undefined : { token: text.slice(0, at), path: text.slice(at + 1) };
}

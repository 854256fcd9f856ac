/** What one request learns on its way through better-auth and its hooks must remember until the session is written. */
import { AsyncLocalStorage } from 'node:async_hooks';

export type Method = 'passkey' | 'password' | 'provider' | 'link';

export interface Notes {
  method?: Method;
  network?: string;
  /** The second factor was given. */
  codeGiven?: boolean;
  /** Of the ID token, once it is verified. */
  providerSubject?: string;
  providerSession?: string;
  /** What an invitation gives to whoever comes by the provider. */
  role?: 'seeker' | 'admin';
}

const storage = new AsyncLocalStorage<Notes>();

export function withNotes<T>(notes: Notes, run: () => Promise<T>): Promise<T> {
  return storage.run(notes, run);
}

export function currentNotes(): Notes {
  return storage.getStore() ?? {};
}

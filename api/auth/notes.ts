/** What one request learns on its way through better-auth and its hooks must remember until the session is written. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** `link` is one of an operator or an invitation, `mail` one that a browser asked for. */
export type Method = 'passkey' | 'password' | 'provider' | 'link' | 'mail';

export interface Notes {
  method?: Method;
  network?: string;
  /** Of the ID token, once it is verified. */
  providerSubject?: string;
  providerSession?: string;
  /** When and how the person proved themselves there; undefined where the provider does not say. */
  providerAuthenticatedAt?: Date;
  providerAcr?: string;
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

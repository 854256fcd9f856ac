/** The state of a source as it is shown: what was judged, unless the settings of whoever shows it say that it is not read. */
import type { SourceName } from '../../sources.ts';
import { sourceInfo } from '../../sources.ts';
import { type SourceState, unread } from './judge-source.ts';

export interface ShownState {
  readonly state: SourceState;
  readonly sentence: string;
  /** Null where nobody has written it down yet. */
  readonly since: Date | null;
}

export interface StoredState {
  readonly enabled: boolean;
  readonly state: string | null;
  readonly sentence: string | null;
  readonly since: Date | null;
  /** Of a hold: since when, and why. */
  readonly heldSince: Date | null;
  readonly heldFor: string | null;
}

interface Settings {
  readonly sources: readonly SourceName[];
  readonly sourceKeys: Readonly<Record<string, string>>;
}

/** @param boards enabled boards; undefined when they were not counted */
export function shownState(
  source: SourceName,
  stored: StoredState | undefined,
  settings: Settings,
  boards?: number,
): ShownState {
  const paused = pausedBy(source, stored, settings);
  const told = unread({
    source,
    paused,
    missingKeys: missingKeys(source, settings.sourceKeys),
    boards: { total: boards ?? 1 },
  });
  const since = told?.state === stored?.state || told === undefined ? (stored?.since ?? null) : null;
  if (told !== undefined) return { ...told, since: stored?.heldSince ?? since };
  if (stored?.state == null) return { state: 'degraded', sentence: 'It has not been read yet.', since: null };
  return { state: stored.state as SourceState, sentence: stored.sentence ?? '', since };
}

export function pausedBy(
  source: SourceName,
  stored: Pick<StoredState, 'enabled' | 'heldSince' | 'heldFor'> | undefined,
  settings: Pick<Settings, 'sources'> | undefined,
): string | undefined {
  if (stored?.heldSince != null)
    return stored.heldFor ? `an operator holds it (${stored.heldFor})` : 'an operator holds it';
  if (stored?.enabled === false) return 'it is switched off';
  if (settings !== undefined && !settings.sources.includes(source))
    return 'it is not among the SOURCES of the settings';
  return undefined;
}

export function missingKeys(source: SourceName, keys: Readonly<Record<string, string>>): string[] {
  return sourceInfo(source).keys.filter((key) => (keys[key] ?? '') === '');
}

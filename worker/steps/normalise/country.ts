/** The country of place texts, where they say it beyond doubt. Everything else is null: a wrong country hides a job. */
import { readPlaceText } from '../place/place-text.ts';

/**
 * @param places place texts of one posting
 * @returns ISO 3166-1 alpha-2 when every place says the same country, else null
 */
export function countryOf(places: readonly string[]): string | null {
  const countries = places
    .map(readPlaceText)
    .flatMap(({ spots, world }) => [...spots.map(({ country }) => country), ...world.map(() => null)]);
  const [only, ...others] = new Set(countries);
  return others.length === 0 ? (only ?? null) : null;
}

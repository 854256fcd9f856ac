/** PostgreSQL's text of a moment ("2026-11-22 18:17:00.123456+00") as the API writes it, or null. */
export function toIso(value: Date | string | null): string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  return new Date(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString();
}

/** Through MikroORM's pool a `timestamptz` arrives as PostgreSQL's own text: "2026-11-22 18:17:00.123456+00". */
export function toDate(value: Date | string): Date {
  if (value instanceof Date) return value;
  const date = new Date(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  if (Number.isNaN(date.getTime())) throw new Error(`not a time: ${value}`);
  return date;
}

export function toDateOrNull(value: Date | string | null): Date | null {
  return value === null ? null : toDate(value);
}

/** Through MikroORM's pool a `jsonb` column arrives as a value or as its text. What was stored here is trusted to have its shape. */
export function fromJson<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

export async function portman(_folder: string, _file: string, _o: unknown, _k: unknown, _p: unknown) {
  return { passed: 0, failures: [] as string[], figures: {} };
}

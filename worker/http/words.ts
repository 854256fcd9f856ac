/** The first words of an answer that was not what we asked for, as a person would quote them. */

const WORDS_MAX = 160;

/** What a refusal says in the fields that APIs use for it, else its text without tags; one line, at most 160 characters. */
export function firstWords(body: string): string {
  return oneLine(sentenceOf(body) ?? body.slice(0, 4_000).replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' '));
}

function sentenceOf(body: string): string | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const { message, error, display, detail } = JSON.parse(body) as Record<string, unknown>;
    const nested = (error as { message?: unknown } | null | undefined)?.message;
    return [message, nested, error, display, detail].find((text) => typeof text === 'string');
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an answer must not write control characters into a log
  const line = text.replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
  return line.length > WORDS_MAX ? `${line.slice(0, WORDS_MAX)}…` : line;
}

/** The fenced pieces of a document. */
export interface Fence {
  readonly language: string;
  /** What follows the language, such as `running`. */
  readonly info: string;
  readonly text: string;
  /** Of its first line in the document. */
  readonly line: number;
}

export function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(/^```(\w+)?[ ]?(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    info: match[2] ?? '',
    text: match[3] ?? '',
    line: markdown.slice(0, match.index).split('\n').length + 1,
  }));
}

/** Queries stand apart by an empty line; their comments are left out. */
export function queriesIn(fence: Fence): string[] {
  return fence.text
    .split(/\n\s*\n/)
    .map((part) => part.replace(/^#.*\n/gm, '').trim())
    .filter((query) => query !== '');
}

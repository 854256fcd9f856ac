/** Soft hyphen, zero-width characters, byte order mark: they are not seen and break every word that they stand in. */
export const INVISIBLE = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;

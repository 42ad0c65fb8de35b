/** Longest line of a label under a bar, in characters. */
const longestLine = 11;

/**
 * Label of a bar in lines short enough to stand level under it, e.g. `raella_no_speculation` as `raella no`,
 * `speculation`; a long word may break behind a plus, a slash or a hyphen. `names` gives the text to show for a key; line breaks in it are kept.
 */
export function barLabelLines(key: string, names: Readonly<Record<string, string>> = {}): readonly string[] {
  const text = names[key] ?? key.replaceAll("_", " ");
  return text.split("\n").flatMap(wrapLine);
}

function wrapLine(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<!^\+|\s\+) /).flatMap(breakWord)) {
    const last = lines.at(-1);
    if (last === undefined || `${last} ${word}`.length > longestLine) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function breakWord(word: string): readonly string[] {
  return word.length <= longestLine ? [word] : word.split(/(?<=[^+/-][+/-])(?=.)/);
}

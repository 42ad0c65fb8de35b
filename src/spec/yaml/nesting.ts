/** Message for a text that is nested too deeply. */
export const nestedTooDeeply = "The text is nested too deeply to be read.";

/** Deepest nesting that is given to the YAML reader, which descends recursively. */
const maximumNesting = 300;

/**
 * Whether a YAML text is nested so deeply that reading it could exhaust the stack, which ends the process. Judged by
 * brackets, indentation and leading `- `, without regard to comments and quotes, before anything else is done with it.
 */
export function isNestedTooDeeply(text: string): boolean {
  let brackets = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    let [position, levels] = [at, 0];
    for (; position < stop; position++) {
      if (text[position] === " ") levels++;
      else if (!isIndicator(text[position]) || text[position + 1] !== " ") break;
    }
    if (position < stop && levels > maximumNesting) return true;
    for (; position < stop; position++) {
      const character = text[position];
      if (character === "[" || character === "{") brackets++;
      else if ((character === "]" || character === "}") && brackets > 0) brackets--;
      if (brackets > maximumNesting) return true;
    }
    at = stop + 1;
  }
  return false;
}

function isIndicator(character: string): boolean {
  return character === "-" || character === "?" || character === ":";
}

import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { Span } from "./syntax";

/** What went wrong while an expression was read or evaluated; becomes a {@link RaellaError} at the border. */
export class ExpressionFailure extends Error {
  constructor(
    message: string,
    /** The part of the text to point at. */
    readonly span: Span,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

const shownCharacters = 70;

/** The text with a caret under the failing part, shortened around it when long. */
export function caretLines(text: string, span: Span): string[] {
  const line = text.replace(/\s/g, " ");
  const start = Math.max(0, Math.min(span.start, line.length));
  const from = line.length <= shownCharacters ? 0 : Math.max(0, start - shownCharacters / 2);
  const shown = line.slice(from, from + shownCharacters);
  const prefix = from > 0 ? "… " : "";
  const suffix = from + shownCharacters < line.length ? " …" : "";
  const width = Math.max(1, Math.min(span.end - start, shown.length - (start - from)));
  return [prefix + shown + suffix, " ".repeat(prefix.length + start - from) + "^".repeat(width)];
}

/** The error for a user, with the place of the expression. */
export function toRaellaError(
  failure: ExpressionFailure,
  text: string,
  location: SourceLocation | undefined,
): RaellaError {
  return new RaellaError({
    code: "expression",
    message: failure.message,
    location,
    value: text.length > 200 ? `${text.slice(0, 200)}…` : text,
    details: caretLines(text, failure.span),
    remedy: failure.remedy,
  });
}

import { markup } from './escape.ts';

/** Markup that is safe as it stands. Only `html` makes it. */
class Html {
  constructor(readonly text: string) {}
}

export type { Html };

type Part = Html | string | number | false | undefined | readonly Part[];

/** A template whose values are escaped unless they are templates themselves. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + rendered(parts[index - 1]) + string));
}

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return markup(part);
  if (typeof part === 'number') return String(part);
  return part.map(rendered).join('');
}

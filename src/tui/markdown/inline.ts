/** Inline Markdown to styled spans. */
import type { Token as MarkdownToken, Tokens } from 'marked';
import { sanitise } from '../sanitise.ts';
import type { Token } from '../themes/tokens.ts';
import type { Span } from '../wrap.ts';

export type StyledSpan = Span<Token>;

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/**
 * CommonMark does not close `**…(Pod)**` before a Korean particle, nor open `**(` after one; this blank, removed again
 * below, makes it do so.
 */
export const PARTICLE_GAP = '\u200a';
const HANGUL = /[가-힣]/;
const OPENING = /[(["'‘“<`]/;
const CLOSING = /[)\]"'’”>.,!?%`]/;

export function closeBeforeParticles(markdown: string): string {
  let open: string[] = [];
  return markdown.replace(/(`+)[\s\S]*?\1|\n\s*\n|\*{1,3}(?!\s)|(?<=\S)\*{1,3}/g, (found, _ticks, at: number) => {
    if (!found.startsWith('*')) {
      if (found.startsWith('\n')) open = [];
      return found;
    }
    const before = markdown[at - 1] ?? '';
    const after = markdown[at + found.length] ?? '';
    if (open.at(-1) !== found) {
      open.push(found);
      return HANGUL.test(before) && OPENING.test(after) ? PARTICLE_GAP + found : found;
    }
    open.pop();
    return CLOSING.test(before) && HANGUL.test(after) ? found + PARTICLE_GAP : found;
  });
}

/** Of code, in which entities are no entities. */
export const literalText = (text: string): string => sanitise(text.replaceAll(PARTICLE_GAP, ''));

export const plainText = (text: string): string =>
  literalText(text).replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);

/** A line break of the source is a blank on the screen. */
const flowing = (text: string): string => plainText(text).replace(/\s*\n\s*/g, ' ');

export function inlineSpans(tokens: readonly MarkdownToken[] | undefined, style: Token): StyledSpan[] {
  return (tokens ?? []).flatMap((token) => inlineSpan(token as Tokens.Generic, style));
}

function inlineSpan(token: Tokens.Generic, style: Token): StyledSpan[] {
  const text = typeof token['text'] === 'string' ? token['text'] : '';
  switch (token.type) {
    case 'strong':
      return inlineSpans(token.tokens, 'strong');
    case 'em':
      return inlineSpans(token.tokens, style === 'strong' ? 'strong' : 'emphasis');
    case 'codespan':
      return [{ text: literalText(text).replace(/\n/g, ' '), style: 'code' }];
    case 'br':
      return [{ text: '\n', style }];
    case 'link': {
      const href = typeof token['href'] === 'string' ? plainText(token['href']) : '';
      const label = inlineSpans(token.tokens, 'link');
      const shown = label.map((span) => span.text).join('');
      return href === '' || href === shown || href.startsWith('#')
        ? label
        : [...label, { text: ` (${href})`, style: 'muted' }];
    }
    case 'html':
      return /^<br\s*\/?>$/i.test(text.trim()) ? [{ text: '\n', style }] : [];
    case 'checkbox':
      return [];
    default:
      return token.tokens ? inlineSpans(token.tokens, style) : [{ text: flowing(text), style }];
  }
}

/** fnmatch(3): a shell pattern as a regular expression. `/` is no special character, as for find -path. */
export function globPattern(pattern: string, ignoreCase = false): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern[at] ?? '';
    if (c === '*') source += '[^]*';
    else if (c === '?') source += '[^]';
    else if (c === '[') {
      const end = pattern.indexOf(']', at + (/^\[[!^]?\]/.test(pattern.slice(at)) ? 3 : 2));
      if (end < 0) source += '\\[';
      else {
        const inner = pattern
          .slice(at + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')
          .replace(
            /\[:(\w+):\]?/g,
            (_, name: string) =>
              ({ digit: '0-9', alpha: 'A-Za-z', alnum: 'A-Za-z0-9', lower: 'a-z', upper: 'A-Z', space: '\\s' })[name] ??
              '',
          );
        source += `[${inner.replace(/^\^?\]/, (text) => text.replace(']', '\\]'))}]`;
        at = end;
      }
    } else if (c === '\\' && at + 1 < pattern.length) source += literal(pattern[++at] ?? '');
    else source += literal(c);
  }
  try {
    return new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
  } catch {
    return new RegExp(`^${literal(pattern)}$`);
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

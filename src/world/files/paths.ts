/** Joins and normalises: `..` and `.` are resolved as text. */
export function joinPath(base: string, path: string): string {
  const names: string[] = [];
  for (const name of `${path.startsWith('/') ? '' : base}/${path}`.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

export function directoryName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const slash = trimmed.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
}

export const SLASH = 47;
const DOT = 46;

/** Whether nothing but slashes and dots that mean "here" is left of a path. */
export function endsHere(rest: string, from: number): boolean {
  for (let i = from; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code === SLASH) continue;
    const alone = code === DOT && (i + 1 === rest.length || rest.charCodeAt(i + 1) === SLASH);
    if (!alone) return false;
  }
  return true;
}

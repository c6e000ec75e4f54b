import type { Register, Vi } from './state.ts';

/** The register that p and P take. */
export function registerNamed(vi: Vi, name: string | undefined): Register {
  if (name === undefined || name === '"') return vi.register;
  return vi.registers.get(name.toLowerCase()) ?? NOTHING;
}

const NOTHING: Register = { text: [], linewise: false };

/**
 * Keeps a text: in the register named (a capital letter appends), in "0 what was yanked, in "1 to "9 the lines deleted,
 * in "- less than a line. `"_` keeps nothing. vim: register.c
 */
export function keep(vi: Vi, value: Register, name: string | undefined, deleted: boolean): void {
  if (name === '_') return;
  if (name !== undefined && name !== '"') {
    const lower = name.toLowerCase();
    const old = vi.registers.get(lower);
    vi.register = /[A-Z]/.test(name) && old ? joined(old, value) : value;
    vi.registers.set(lower, vi.register);
    return;
  }
  vi.register = value;
  if (!deleted) vi.registers.set('0', value);
  else if (!value.linewise && value.text.length < 2) vi.registers.set('-', value);
  else {
    for (let i = 9; i > 1; i--) {
      const before = vi.registers.get(String(i - 1));
      if (before) vi.registers.set(String(i), before);
    }
    vi.registers.set('1', value);
  }
}

function joined(old: Register, value: Register): Register {
  if (old.linewise || value.linewise) return { text: [...old.text, ...value.text], linewise: true };
  const last = old.text.at(-1) ?? '';
  return { text: [...old.text.slice(0, -1), last + (value.text[0] ?? ''), ...value.text.slice(1)], linewise: false };
}

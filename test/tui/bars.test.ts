import { describe, expect, test } from 'vitest';
import { messages } from '../../src/tui/locale/locale.ts';
import { initialState, type SessionSnapshot } from '../../src/tui/state.ts';
import { Look } from '../../src/tui/themes/look.ts';
import { statusLine } from '../../src/tui/views/bars.ts';
import { width } from '../../src/tui/width.ts';

const look = new Look('plain', false);

function status(title: string, columns: number): string {
  const session: SessionSnapshot = {
    lesson: {
      id: 'x',
      title,
      steps: Array.from({ length: 10 }, (_, index) => ({ id: `${index}`, title: '', done: false })),
      current: 9,
      text: '',
      objectives: [{ id: 'a', title: 'a', state: 'met' }],
      hasSolution: true,
      hints: { shown: [], total: 0 },
    },
    clock: { now: Date.UTC(2026, 8, 1, 9, 13, 47), speed: 1 },
    health: { text: '3/3', ok: true },
    journal: { saved: true },
    busy: undefined,
    ended: false,
    maps: undefined,
    trace: undefined,
  };
  const state = { ...initialState({ columns, rows: 24, language: 'ko', theme: 'plain', ascii: false }), session };
  return statusLine(state, columns, look, messages('ko')).replace(/\x1b\[[0-9;]*m/g, '');
}

describe('the status bar', () => {
  test('shortens a long title before it drops clock and health, and keeps the place', () => {
    const line = status('Endpoints와 EndpointSlice: Service 뒤에 누가 있는가', 80);
    expect(line).toBe(' Endpoints와 EndpointSlice: Service… 10/10 ✓1/1  ● 3/3 │ 09:13:47 │ 저장됨 │ ko ');
    expect(width(line)).toBe(80);
  });

  test.each([40, 44, 50, 60, 120])('%i cells', (columns) => {
    for (const title of ['Short', 'Endpoints와 EndpointSlice: Service 뒤에 누가 있는가']) {
      const line = status(title, columns);
      expect(width(line)).toBe(columns);
      expect(line).toContain(' 10/10 ✓1/1 ');
      expect(line).toContain('저장됨');
    }
  });
});

import { describe, expect, test } from 'vitest';
import { Screen } from '../../src/tui/screen.ts';
import { HostTerminal } from './headless.ts';

function start(columns = 40, rows = 6) {
  const host = new HostTerminal(columns, rows);
  const screen = new Screen(host);
  screen.enter();
  const show = async (frame: string) => {
    screen.write(frame);
    screen.flush();
    await host.settled();
  };
  return { host, screen, show };
}

describe('Screen', () => {
  test('uses the alternate screen and leaves it as it was', async () => {
    const { host, screen, show } = start();
    await show('hello');
    expect(host.terminal.buffer.active.type).toBe('alternate');
    screen.leave();
    screen.write('late frame');
    screen.flush();
    await host.settled();
    expect(host.terminal.buffer.active.type).toBe('normal');
    expect(host.terminal.modes.wraparoundMode).toBe(true);
    expect(host.terminal.modes.bracketedPasteMode).toBe(false);
    expect(host.written).not.toContain('late frame');
    expect(host.written).not.toContain('\x1b[3J');
  });

  test('writes only lines that changed', async () => {
    const { host, show } = start();
    await show('one\ntwo\nthree');
    host.written = '';
    await show('one\nTWO\nthree');
    expect(host.lines().slice(0, 3)).toEqual(['one', 'TWO', 'three']);
    expect(host.written).toContain('TWO');
    expect(host.written).not.toContain('three');
    host.written = '';
    await show('one\nTWO\nthree');
    expect(host.written).toBe('');
  });

  test('fills the last column of the last row without scrolling', async () => {
    const { host, show } = start(10, 3);
    await show(['0123456789', '한글한글한', 'abcdefghij'].join('\n'));
    expect(host.lines()).toEqual(['0123456789', '한글한글한', 'abcdefghij']);
  });

  test('lays the terminal pane over the frame, row by row', async () => {
    const { host, screen, show } = start(20, 4);
    screen.setLayers(() => ({
      cursor: undefined,
      pane: { area: { x: 10, y: 0, width: 10, height: 3 }, rows: ['$ ls', '파일', '0123456789'] },
    }));
    await show('lesson\n한글 본문\nx\nstatus bar of all 20');
    expect(host.lines()).toEqual(['lesson    $ ls', '한글 본문 파일', 'x         0123456789', 'status bar of all 20']);
    host.written = '';
    screen.setLayers(() => ({
      cursor: undefined,
      pane: { area: { x: 10, y: 0, width: 10, height: 3 }, rows: ['$ l', '파일', '0123456789'] },
    }));
    await show('LESSON\n한글 본문\nx\nstatus bar of all 20');
    expect(host.lines()[0]).toBe('LESSON    $ l');
    expect(host.written).not.toContain('파일');
    screen.setLayers(() => ({ cursor: undefined, pane: undefined }));
    await show('whole line\n\n\nstatus');
    expect(host.lines()).toEqual(['whole line', '', '', 'status']);
  });

  test('the cursor is real, at the place of composition', async () => {
    const { host, screen, show } = start();
    screen.setLayers(() => ({ pane: undefined, cursor: { x: 7, y: 2 } }));
    await show('a\nb\nc');
    expect(host.cursor()).toEqual({ x: 7, y: 2 });
    screen.setLayers(() => ({ pane: undefined, cursor: { x: 8, y: 2 } }));
    await show('a\nb\nc');
    expect(host.cursor()).toEqual({ x: 8, y: 2 });
    expect(host.written.endsWith('\x1b[3;9H\x1b[?25h')).toBe(true);
  });

  test('columns stay where they belong when host and string-width disagree on an emoji', async () => {
    const { host, show } = start(12, 2);
    // xterm's Unicode 6 table gives this emoji one cell, string-width two.
    await show('🦀ab│\nxxabc');
    expect(host.lines()[0]).toBe('🦀 ab│');
  });

  test('draws everything again after a resize', async () => {
    const { host, screen, show } = start(20, 4);
    await show('aaa\nbbb');
    let resized = 0;
    screen.on('resize', () => resized++);
    host.resize(30, 6);
    await show('ccc\nbbb');
    expect(resized).toBe(1);
    expect(screen.columns).toBe(30);
    expect(host.lines().slice(0, 2)).toEqual(['ccc', 'bbb']);
    host.resize(10, 2);
    await show('ccc\nbbb');
    expect(host.lines()).toEqual(['ccc', 'bbb']);
  });

  test('a burst of frames goes out as one', async () => {
    const { host, screen } = start();
    for (let i = 0; i < 100; i++) screen.write(`frame ${i}`);
    screen.flush();
    await host.settled();
    expect(host.written.match(/frame/g)).toHaveLength(1);
    expect(host.lines()[0]).toBe('frame 99');
  });
});

import type { FunctionTable } from '../editor.ts';
import { applyLine } from '../inputrc.ts';
import { keyNotation } from '../key-sequence.ts';

export const OTHERS: FunctionTable = {
  counted: {
    abort: (editor) => editor.bell(),
    'clear-screen': (editor) => editor.clearScreen(),
    'clear-display': (editor) => editor.clearScreen(),
    'redraw-current-line': (editor) => editor.redrawLine(),
    'display-shell-version': (editor) => editor.tell([editor.host.versionText]),
    're-read-init-file': (editor) => {
      const problems = editor.host.readInitFile();
      if (problems.length > 0) editor.tell(problems);
    },
    'start-kbd-macro': (editor) => {
      if (editor.macro.recording) return editor.bell();
      editor.macro.recording = true;
      editor.macro.keys = '';
    },
    'end-kbd-macro': (editor, { key }) => {
      if (!editor.macro.recording) return editor.bell();
      editor.macro.recording = false;
      editor.macro.keys = editor.macro.keys.slice(0, -key.length);
    },
    'call-last-kbd-macro': (editor, { count }) => {
      const { recording, keys } = editor.macro;
      if (recording || keys === '') return editor.bell();
      editor.typeAhead(keys.repeat(Math.max(1, Math.min(count, 100))));
    },
    'print-last-kbd-macro': (editor) => editor.tell([keyNotation(editor.macro.keys)]),
    'emacs-editing-mode': (editor) => {
      applyLine(editor.bindings, 'set editing-mode emacs');
      editor.mode = 'emacs';
    },
    'vi-editing-mode': (editor) => {
      applyLine(editor.bindings, 'set editing-mode vi');
      editor.mode = 'vi-insert';
    },
    // A sequence that nothing is bound to, without what it would insert.
    'skip-csi-sequence': () => {},
  },
  tasks: {
    *'accept-line'(editor) {
      return editor.accept();
    },
    *'insert-comment'(editor, { explicit }) {
      const { buffer } = editor;
      const mark = editor.bindings.settings.text('comment-begin');
      if (explicit && buffer.text.startsWith(mark)) buffer.replace(0, [...mark].length, '');
      else buffer.replace(0, 0, mark);
      return editor.accept();
    },
    *'edit-and-execute-command'(editor) {
      return { ...editor.accept(), edit: '${VISUAL:-${EDITOR:-emacs}}' };
    },
    *'shell-expand-line'(editor) {
      const { buffer } = editor;
      const expanded = yield* editor.host.expandLine(buffer.text);
      buffer.replace(0, buffer.chars.length, expanded);
      return undefined;
    },
  },
};

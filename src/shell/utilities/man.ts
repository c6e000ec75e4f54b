import { utility } from './utility.ts';

/** kubetutor has no manual pages; `--help` of the command says more. */
export const man = utility({
  name: 'man',
  usage: '[OPTION...] [SECTION] PAGE...',
  about: 'An interface to the system reference manuals.',
  options: ['-k --apropos', '-f --whatis', '-a --all', '-w --where', '-P --pager=', '-K'],
  *run(tool, options) {
    const words = options.operands;
    const section = /^\d\w*$/.test(words[0] ?? '') ? words[0] : undefined;
    const pages = section === undefined ? words : words.slice(1);
    if (pages.length === 0) {
      yield* tool.complain(
        section === undefined
          ? `What manual page do you want?\nFor example, try 'man man'.\n`
          : `No manual entry for ${section}\n`,
      );
      return 1;
    }
    if (options.has('k', 'f')) {
      for (const page of pages) yield* tool.complain(`${page}: nothing appropriate.\n`);
      return 16;
    }
    for (const page of pages)
      yield* tool.complain(`No manual entry for ${page}${section === undefined ? '' : ` in section ${section}`}\n`);
    return 16;
  },
});

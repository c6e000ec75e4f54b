/** Signs and borders, and their substitutes in ASCII. None of them has an emoji form, which some terminals draw wider. */
export interface Marks {
  readonly met: string;
  readonly open: string;
  readonly failed: string;
  readonly undecided: string;
  readonly started: string;
  readonly selected: string;
  readonly bullet: string;
  readonly vertical: string;
  readonly horizontal: string;
  readonly quote: string;
  readonly full: string;
  readonly empty: string;
  readonly up: string;
  readonly down: string;
  readonly onward: string;
  readonly exchanged: string;
  readonly ellipsis: string;
  readonly live: string;
}

export const UNICODE: Marks = {
  met: '✓',
  open: '○',
  failed: '✗',
  undecided: '?',
  started: '◐',
  selected: '▸',
  bullet: '•',
  vertical: '│',
  horizontal: '─',
  quote: '▏',
  full: '█',
  empty: '░',
  up: '↑',
  down: '↓',
  onward: '→',
  exchanged: '⇄',
  ellipsis: '…',
  live: '●',
};

export const ASCII: Marks = {
  met: '+',
  open: 'o',
  failed: 'x',
  undecided: '?',
  started: '~',
  selected: '>',
  bullet: '*',
  vertical: '|',
  horizontal: '-',
  quote: '|',
  full: '#',
  empty: '.',
  up: '^',
  down: 'v',
  onward: '>',
  exchanged: '=',
  ellipsis: '...',
  live: '*',
};

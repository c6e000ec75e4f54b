/** Roles of text on the screen. Components name a role, never a colour. */
export type Token =
  | 'text'
  | 'muted'
  | 'title'
  | 'heading'
  | 'strong'
  | 'emphasis'
  | 'code'
  | 'block'
  | 'quote'
  | 'link'
  | 'border'
  | 'focus'
  | 'success'
  | 'warning'
  | 'error'
  | 'info'
  | 'key'
  | 'selected'
  | 'bar'
  | 'progress';

/** SGR parameters of each role; empty: the terminal's own colours. */
export type Theme = Readonly<Record<Token, string>>;

export type ThemeName = 'dark' | 'light' | 'plain';

/** The themes, from the sixteen colours that every terminal lets its owner choose, so that contrast stays theirs. */
import type { Theme, ThemeName } from './tokens.ts';

const dark: Theme = {
  text: '',
  muted: '90',
  title: '1;96',
  heading: '1;96',
  strong: '1',
  emphasis: '3',
  code: '93',
  block: '92',
  quote: '3;90',
  link: '4;94',
  border: '90',
  focus: '96',
  success: '32',
  warning: '33',
  error: '91',
  info: '94',
  key: '1;93',
  selected: '7',
  bar: '7',
  progress: '36',
};

const light: Theme = {
  ...dark,
  title: '1;34',
  heading: '1;34',
  code: '35',
  block: '32',
  link: '4;34',
  focus: '34',
  error: '31',
  info: '34',
  key: '1;35',
};

/** NO_COLOR: weight and inverse only; nothing depends on them alone. */
const plain: Theme = {
  text: '',
  muted: '',
  title: '1',
  heading: '1',
  strong: '1',
  emphasis: '4',
  code: '1',
  block: '',
  quote: '',
  link: '4',
  border: '',
  focus: '1',
  success: '',
  warning: '1',
  error: '1',
  info: '',
  key: '1',
  selected: '7',
  bar: '7',
  progress: '',
};

export const THEMES: Readonly<Record<ThemeName, Theme>> = { dark, light, plain };

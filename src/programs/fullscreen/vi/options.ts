import { fail, type Settings, say, type Vi } from './state.ts';

const FLAGS: Readonly<Record<string, keyof Settings>> = {
  nu: 'number',
  number: 'number',
  rnu: 'relativenumber',
  relativenumber: 'relativenumber',
  et: 'expandtab',
  expandtab: 'expandtab',
  ai: 'autoindent',
  autoindent: 'autoindent',
  paste: 'paste',
  ic: 'ignorecase',
  ignorecase: 'ignorecase',
  scs: 'smartcase',
  smartcase: 'smartcase',
  hls: 'hlsearch',
  hlsearch: 'hlsearch',
  list: 'list',
  ro: 'readonly',
  readonly: 'readonly',
};
const NUMBERS: Readonly<Record<string, keyof Settings>> = {
  ts: 'tabstop',
  tabstop: 'tabstop',
  sw: 'shiftwidth',
  shiftwidth: 'shiftwidth',
  sts: 'softtabstop',
  softtabstop: 'softtabstop',
};
/** Options of vim that change nothing here. */
const IGNORED =
  /^(?:no)?(?:compatible|cp|ruler|ru|showcmd|sc|showmode|cursorline|cul|cursorcolumn|cuc|wrap|incsearch|is|smartindent|si|cindent|showmatch|sm|mouse|encoding|enc|fileencoding|background|bg|backspace|bs|laststatus|ls|hidden|swapfile|backup|syntax|foldmethod|fdm|foldenable|fen|foldlevel|fdl|spell|textwidth|tw|pastetoggle|pt|autoread|ar|smarttab|sta|shiftround|sr|nrformats|nf|ttyfast|lazyredraw|matchpairs|virtualedit|ve|undofile|undodir|directory|dir|clipboard|history|wildmenu|scrolloff|so|title|visualbell|vb|colorcolumn|cc|listchars|termguicolors)$/;

export function setOption(vi: Vi, word: string): void {
  const [, name = '', , value] = /^([a-z]+)([=:](.*))?[!?]?$/.exec(word) ?? [];
  const settings: Record<string, unknown> & Settings = Object.assign(vi.settings);
  const number = NUMBERS[name];
  if (name === 'ft' || name === 'filetype') {
    if (value !== undefined) setFileType(vi, `.${value}`);
    return;
  }
  const off = name.startsWith('no') ? FLAGS[name.slice(2)] : undefined;
  const flag = FLAGS[name];
  if (number) {
    if (value === undefined) say(vi, `  ${number}=${settings[number]}`);
    else if (!/^\d+$/.test(value)) fail(vi, `E521: Number required after =: ${word}`);
    else Object.assign(settings, { [number]: Math.min(Number(value), 1000) || (number === 'tabstop' ? 8 : 0) });
  } else if (flag && word.endsWith('?')) say(vi, `${settings[flag] ? '  ' : 'no'}${flag}`);
  else if (flag) Object.assign(settings, { [flag]: word.endsWith('!') ? !settings[flag] : true });
  else if (off) Object.assign(settings, { [off]: false });
  else if (!IGNORED.test(name)) fail(vi, `E518: Unknown option: ${word}`);
}

/** vim: ftplugin/yaml.vim sets these for the file, indent/yaml.vim the indents that typing brings. */
export function setFileType(vi: Vi, file: string): void {
  vi.fileType = /\.ya?ml$/.test(file) ? 'yaml' : undefined;
  if (vi.fileType === 'yaml') Object.assign(vi.settings, { expandtab: true, shiftwidth: 2, softtabstop: 2 });
}

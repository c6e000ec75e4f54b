import { Fail } from './fail.ts';
import { eachLine } from './inputs.ts';
import { Usage } from './options.ts';
import { decodeText, encodeText } from './text.ts';
import { utility } from './utility.ts';

type Ranges = readonly (readonly [number, number])[];

export const cut = utility({
  name: 'cut',
  usage: 'OPTION... [FILE]...',
  about: 'Print selected parts of lines from each FILE to standard output.',
  options: [
    '-b --bytes=',
    '-c --characters=',
    '-d --delimiter=',
    '-f --fields=',
    '-n',
    '--complement',
    '-s --only-delimited',
    '--output-delimiter=',
    '-z --zero-terminated',
  ],
  *run(tool, options) {
    const kinds = ['b', 'c', 'f'].filter((key) => options.has(key));
    const kind = kinds[0];
    if (kind === undefined) throw new Usage('you must specify a list of bytes, characters, or fields');
    if (kinds.length > 1 || options.count(kind) > 1) throw new Usage('only one list may be specified');
    const delimiter = options.get('d');
    if (delimiter !== undefined && [...delimiter].length > 1)
      throw new Usage('the delimiter must be a single character');
    if (kind !== 'f' && delimiter !== undefined)
      throw new Usage('an input delimiter may be specified only when operating on fields');
    if (kind !== 'f' && options.has('s'))
      throw new Usage('suppressing non-delimited lines makes sense\n\tonly when operating on fields');
    const ranges = parseList(options.get(kind) ?? '', kind === 'f');
    const complement = options.has('complement');
    const separator = delimiter === undefined ? '\t' : delimiter === '' ? '\0' : delimiter;
    const joint = options.get('output-delimiter');
    const end = options.has('z') ? '\0' : '\n';
    const selected = (position: number) =>
      ranges.some(([from, to]) => position >= from && position <= to) !== complement;
    yield* eachLine(
      tool,
      options.operands,
      (line) => {
        if (kind === 'f') {
          if (!line.includes(separator)) {
            if (!options.has('s')) tool.put(line + end);
            return;
          }
          const fields = line.split(separator).filter((_, i) => selected(i + 1));
          tool.put(fields.join(joint ?? separator) + end);
        } else if (joint !== undefined)
          tool.put(
            ranges
              .map(([from, to]) => [...line].slice(from - 1, to).join(''))
              .filter(Boolean)
              .join(joint) + end,
          );
        // As shipped by Debian and Ubuntu, characters are bytes.
        else tool.put(decodeText(encodeText(line).filter((_, i) => selected(i + 1))) + end);
      },
      options.has('z') ? 0 : 10,
    );
    return tool.status;
  },
});

function parseList(text: string, fields: boolean): Ranges {
  const what = fields ? 'field' : 'byte/character';
  const ranges = text.split(/[, \t]/).map((part): [number, number] => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match)
      throw new Usage(
        /^[\d-]+$/.test(part)
          ? `invalid ${fields ? 'field' : 'byte or character'} range`
          : `invalid ${fields ? 'field' : 'byte/character'} value ‘${part.replace(/^[\d-]*/, '')}’`.replace(
              /‘(.*)’/,
              (_, value: string) => `‘${value || part}’`,
            ),
      );
    if (match[2] && match[1] === '' && match[3] === '') throw new Usage('invalid range with no endpoint: -');
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] ? (match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])) : from;
    if (from === 0 || match[0] === '')
      throw new Usage(fields ? 'fields are numbered from 1' : `${what} positions are numbered from 1`);
    if (to < from) throw new Usage('invalid decreasing range');
    return [from, to];
  });
  if (ranges.length === 0) throw new Fail('missing list');
  return ranges.sort((a, b) => a[0] - b[0]);
}

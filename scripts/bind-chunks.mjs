// A chunk of esbuild's, an ES module, as CommonJS that binds the names of other chunks once. esbuild itself would read a
// getter of a large object at each use, which costs graders a few hundredths of their time.

const IMPORT = /^import \{([^}]*)\} from "(\.[^"]*)";/gm;
const BARE_IMPORT = /^import "(\.[^"]*)";/gm;
const EXPORT = /^export \{([^}]*)\};/m;

/** `text` must not be minified. Raises an error for what cannot be bound once. */
export function bindChunk(text) {
  const bound = text
    .replace(IMPORT, (_, names, from) => `const {${names.replaceAll(' as ', ': ')}} = require("${from}");`)
    .replace(BARE_IMPORT, 'require("$1");')
    .replace(EXPORT, (_, names) => exportsOf(text, names));
  const left = /^(import|export) .*"\..*|^export .*/m.exec(bound);
  if (left) throw new Error(`a chunk has what bind-chunks.mjs does not know: ${left[0].slice(0, 200)}`);
  return bound;
}

function exportsOf(text, names) {
  const pairs = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => name.split(' as '));
  for (const [own] of pairs) mustBeConstant(text, own);
  const members = pairs.map(([own, exported = own]) => `${exported}: ${own}`);
  return `module.exports = {${members.join(', ')}};Object.defineProperty(module.exports, "__esModule", { value: true });`;
}

/** Who has bound a name does not see what it becomes later. */
function mustBeConstant(text, name) {
  const assignment = new RegExp(
    `(?<![\\w$.])${name.replaceAll('$', '\\$')}(\\s*(=(?![=>])|[-+*|&?]{1,2}=)|\\+\\+|--)`,
    'g',
  );
  const count = [...text.matchAll(assignment)].length;
  if (count > 1)
    throw new Error(`${name} is exported from a chunk and assigned ${count} times: others would not see it`);
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeBox, play } from './support.ts';

/** Pieces of programs; joined at random they are mostly wrong, and must then be refused in the tool's own words. */
const PIECES: Readonly<Record<string, readonly string[]>> = {
  awk: '{ } print $1 $0 NR == 1 "a" /a/ ~ ( ) [ ] x x[1] in for if while ; , + ++ - getline < > | printf "%d" BEGIN END function f(x) return delete split($0,a,"b") gsub(/a/,"b") ? : = ! && NF=0 $5="x" $(-1) length exit next'.split(
    ' ',
  ),
  jq: '. .a [] [ .. ] { } | , ( ) 1 "a" "\\(1)" $x as reduce foreach if then else end try catch error map( select( .[0] .[1:] == + - * / // |= = += keys length to_entries del( path( range(5) limit(1; first test("a") sub("a";"b") @base64 tojson fromjson tonumber ? $ENV sort group_by( unique add flatten walk( strftime("%Y") fromdate implode explode transpose setpath(["a"];1) paths tostream ?// -1 null : ;'.split(
    ' ',
  ),
  sed: 's/a/b/ s/\\(a\\)/\\1/g 1 $ /a/ , 2 ~ +1 ! p d D N n G H g h x P q Q = l { } ; b t T :a ba ta y/a/b/ s/[/x/ s/*// /b/I 0,/a/ s/a*/x/2 z'.split(
    ' ',
  ),
  grep: 'a * + ? ( ) [ ] { } \\ \\( \\) \\{1,2\\} {2} ^ $ . | \\| [[:alpha:]] [a-z] [^a] \\1 \\b \\< \\w [z-a] {,3} é'.split(
    ' ',
  ),
};

for (const [name, pieces] of Object.entries(PIECES)) {
  it(`${name} refuses or runs whatever program it gets`, () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), fc.constantFrom(' ', ''), (parts, joint) => {
        const { world, machine } = makeBox();
        const file = name === 'jq' ? 'pods.json' : 'fruit.txt';
        play(machine, `${name} -- '${parts.join(joint)}' ${file}`, 'x y\nz', 300);
        machine.killAll();
        expect(world.faults.map(({ error }) => error)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
}

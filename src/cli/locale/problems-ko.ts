type Form = readonly [RegExp, string];

/**
 * What is said of the files of lessons and packs, in Korean, by what is said in English. The first that fits a whole
 * message is taken; what Kubernetes, bash and the reader of YAML say themselves stays as they say it.
 */
const WHOLE: readonly Form[] = [
  // lesson.yaml and pack.yaml by their schema
  [/^unknown key (.*)$/, '모르는 키 $1'],
  [/^(\S+) is missing$/, '$1이(가) 없습니다'],
  [/^(\S+): expected (.+), received (.+)$/, '$1: $2이(가) 와야 하는데 $3입니다'],
  [/^(\S+): too (?:big|small): expected (\S+) to be (.*)$/, '$1: 범위를 벗어났습니다. $2은(는) $3이어야 합니다'],
  [
    /^(\S+): too (?:big|small): expected (\S+) to have (\S+) (\S+)$/,
    '$1: 개수가 맞지 않습니다. $2에는 $4가 $3이어야 합니다',
  ],
  [/^(\S+): invalid option: expected one of (.*)$/, '$1: 쓸 수 없는 값입니다. 쓸 수 있는 값: $2'],
  [/^(\S+): an id is made of a-z, 0-9 and single -$/, '$1: id는 a-z, 0-9와 단일 -로 씁니다'],
  [/^(\S+): a time is written (\S+), with its zone$/, '$1: 시각은 $2처럼 시간대까지 씁니다'],
  [/^(\S+): there is no such day or hour$/, '$1: 그런 날짜나 시각은 없습니다'],
  [/^(\S+): a duration is written 90s, 15m, 2h or 1d$/, '$1: 기간은 90s, 15m, 2h, 1d처럼 씁니다'],
  [/^(\S+): it takes no time at all$/, '$1: 길이가 0입니다'],
  [
    /^(\S+): a parameter is made of letters, 0-9, _ and -, a small letter first$/,
    '$1: 매개변수는 소문자로 시작하고 글자, 0-9, _, -로 씁니다',
  ],
  [/^(\S+): a name begins with a letter; a-z, 0-9 and -$/, '$1: 이름은 글자로 시작하고 a-z, 0-9, -로 씁니다'],
  [/^(\S+): more than (\S+) parameters$/, '$1: 매개변수가 $2개를 넘습니다'],
  [/^(\S+): a mode is octal, as in "0644" \(with quotes\)$/, '$1: mode는 "0644"처럼 따옴표를 붙인 8진수로 씁니다'],
  [/^the file is missing$/, '파일이 없습니다'],
  [/^Map keys must be unique$/, '같은 키가 또 있습니다'],
  [
    /^the file holds itself, or lists within lists, more than (\S+) deep$/,
    '파일이 자기 자신을 담고 있거나 $1단계 넘게 중첩되어 있습니다',
  ],
  [/^brackets or lists are nested too deeply$/, '괄호나 목록이 너무 깊이 중첩되어 있습니다'],
  // a lesson
  [/^minutes are given as \[from, to\]$/, 'minutes는 [최소, 최대]로 씁니다'],
  [/^a second (step|check|lesson) (\S+)$/, '$1 $2이(가) 또 있습니다'],
  [/^a second text for step (\S+)$/, '단계 $1의 글이 또 있습니다'],
  [
    /^needs names a check that comes before this one, not (\S+)$/,
    'needs에는 앞에 나온 검사를 적습니다. $1은(는) 그렇지 않습니다',
  ],
  [
    /^(\S+) needs (\S+), which a student's copy does not have: it is hidden$/,
    '$1이(가) 필요로 하는 $2은(는) 숨긴 검사라 학생용에 없습니다',
  ],
  [/^step (\S+) has checks but no solution$/, '단계 $1에 검사는 있는데 모범 풀이(solutions)가 없습니다'],
  [/^nothing is watched before the step begins$/, '단계가 시작되기 전에는 아무것도 지켜보지 않습니다'],
  [/^no check of this step has the id (\S+)$/, '이 단계에 id가 $1인 검사가 없습니다'],
  [/^a setup block has exactly one of run, manifest, file$/, 'setup 블록에는 run, manifest, file 중 하나만 씁니다'],
  [/^machine goes with run only$/, 'machine은 run과 함께만 씁니다'],
  [/^the hint contains a line of a solution: (.*)$/, '힌트에 모범 풀이의 줄이 들어 있습니다: $1'],
  [
    /^a check has exactly one of ([^;]*); this one has (.*)$/,
    '검사에는 $1 중 하나만 씁니다. 여기에는 $2이(가) 있습니다',
  ],
  [/^a check has exactly one of ([^;]*)$/, '검사에는 $1 중 하나를 씁니다'],
  [/^history has exactly one of never, always, eventually$/, 'history에는 never, always, eventually 중 하나만 씁니다'],
  [/^a condition needs an operator: (.*)$/, '조건에는 연산자가 필요합니다: $1'],
  [/^cannot read the path (.*) at (.*)$/, '경로 $1을(를) $2에서 읽을 수 없습니다'],
  [/^the path is empty$/, '경로가 비었습니다'],
  [
    /^this pattern may take for ever on some texts: (.*)$/,
    '이 패턴은 어떤 글에서는 끝나지 않을 수 있습니다. 더 짧게, \\1과 (?=…) 없이 쓰세요',
  ],
  [
    /^parameters are for lessons of a pack: there is no pack\.yaml$/,
    'parameters는 팩의 레슨에만 씁니다. pack.yaml이 없습니다',
  ],
  [/^there is no world (.*)$/, '그런 월드는 없습니다: $1'],
  [/^no step has the id (.*)$/, '그런 id의 단계가 없습니다: $1'],
  [
    /^the code of step (\S+) differs between the languages: (.*) in (\S+), (.*) here$/,
    '단계 $1의 코드가 언어마다 다릅니다. $3에는 $2, 여기에는 $4',
  ],
  [/^step (\S+) has no (?:section|text) in its text$/, '글에 단계 $1의 내용이 없습니다'],
  [/^step (\S+) has no section in (.*)$/, '$2에 단계 $1의 절이 없습니다'],
  [/^step (\S+) has no text in (.*)$/, '$2에 단계 $1의 글이 없습니다'],
  [/^the title differs from that in (\S+): (.*)$/, '$1의 제목과 다릅니다: $2'],
  [
    /^a heading of the second level reads "## step-id: Title"; use ### inside a step$/,
    '둘째 수준 제목은 "## 단계-id: 제목"으로 씁니다. 단계 안에서는 ###을 쓰세요',
  ],
  [/^this code block has no end$/, '이 코드 블록이 끝나지 않았습니다'],
  [/^this comment has no end$/, '이 주석이 끝나지 않았습니다'],
  // a pack
  [
    /^the pack has no lesson: no folder in it has a lesson\.yaml$/,
    '팩에 레슨이 없습니다. lesson.yaml이 있는 폴더가 없습니다',
  ],
  [/^no folder of the pack has the lesson (\S+)$/, '팩의 어느 폴더에도 레슨 $1이(가) 없습니다'],
  [/^(\S+) a second time$/, '$1이(가) 또 있습니다'],
  [/^lessons leaves out (\S+)$/, 'lessons에 $1이(가) 빠졌습니다'],
  [/^(\S+): from is larger than to$/, '$1: from이 to보다 큽니다'],
  [/^student is the student's id: choose another name$/, 'student는 학생의 id입니다. 다른 이름을 쓰세요'],
  [/^there is no parameter (\S+)$/, '매개변수 $1이(가) 없습니다'],
  [/^nothing uses the parameter (\S+)$/, '매개변수 $1을(를) 쓰는 곳이 없습니다'],
  [/^with its parameters put in it is longer than 5 million characters$/, '매개변수의 값을 넣으면 500만 자를 넘습니다'],
  [/^late counts from a deadline, and there is none$/, 'late는 마감부터 세는데 deadline이 없습니다'],
  // manifests and scripts
  [
    /^an object of a manifest is a mapping with apiVersion and kind$/,
    '매니페스트의 오브젝트에는 apiVersion과 kind가 있어야 합니다',
  ],
  [/^this object has no (apiVersion|kind)$/, '이 오브젝트에 $1이(가) 없습니다'],
  [/^there is no kind (\S+) in (\S+); it is in (.*)$/, '$2에는 kind $1이(가) 없습니다. $3에 있습니다'],
  [/^there is no kind (\S+) in (\S+)$/, '$2에는 kind $1이(가) 없습니다'],
  // what --prove finds
  [/^setup of (\S+): still running after (\S+) s$/, '$1의 setup이 $2초가 지나도 끝나지 않습니다'],
  [/^setup of (\S+): exit (\d+): (.*)$/s, '$1의 setup이 $2(으)로 끝났습니다: $3'],
  [/^(\S+): symptom (\S+) is not there: (.*)$/s, '$1: 증상 $2이(가) 나타나지 않습니다: $3'],
  [/^(\S+): (\S+) passes although nothing was done$/, '$1: 아무것도 하지 않았는데 $2을(를) 통과합니다'],
  [
    /^(\S+): solution (\d+) \(exit (\d+)\): (\S+) (failed|undecided): (.*)$/s,
    '$1: 모범 풀이 $2(종료 상태 $3)로는 $4을(를) 통과하지 못합니다: $6',
  ],
  [
    /^(\S+): near miss (\d+): (\S+) should fail and is (\w+): (.*)$/s,
    '$1: 오답 $2은(는) $3에서 틀려야 하는데 그렇지 않습니다: $5',
  ],
  [/^(\S+): near miss (\d+): (\S+) fails as well: (.*)$/s, '$1: 오답 $2이(가) $3에서도 틀립니다: $4'],
  [
    /^(\S+): it takes too long: a minute of computing was not enough$/,
    '$1: 너무 오래 걸립니다. 1분을 계산해도 끝나지 않았습니다',
  ],
];

/** What comes after a message: what was meant, and for which values of parameters it is so. */
const AFTER = /(?:; did you mean .*\?)?(?: \([\w/-]+=[^\n]*\))?$/;
const MEANT: Form = [/; did you mean (.*)\?/, '. $1을(를) 쓰려던 것인가요?'];

/** What could not be carried over from exercises of others. */
const IMPORT: readonly Form[] = [
  [
    /: not taken; only setup, question, validation and solution are$/,
    ': 가져오지 않았습니다. setup, question, validate, solution만 가져옵니다',
  ],
  [/: its index names it, and it is not there$/, ': index.json에 적혀 있지만 없습니다'],
  [/: not in UTF-8; some letters of it are lost$/, ': UTF-8이 아니어서 글자가 깨졌습니다'],
  [/: there is no question\.md$/, ': question.md가 없습니다'],
  [
    /: there is no solution\.sh, so `lint --prove` cannot show that it can be solved$/,
    ': solution.sh가 없어 풀 수 있는지 `lint --prove`로 보일 수 없습니다',
  ],
  [/, step (\d+)(?=: )/, ', $1단계'],
  [/^step (\d+): /, '$1단계: '],
  [/(^|: )setup is still running after (\S+) s$/, '$1setup이 $2초가 지나도 끝나지 않습니다'],
  [/(^|: )setup ends with (\d+)/, '$1setup이 종료 상태 $2(으)로 끝납니다'],
  [/(^|: )setup or validation does not come to an end$/, '$1setup이나 검증이 끝나지 않습니다'],
  [/(^|: )validation is still running after (\S+) s$/, '$1검증이 $2초가 지나도 끝나지 않습니다'],
  [/(^|: )validation succeeds although nothing was done$/, '$1아무것도 하지 않았는데 검증을 통과합니다'],
  [/(^|: )validation ends with (\d+) after the solution/, '$1풀이 뒤의 검증이 종료 상태 $2(으)로 끝납니다'],
  [/(^|: )the world has no (\S+)$/, '$1월드에 $2이(가) 없습니다'],
  [/: a link that leads out of the folder: not followed$/, ': 폴더 밖으로 가는 링크라 따라가지 않았습니다'],
  [/: a link to a folder: not followed$/, ': 폴더로 가는 링크라 따라가지 않았습니다'],
  [/: a link that leads nowhere$/, ': 아무 데도 가지 않는 링크입니다'],
  [/: neither a file nor a folder: not read$/, ': 파일도 폴더도 아니어서 읽지 않았습니다'],
  [/: more than (\S+) MB: not read$/, ': $1 MB가 넘어 읽지 않았습니다'],
  [/: not read: (\w+)$/, ': 읽지 못했습니다($1)'],
];

const TYPES = /^(\S+: expected )(\w+), received (\w+)$/;
const TYPE: Readonly<Record<string, string>> = {
  number: '수',
  int: '정수',
  string: '문자열',
  list: '목록',
  mapping: '매핑',
  boolean: 'true/false 값',
  nothing: '빈 값',
};

export function koreanProblem(message: string): string {
  const after = AFTER.exec(message)?.[0] ?? '';
  const plain = message.slice(0, message.length - after.length);
  const form = WHOLE.find(([pattern]) => pattern.test(plain));
  const named = plain.replace(
    TYPES,
    (_, at: string, wanted: string, given: string) =>
      `${at}${TYPE[wanted] ?? wanted}, received ${TYPE[given] ?? given}`,
  );
  return `${form ? named.replace(...form) : plain}${after.replace(...MEANT)}`;
}

export function koreanImportNote(note: string): string {
  return IMPORT.reduce((said, form) => said.replace(...form), note);
}

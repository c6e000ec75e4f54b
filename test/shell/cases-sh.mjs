// Recorded with busybox sh and dash: record.mjs
export const SH_CASES = [
  'nope', 'cd /x', 'cat < /y', 'echo > /q/x', './nn', '/etc/passwd', '/tmp', 'echo )', 'exit abc; echo $?', 'set -u; echo $x', 'echo ${x?}',
  'echo ${x:?msg}', '. /nope', '[ a -eq b ]', '[ a', '[ a b ]', 'type cd', 'unset -z', 'if', 'echo "a', 'echo $((1/0))', 'echo $((1+))',
  'readonly a=1; a=2; echo x', 'read 1x', 'break; echo $?', 'f() { local x=1; echo $x; }; f', 'echo "a\tb"; echo -n x; echo',
  'export -z', 'umask 999', 'x=(1 2)', 'echo {1..3}', "export A=1; sh -c 'echo $A'", 'sleep 0.01 & wait; echo $?', 'test 1 -lt x', 'exec nope',
  'declare x', 'pushd /', 'echo hi >&9', 'for i in 1 2; do echo $i; done; case a in a) echo y;; esac', 'x=abc; echo ${x#a} ${x%c} ${#x}', 'set -e; false; echo no',
  'echo $0; echo "$@" $#', "printf '%s\\n' a b", 'while read l; do echo "[$l]"; done <<E\na\nb\nE', 'trap "echo bye" EXIT; exit 3', 'echo a | tr a b && echo ok || echo no',
  { file: 'nope\ncd /x\nf() {\n nope2\n}\nf\necho )\n' }, { file: 'echo $1 $#\nset -u\necho $nope\n' },
];

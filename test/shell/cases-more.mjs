// More of the same, with what learners type.
export const MORE_CASES = [
  'cat <<EOF | sed s/a/b/ | tr b c\naaa\nEOF',
  'for i in {1..3}; do echo "pod-$i"; done > f; while read -r l; do echo "<$l>"; done < f',
  'x=$(cat <<EOF\nline1\nline2\nEOF\n); echo "$x"',
  'do="--dry-run=client -o yaml"; set -- run nginx $do; echo $# "$3"',
  'printf "%s\n" a b | xargs -I{} echo x{}x',
  'echo "{\\"a\\":1}" | cat',
  'echo \'{range .items[*]}{.metadata.name}{"\\n"}{end}\'',
  'a="x y"; for w in $a "$a"; do echo "[$w]"; done',
  'f() { echo "$@"; }; f {a..c} "${@}"',
  'export -f x 2>&1; echo $?',
  'declare -f nope; echo $?',
  'IFS=$"\n"; x=$(printf "a b\nc d"); for i in $x; do echo "[$i]"; done',
  'echo ${BASH_SOURCE[0]:-none} ${#BASH_SOURCE[@]}',
  'trap "echo int" INT; kill -INT $$; echo after',
  'trap "exit 5" TERM; kill $$; echo no',
  '(trap "echo subexit" EXIT; true); echo main',
  'trap "echo a; false" EXIT; true',
  'f() { trap "echo ret" RETURN; echo in; }; f; echo out',
  'set -E; trap "echo E:$?" ERR; f() { false; }; f; true',
  '{ sleep 0.05; echo late; } & echo early; wait',
  'sleep 5 & kill $!; wait $!; echo $?',
  'sleep 0.05 & p=$!; wait $p && echo done $((p>0))',
  'yes | head -2; echo ${PIPESTATUS[0]} ${PIPESTATUS[1]}',
  'seq 100000 | head -1; echo "${PIPESTATUS[@]}"',
  'echo a | tee f | cat; cat f',
  'x=5; until ((x--<=0)); do echo -n "$x "; done; echo',
  'while :; do break; done; echo $?',
  'for ((;;)); do break; done; echo b',
  'i=0; while true; do ((++i>3)) && break; done; echo $i',
  'case "$(echo yes)" in [Yy]*) echo Y;; esac',
  'if [[ -n "" || ( 1 -eq 1 && -d /etc ) ]]; then echo yes; fi',
  '[[ abc =~ b ]] && echo "m:${BASH_REMATCH}"',
  'shopt -s nocasematch; [[ ABC == abc ]] && echo ci; case X in x) echo cx;; esac',
  'echo "${x:=$(echo set)}" $x',
  'a=(1 2 3); echo "${a[@]/#/p}" "${a[@]/%/s}" ${a[*]:0:1}',
  'a=(x y z); for i in ${!a[@]}; do echo $i=${a[$i]}; done',
  'declare -A c; for w in a b a c a; do ((c[$w]++)); done; for k in a b c; do echo $k ${c[$k]}; done',
  'declare -A m=([x]=1); [[ -v m[x] ]] && echo has; [[ -v m[y] ]] || echo hasnt; unset "m[x]"; echo ${#m[@]}',
  'a=(); a+=(1); a+=("2 3"); printf "%s|" "${a[@]}"; echo ${#a[@]}',
  's=a,b,c; IFS=, read -ra p <<< "$s"; echo ${p[1]} ${#p[@]}',
  'x=hello; echo ${x:0:1}${x: -1} ${#x} ${x/l/L} ${x^}',
  'v=1.36.4; echo ${v%%.*} ${v##*.} ${v%.*}',
  'p=/a/b/c.tar.gz; echo ${p##*/} ${p%/*} ${p%%.*} ${p#*.}',
  'n=007; echo $((10#$n))',
  'echo $(( 1 << 40 )) $(( 0xff & ~0xf )) $((-7/2)) $((-7%3))',
  'x=10; ((x>5)) && echo big || echo small',
  'let "a = 5 * 3" b=a-1; echo $a $b',
  'printf "%-10s|%5d|%05.1f|%x\n" name 42 3.14159 255',
  'printf "%s %s\n" a b c',
  'printf -- "-%s-\n" x; printf "%%\n"; printf "\\x41\\u00e9\n"',
  'echo -e "a\\nb\\t\\e[0mc" | od -c | head -2',
  'exec 2>&1; ls /nope; echo x >&2',
  'ls /nope 2>&1 >/dev/null | wc -l',
  '{ echo a; ls /nope; } > o 2> e; wc -l < o; wc -l < e',
  'cat < /etc/passwd > /dev/null && echo ok',
  'echo x | tee >(cat >&2) >/dev/null 2>&1; sleep 0.05',
  'exec 3>&1; echo via3 >&3; exec 3>&-; echo y >&3',
  'cat 0<<< "fd0"',
  'read -r first rest < <(echo "one two three"); echo "$first|$rest"',
  'mapfile -t l <<< $"a\nb"; echo ${#l[@]}',
  'while IFS=: read -r u _ id _; do [ "$u" = root ] && echo "$u $id"; done < /etc/passwd',
  'paste -d, <(seq 2) <(seq 3 4)',
  'comm -12 <(printf "a\nb\n") <(printf "b\nc\n")',
  'bash -c "echo $BASH_VERSION" | cut -d. -f1,2',
  'bash -ec "false; echo no"; echo $?',
  'bash -c "exit 3" || echo "rc $?"',
  'timeout 0.1 sleep 5; echo $?',
  'nohup true 2>/dev/null; echo $?',
  'env X=1 bash -c "echo $X"',
  'command -v cd; command -v nosuch || echo none',
  'type -P nosuch; echo $?',
  'type -a true | head -1',
  'which nosuchcmd; echo $?',
  'alias x=y; x 2>&1; unalias -a; alias',
  'set -- -a -b c; while [ $# -gt 0 ]; do case $1 in -*) echo opt $1;; *) echo arg $1;; esac; shift; done',
  'set -o errexit; set +o errexit; false; echo survived',
  'set -euo pipefail; x=${1:-}; echo "[$x]"; [ -z "$x" ] && echo empty',
  'set -e; if ! false; then echo neg; fi; false && true; echo here; x=$(false) || echo caught; local_test() { local y=$(false); echo masked; }; local_test',
  'set -e; cd /nope || echo no; (exit 2) || true; while false; do :; done; echo end',
  'set -u; a=(); echo "${a[@]}" ok; echo ${a[0]:-d}; echo ${#a[@]}',
  'set -x; echo "a b" $((1+1)) > /dev/null; [[ a == b ]]; ((1)); x=(1 2); y=$(echo z)',
  'PS4="+[$LINENO] "; set -x; echo hi',
  'shopt -s extglob; x=aaab; echo ${x##+(a)} ${x/@(b|c)/Z}; [[ foo.txt == *.@(txt|md) ]] && echo doc',
  'echo {a..e..2} {10..1..3} {a,b}{1..2} {x,}y pre{,.bak}',
  "echo $'tab\\there' $'it\\'s' $'\\e[1m' | cat -v",
  'echo "a\\\nb" c\\\nd',
  "cat <<'X' <<Y\nfirst\nX\nsecond\nY",
  'cat <<-X\n\t\tindented $((2*3))\n\t\\tesc\n\tX',
  'echo `echo "back \\"quoted\\""`',
  'echo "$(echo "nested "$(echo "deep")"")"',
  'x="$(printf "a\n\n")"; echo "[$x]"',
  'echo "${var-unset}" "${var:-}" ${var+set}',
  'y=${x:-${z:-deep}}; echo $y',
  'eval "a$((1))=5" 2>&1; eval x1=5; echo $x1',
  'n=x; declare $n=7; echo $x; printf -v "$n" 8; echo $x; echo ${!n}',
  'ref() { local -n r=$1; r=changed; }; v=orig; ref v; echo $v',
  'f() { local IFS=-; echo "$*"; }; f a b c; echo "$IFS" | od -c | head -1',
  'f() { return $1; }; f 3 || echo rc=$?; f 0 && echo zero',
  'f() ( cd /; pwd; x=inner ); x=outer; f; echo $x; pwd | grep -c ktshell',
  'function f() { echo "${FUNCNAME[0]} $#"; }; f 1 2',
  'unset f; f() { unset -f f; echo once; }; f; f 2>/dev/null || echo gone',
  'echo $((RANDOM<32768)) $((RANDOM>=0)) ${#RANDOM}  | cut -d" " -f1,2',
  'echo ${PWD##*/} ${OLDPWD-none} $SHLVL | cut -d" " -f1',
  'id -un; whoami; echo $UID $EUID',
  'hostname >/dev/null; echo $?',
  'date +%Y -d @0',
  'sleep 0.01; echo slept',
  'true; echo $_',
  'ls -a . | wc -l; touch .hid vis; ls; ls -A | wc -l',
  'mkdir -p a/b && cd a/b && pwd | sed s,.*ktshell,, && cd - >/dev/null && rmdir a/b a && ls',
  'umask 077; touch f; stat -c %a f; umask 022; mkdir d; stat -c %a d',
  'test -f f; echo $?; [ -r /etc/passwd ] && [ ! -w /nope ]; echo $?',
  'kill -0 $$ && echo alive; kill -s TERM 999999 2>&1',
  'history; echo $?',
  'getopts "a" o -- -a; echo $? $o',
  'echo 한국어 | wc -m; x=한국어; echo ${#x} ${x:1:1}',
  'printf "%5s|\n" 한',
  'echo "é" | tr a-z A-Z',
  'x=$(echo 한글); echo "${x%글}"',
  'echo a{b,한}c',
  'printf "%q\n" "한 글" "" a\'b "a\nb"',
  'echo $BASH_SUBSHELL $(echo $BASH_SUBSHELL) $( (echo $BASH_SUBSHELL) )',
  'echo "$0" | sed s,.*/,,',
  'ls nope* 2>&1',
  'rm -f nope && echo fine',
  'echo $(( )) $((  3  ))',
  'echo "$[3*4]"',
  '((a=5,b=a*2)); echo $b',
  'echo $((a=b=3)) $a $b',
  'x=3 y=4; echo $((x**2+y**2)) $((x>y?x:y))',
  'readonly x=1; (x=2) 2>&1; echo $x; unset x 2>&1',
  'export PATH=; ls 2>&1',
  'PATH=/nope; ls; echo $?',
  'hash ls; hash | tail -1 | grep -c ls',
  'help cd >/dev/null 2>&1; echo ok',
  'wait -n; echo $?; sleep 0.02 & wait -n; echo $?',
  'coproc cat; echo hi >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x',
  'ulimit -n >/dev/null && echo ok',
  'dirs -v; pushd / >/dev/null; dirs | cut -c1; popd >/dev/null; pwd | grep -c ktshell',
  'if true then echo x; fi',
  'if true; echo x; fi',
  'if [ 1 ] then\necho x\nfi\necho y',
  'while true do echo; done',
  'for i in 1 2 do echo $i; done',
  'if true\nelse x; fi',
  'xargs -a /etc/nosuch echo',
  'printf abc | cksum; printf "" | cksum; cksum < /dev/null; echo a > f; cksum f nope',
  'a=(x y z); echo ${#a[@]} ${a[-1]} ${a[@]:1:2}',
  's=hello-world; echo ${s%-*} ${s#*-} ${s^^} ${s/o/0} ${s//o/0}',
  'printf "k: v\nlist:\n- a\n- b\n" | grep -n "^- "',
  'printf "ready\\n" | sed "/ready/a\\    one\\n two\\tx"; echo x | sed "a foo\\nbar"; echo x | sed "i\\\\tfoo"',
  'sed -n "/b/,\\$p" <<< $\'a\\nb\\nc\'; sed "s/a/X/2" <<< aaa; sed "1i top" <<< a; sed "\\$a end" <<< a',
  "awk '{a[$1]+=$2} END{for(k in a) print k, a[k]}' <<< $'x 1\\ny 2\\nx 3' | sort",
  'seq -s, 1 5; seq -w 8 11; seq 1 0.5 2',
  'join <(printf "1 a\\n2 b\\n") <(printf "1 x\\n2 y\\n"); comm -12 <(printf "a\\nb\\n") <(printf "b\\nc\\n")',
  // readline's bindings, without a terminal
  {
    file: `export INPUTRC=/dev/null
bind '"\\C-t": "hello\\C-m"' 'Control-o: "co"' 'TAB: menu-complete' '"\\x41\\102\\e[9\\d": "keys"' '"\\M-x": "meta"'
bind -s; bind -S
bind -q menu-complete; bind -q nope; echo $?; bind -q kill-region; echo $?; bind -u menu-complete; bind -q menu-complete; echo $?
bind -r '\\C-k'; bind -q kill-line; bind -x '"\\C-g": echo hi'; bind -X; bind -x 'nope'; echo $?
bind -m nope -l; echo $?; bind -f /nope; echo $?; bind -z; echo $?; bind -m; echo $?
`,
  },
  {
    file: `export INPUTRC=/dev/null
bind 'set completion-ignore-case on'; bind 'set nope on'; echo $?; bind 'set bell-style nope'
bind 'set editing-mode vi'; bind -v | grep 'editing\\|keymap\\|ignore'; bind 'set keymap vi-command'; bind -v | grep keymap
bind '"\\C-x'; bind 'nonsense'; bind '"\\C-y": "unterminated'; bind '# comment'; bind '$nope'; bind '"\\C-y": no-such'; bind -q yank
bind -m vi-insert '"jk": vi-movement-mode'; bind -m vi-insert -q vi-movement-mode; bind -V | head -3; bind -l | tail -2
`,
  },
  'history -s one; history -s two three; history; set -o history; history -c; history -s a; history -s b; history',
  // gzip, named pipes, functions for children
  'echo x > f; echo y > g; gzip f; gzip f.gz; echo $?; gzip nope; gzip -v g; gunzip g; gunzip -v g.gz 2>&1; ls; gzip -d g; echo $?; cp f.gz h.gz; gzip -dc h.gz; gzip -t h.gz; echo $?',
  'echo bad > b.gz; gunzip b.gz; echo $?; zcat b.gz; cat b.gz > b; zcat b; echo hi > k; gzip -k k; gzip k </dev/null; echo $?; zcat < k.gz; mkdir d; gzip d; echo $?; seq 100 > d/n; gzip -r d; ls d; gzip -l d/n.gz | tail -1 | wc -w; zcat d/n | tail -1',
  'mkdir d; seq 1000 > d/n; tar czf t.tgz d; od -An -tx1 -N2 t.tgz; rm -r d; tar xf t.tgz; wc -l < d/n; tar tzf t.tgz; tar cf p.tar d; tar xzf p.tar; echo $?; echo d > list; tar cf q.tar -T list; tar tf q.tar; gzip -c p.tar | tar tz',
  'mkfifo p; ls -l p | cut -c1; [ -p p ] && echo pipe; (echo via > p &); cat p; (cat p &); echo two > p; mkfifo p; mkfifo; mkfifo -m 600 q; stat -c "%a %F" q; (seq 3 > q &); while read n; do echo "got $n"; done < q; wait',
  'f() { echo "hi $1"; return 3; }; export -f f; bash -c "f a; echo \\$?; declare -F; export -f | tail -1"; env | grep -A2 BASH_FUNC; export -n -f f; bash -c f; export -f f; unset -f f; env | grep -c BASH_FUNC; export -f f; echo $?',
  'env "BASH_FUNC_g%%=() { echo g; }" bash -c g; env "BASH_FUNC_h%%=() { echo h; " bash -c h; env "BASH_FUNC_i%%=() { echo i; }; echo no" bash -c i; f() { :; }; declare -xf f; declare -F f; (g() { echo x; }; export -f g; bash -c g); bash -c "g; f"',
  // declare -f lays functions out anew
  {
    file: `a() { echo hi; }
b() { echo "x  y"   z; if true; then echo a; elif false; then echo b; else echo c; fi; return 3; }
c() { for i in 1 2 3; do echo $i; done; while read x; do echo $x; done < /dev/null; until false; do break; done; }
d() { case $1 in a|b) echo ab;; c) echo c; echo d;& *) ;; esac; }
e() { ( cd /; ls ); { echo g; echo h; } > /dev/null 2>&1; x=1 y=2 cmd arg > out; }
f() { true && echo y || echo n; ! false | cat; ls | grep x | wc -l & wait; }
g() ( echo sub; exit 1 )
h() { [[ -n $x && $y == z* ]] && (( x++ )); for ((i=0;i<3;i++)); do echo $i; done; select s in a b; do break; done; }
i() { local a=(1 2 3); cat <<EOF
hello $x
EOF
echo after; }
j() { inner() { echo i; }; inner; }
k() { echo a
echo b

# comment
echo c; }
function l { echo kw; }
m() if true; then echo; fi
n() { time ls; echo $(ls; pwd) ${'`'}x${'`'}; a[1]=2; }
o() { :; } > /dev/null
p() { while :; do if x; then break; fi; sleep 1; done; }
q() { echo a & echo b; }
r() { if a; then b; fi | cat; }
s() { cat < f > g 2>>h <<< "x y"; exec 3>&-; ls 2>&1; }
for x in a b c d e f g h i j k l m n o p q r s; do declare -f $x; done
`,
  },
];

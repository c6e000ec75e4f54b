"""What the real bash's `read -e` makes of keys: python3 test/shell/readline/record.py emacs|vi COUNT SEED

Writes [text, keys, line] triples to standard output, a line each; those worth keeping go to fixtures/readline.json.
Keys go in one by one through a pseudo terminal, with a history of six lines.
"""
import json, os, pty, random, select, sys, tempfile, time

TEXTS = ["kubectl get pods -n kube-system", "echo 'a b' | grep foo", "one", "  two words", "a-b_c.d/e f(g[h]i){j}", "",
         "x=1; for i in a b; do echo $i; done", "ls /etc/passwd ~root", "tail"]
HISTORY = ["echo one two", "kubectl get pods -o wide", "ls -l /tmp", "echo three", "kubectl describe pod web", "cd /etc"]
VI = """h l w b e W B E 0 $ ^ fo Fo te Te ; , x X dw de db d$ d0 dd D dW dE dB dfo dte dFo d% d; cwfoo\x1b cefo\x1b cbx\x1b
ccnew\x1b Cend\x1b cWz\x1b c$q\x1b ifoo\x1b abar\x1b Aend\x1b Istart\x1b sZ\x1b Sall\x1b rz ~ p P yw yy ye y$ yb . u u | % k j
/one\r /get\r n N _\x1b Rxyz\x1b dl dh cl9\x1b G ma `a d`a Y - + y% c%Q\x1b iab\x7f\x7fc\x1b U ?echo\r \x15 \x14 \x0b d^ y0""".split()
EMACS = ['\x01', '\x05', '\x02', '\x06', '\x1bb', '\x1bf', '\x04', '\x7f', '\x0b', '\x15', '\x17', '\x1bd', '\x1b\x7f', '\x19',
         '\x1by', '\x14', '\x1bt', '\x1bu', '\x1bl', '\x1bc', '\x1f', '\x1b.', '\x1b_', '\x10', '\x0e', '\x1b<', '\x1b>',
         '\x12one\x06', '\x12get\x01', '\x12pod\x12\x05', '\x18\x18', '\x00', '\x1b\\', '\x1de', '\x1b\x1de', '\x1b\x19',
         '\x1b[5~', '\x1b[6~', '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1bOH', '\x16\x01', '\x1br', '\x18(ab\x02\x18)', '\x18e',
         '\x1b3\x02', '\x1b2\x1bd', '\x1b-\x1bd', '\x1b-\x0b', '\x1b4z', 'hello', 'x y', '/', '-', '.', ' ', '\x1b2\x14',
         '\x1b-\x1bu', '\x1b-2\x1bc', '\x1b-\x1bt', '\x1b2\x1b.', '\x1b0\x1b.', '\x1b-\x1b.', '\x1bpone\r', '\x1b2\x10', '\x1b[2~Q',
         '\x1b[1;5C', '\x1b[3~', '\x1b[3;5~', '\x18\x15', '\x1b\x12', '\x1b2\x1bb', '\x1b2\x1bf']


def typed(mode, random_source):
    if mode == 'vi':
        keys = ['\x1b']
        for _ in range(random_source.randint(1, 7)):
            command = random_source.choice(VI)
            counts = command[0] in 'hlwbeWBEfFtT;,xXdcysrpP~|.kjnNG' and random_source.random() < 0.2
            keys.append((str(random_source.randint(2, 4)) if counts else '') + command)
        return ''.join(keys)
    return ''.join(random_source.choice(EMACS) for _ in range(random_source.randint(1, 8)))


def split(keys, mode):
    """As a terminal sends them: an escape sequence at once, except the Escape of vi."""
    at = 0
    while at < len(keys):
        end = at + 1
        if keys[at] == '\x1b' and (mode != 'vi' or keys[at + 1:at + 2] == '['):
            end = at + 2
            if keys[at + 1:at + 2] in ('[', 'O'):
                end = at + 3
                while keys[at + 1] == '[' and not '@' <= keys[end - 1] <= '~':
                    end += 1
        yield keys[at:end]
        at = end


def play(mode, text, keys, folder):
    for name in ('line', 'line.part'):
        if os.path.exists(f'{folder}/{name}'):
            os.unlink(f'{folder}/{name}')
    with open(f'{folder}/text', 'w') as file:
        file.write(text)
    with open(f'{folder}/script', 'w') as file:
        file.write(f"""bind 'set keyseq-timeout 1' 2>/dev/null; set -o {mode}
text=$(<{folder}/text); set -o history; history -c; history -r {folder}/history; set +o history; IFS= read -r -e -p READY -i "$text" LINE; printf '%s' "$LINE" >{folder}/line.part; mv {folder}/line.part {folder}/line
""")
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(INPUTRC='/dev/null', TERM='xterm', LANG='C.UTF-8', PATH='/usr/bin:/bin')
        os.execvp('bash', ['bash', '--norc', f'{folder}/script'])
    screen = b''

    def read(seconds=0.0):
        nonlocal screen
        while select.select([terminal], [], [], seconds)[0]:
            try:
                screen += os.read(terminal, 65536)
            except OSError:
                return
            seconds = 0

    for _ in range(100):
        read(0.02)
        if b'READY' in screen:
            break
    read(0.01)
    for key in split(keys, mode):
        os.write(terminal, key.encode())
        time.sleep(0.004)
        read()
    for _ in range(6):
        if os.path.exists(f'{folder}/line'):
            break
        os.write(terminal, b'\r')
        for _ in range(20):
            time.sleep(0.005)
            read()
            if os.path.exists(f'{folder}/line'):
                break
    os.kill(pid, 9)
    os.close(terminal)
    os.waitpid(pid, 0)
    with open(f'{folder}/line', errors='replace') as file:
        return file.read()


def main():
    mode, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random_source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/history', 'w') as file:
            file.write(''.join(f'{line}\n' for line in HISTORY))
        for _ in range(count):
            text, keys = random_source.choice(TEXTS), typed(mode, random_source)
            print(json.dumps([text, keys, play(mode, text, keys, folder)]), flush=True)


main()

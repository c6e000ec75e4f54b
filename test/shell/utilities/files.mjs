// What lies in the directory that every recorded command runs in.
export const FILES = {
  'fruit.txt': 'apple\nbanana\ncherry\ndate\nelderberry\nfig\ngrape\n',
  'numbers.txt': '10\n9\n2\n33\n1\n100\n2\n',
  'table.txt':
    'NAME   READY   STATUS    RESTARTS   AGE\nweb-1   1/1     Running   0          5m\nweb-2   0/1     Pending   0          5m\ndb-0    1/1     Running   3          2d\ncache   1/1     CrashLoopBackOff   12   1h\n',
  passwd:
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\nsync:x:4:65534:sync:/bin:/bin/sync\nalice:x:1000:1000:Alice:/home/alice:/bin/bash\n',
  'dup.txt': 'a\na\nb\nc\nc\nc\na\n',
  'blank.txt': 'one\n\n\ntwo\n\nthree\n',
  'tabs.txt': 'a\tb\tc\n1\t2\t3\n',
  'csv.txt': 'id,name,city\n1,Ann,Oslo\n2,Bob,Rome\n3,Cid,Bern\n',
  'left.txt': '1 one\n2 two\n3 three\n',
  'right.txt': '1 eins\n3 drei\n4 vier\n',
  'old.txt': 'alpha\nbeta\ngamma\ndelta\nepsilon\nzeta\neta\ntheta\niota\nkappa\n',
  'new.txt': 'alpha\nbeta\nGAMMA\ndelta\nepsilon\nzeta\neta\ntheta\niota\nkappa\nlambda\n',
  'noeol.txt': 'first\nlast without end',
  'empty.txt': '',
  'config.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n    ports:\n    - containerPort: 80\n  - name: side\n    image: busybox\n',
  'log.txt':
    '2026-01-01T00:00:01Z INFO start\n2026-01-01T00:00:02Z WARN slow request id=7\n2026-01-01T00:00:03Z ERROR failed id=8\n2026-01-01T00:00:04Z INFO done\n2026-01-01T00:00:05Z ERROR failed id=9\n',
  'utf8.txt': 'café\nnaïve\n日本\nplain\n',
  'pods.json': `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          kind: 'Pod',
          metadata: { name: 'web-1', namespace: 'default', labels: { app: 'web', tier: 'front' } },
          spec: { nodeName: 'n1', containers: [{ name: 'nginx', image: 'nginx:1.25' }] },
          status: { phase: 'Running', podIP: '10.0.0.1', restartCount: 0 },
        },
        {
          kind: 'Pod',
          metadata: { name: 'db-0', namespace: 'data', labels: { app: 'db' } },
          spec: {
            nodeName: 'n2',
            containers: [
              { name: 'pg', image: 'postgres:16' },
              { name: 'side', image: 'busybox' },
            ],
          },
          status: { phase: 'Pending', restartCount: 3 },
        },
      ],
    },
    null,
    2,
  )}\n`,
  'sub/a.txt': 'in sub a\nneedle here\n',
  'sub/b.log': 'in sub b\n',
  'sub/deep/c.txt': 'deep needle\n',
  'with space.txt': 'spaced\n',
};

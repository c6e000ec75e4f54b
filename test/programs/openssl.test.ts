import { describe, expect, test } from 'vitest';
import { makeCluster } from './support.ts';

const { line } = makeCluster();
const SERVER = 'https://192.168.64.10:6443/livez';
line(
  "kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > /tmp/ca.crt; cd /tmp",
);

describe('the certificates of a user, as the exam asks for them', () => {
  test('a key, a request, and the API server signs it', () => {
    expect(line('cd /tmp; openssl genrsa -out john.key 2048; head -1 john.key; stat -c %a john.key')).toMatchObject({
      stdout: '-----BEGIN PRIVATE KEY-----\n600\n',
      stderr: '',
    });
    expect(
      line(
        'cd /tmp; openssl req -new -key john.key -out john.csr -subj /CN=john/O=dev; openssl req -in john.csr -noout -subject',
      ).stdout,
    ).toBe('subject=CN = john, O = dev\n');
    line(`cd /tmp; kubectl apply -f - <<X
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: john}
spec: {request: $(base64 -w0 john.csr), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
X
kubectl certificate approve john; sleep 2; kubectl get csr john -o jsonpath='{.status.certificate}' | base64 -d > john.crt`);
    expect(line('cd /tmp; openssl verify -CAfile ca.crt john.crt').stdout).toBe('john.crt: OK\n');
    expect(line('cd /tmp; openssl x509 -in john.crt -noout -issuer -dates').stdout).toMatch(
      /^issuer=CN = kubernetes\nnotBefore=Sep {2}1 09:0\d:\d\d 2026 GMT\nnotAfter=Sep {2}1 09:0\d:\d\d 2027 GMT\n$/,
    );
    const modulus = (what: string) => line(`cd /tmp; openssl ${what} -noout -modulus`).stdout;
    expect(modulus('x509 -in john.crt')).toBe(modulus('rsa -in john.key'));
    expect(line('cd /tmp; openssl rsa -in john.key -pubout').stdout).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const user =
      '--server https://192.168.64.10:6443 --certificate-authority ca.crt --client-certificate john.crt --client-key john.key';
    expect(line(`cd /tmp; kubectl ${user} auth whoami -o jsonpath='{.status.userInfo.username}'`).stdout).toBe('john');
  });

  test('a stranger is not trusted', () => {
    line(
      'cd /tmp; openssl req -x509 -nodes -newkey rsa:2048 -keyout my.key -out my.crt -subj /CN=my.example.com -addext subjectAltName=DNS:my.example.com,IP:10.0.0.1 -days 30',
    );
    expect(line('cd /tmp; openssl x509 -in my.crt -noout -ext subjectAltName').stdout).toBe(
      'X509v3 Subject Alternative Name: \n    DNS:my.example.com, IP Address:10.0.0.1\n',
    );
    line('cd /tmp; openssl x509 -req -in john.csr -CA my.crt -CAkey my.key -CAcreateserial -out own.crt -days 9');
    expect(line('cd /tmp; openssl verify -CAfile my.crt own.crt').stdout).toBe('own.crt: OK\n');
    expect(line('cd /tmp; openssl verify -CAfile ca.crt own.crt')).toMatchObject({
      exit: 2,
      stderr:
        'CN = john, O = dev\nerror 20 at 0 depth lookup: unable to get local issuer certificate\nerror own.crt: verification failed\n',
    });
    const user =
      '--server https://192.168.64.10:6443 --certificate-authority ca.crt --client-certificate own.crt --client-key john.key';
    expect(line(`cd /tmp; kubectl ${user} get pods`).stderr).toMatch(/Unauthorized|logged in to the server/);
  });

  test('the text of a certificate', () => {
    const text = line(
      "cd /tmp; openssl x509 -in ca.crt -noout -text | grep -vE '([0-9a-fA-F]{2}:){3}|^ +[0-9a-f:]+$|\\(0x[0-9a-f]{9,}'",
    ).stdout;
    expect(text).toBe(`Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: CN = kubernetes
        Validity
            Not Before: Sep  1 09:00:00 2026 GMT
            Not After : Aug 29 09:00:00 2036 GMT
        Subject: CN = kubernetes
        Subject Public Key Info:
            Public Key Algorithm: rsaEncryption
                Public-Key: (2048 bit)
                Modulus:
                Exponent: 65537 (0x10001)
        X509v3 extensions:
            X509v3 Subject Key Identifier: 
            X509v3 Authority Key Identifier: 
            X509v3 Basic Constraints: critical
                CA:TRUE
    Signature Algorithm: sha256WithRSAEncryption
    Signature Value:
`);
  });

  test('what goes wrong', () => {
    expect(line('openssl foo')).toMatchObject({
      exit: 1,
      stderr: 'Invalid command \'foo\'; type "help" for a list.\n',
    });
    expect(line('openssl x509 -in /tmp/nope').stderr).toMatch(
      /^Could not open file or uri for loading certificate from \/tmp\/nope\n[\s\S]*Unable to load certificate\n$/,
    );
    expect(line('openssl x509 -nope').stderr).toBe(
      'x509: Unknown option or cipher: nope\nx509: Use -help for summary.\n',
    );
  });
});

describe('servers prove who they are', () => {
  test('to curl', () => {
    const curl = (words: string) => {
      const { stdout, stderr, exit } = line(`curl -sS ${words}`);
      return [stdout, stderr.split('\n')[0], exit];
    };
    expect(curl(SERVER)).toEqual([
      '',
      'curl: (60) SSL certificate problem: unable to get local issuer certificate',
      60,
    ]);
    expect(curl(`-k ${SERVER}`)).toEqual(['ok', '', 0]);
    expect(curl(`--cacert /tmp/ca.crt ${SERVER}`)).toEqual(['ok', '', 0]);
    expect(curl(`--cacert /tmp/my.crt ${SERVER}`)[2]).toBe(60);
    expect(curl('--cacert /tmp/ca.crt --resolve kubernetes:6443:192.168.64.10 https://kubernetes:6443/livez')[0]).toBe(
      'ok',
    );
    expect(curl('--cacert /tmp/ca.crt --resolve other.io:6443:192.168.64.10 https://other.io:6443/livez')).toEqual([
      '',
      "curl: (60) SSL: no alternative certificate subject name matches target host name 'other.io'",
      60,
    ]);
  });

  test('to wget', () => {
    // As recorded: -q keeps it to the exit status.
    expect(line(`wget -qO- ${SERVER}`)).toEqual({ stdout: '', stderr: '', exit: 5 });
    expect(line(`wget -nv -O- ${SERVER}`)).toEqual({
      stdout: '',
      stderr:
        "ERROR: cannot verify 192.168.64.10's certificate, issued by ‘CN=kubernetes’:\n  Unable to locally verify the issuer's authority.\nTo connect to 192.168.64.10 insecurely, use `--no-check-certificate'.\n",
      exit: 5,
    });
    expect(line(`wget -qO- --ca-certificate=/tmp/ca.crt ${SERVER}`).stdout).toBe('ok');
  });

  test('to openssl s_client', () => {
    expect(line('openssl s_client -connect 192.168.64.10:6443 < /dev/null')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('Certificate chain\n 0 s:CN = kube-apiserver\n   i:CN = kubernetes\n'),
      stderr: expect.stringContaining('verify error:num=20:unable to get local issuer certificate\n'),
    });
    expect(line('openssl s_client -connect 192.168.64.10:6443 -CAfile /tmp/ca.crt < /dev/null').stdout).toContain(
      'Verify return code: 0 (ok)',
    );
    expect(
      line('openssl s_client -connect 192.168.64.10:6443 < /dev/null 2> /dev/null | openssl x509 -noout -subject')
        .stdout,
    ).toBe('subject=CN = kube-apiserver\n');
    expect(line('openssl s_client -connect 192.168.64.10:1 < /dev/null').stderr).toMatch(/connect:errno=111\n$/);
  });
});

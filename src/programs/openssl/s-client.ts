import type { Options } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { Errno } from '../../world/errno.ts';
import { readCertificate } from '../../world/pki/certificate.ts';
import { modulusOf, partsOf } from '../../world/pki/keys.ts';
import { type ChainProblem, chainProblem, isForHost } from '../../world/pki/verify.ts';
import type { Task } from '../../world/task.ts';
import { isAddress, resolveHost } from '../net/resolve.ts';
import { nameText } from './names.ts';
import { dateText } from './text.ts';

const NUMBERS: Readonly<Record<string, number>> = {
  ECONNREFUSED: 111,
  ETIMEDOUT: 110,
  EHOSTUNREACH: 113,
  ENETUNREACH: 101,
};

/** What its lines of errors begin with: the thread. */
function thread(tool: Tool): string {
  return `40${tool.p.machine.world.random.fork(`openssl-${tool.p.pid}`).integer(0x1000000).toString(16).toUpperCase().padStart(6, '0')}7F0000`.padEnd(
    16,
    '0',
  );
}

const HOSTNAME: ChainProblem = { code: 62, text: 'hostname mismatch' };

/** openssl s_client: what a server shows of itself. What is typed afterwards goes nowhere. */
export function* sClient(tool: Tool, options: Options): Task<number> {
  const [host = '', port = ''] = (options.get('connect') ?? options.operands[0] ?? 'localhost:4433').split(':');
  const address = yield* resolveHost(tool.p, host);
  if (address === undefined) {
    yield* tool.complain(`BIO_lookup_ex:Name or service not known\nconnect:errno=22\n`);
    return 1;
  }
  const { network } = tool.p.machine.world;
  try {
    const { listener } = yield* network.open(tool.p, address, Number(port));
    const { tls } = listener;
    if (!tls) {
      yield* tool.complain(
        `${thread(tool)}:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:354:\n`,
      );
      tool.put(
        'CONNECTED(00000003)\n---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\nSSL handshake has read 5 bytes and written 300 bytes\nVerification: OK\n---\nNew, (NONE), Cipher is (NONE)\nSecure Renegotiation IS NOT supported\nCompression: NONE\nExpansion: NONE\nNo ALPN negotiated\nEarly data was not sent\nVerify return code: 0 (ok)\n---\n',
      );
      return 1;
    }
    const name = options.get('servername') ?? (isAddress(host) ? undefined : host);
    const pem = tls.certificate?.(name);
    if (pem === undefined) {
      yield* tool.complain('s_client: kubetutor does not model the certificate of this server\n');
      return 1;
    }
    const file = options.get('CAfile');
    const trusted = file === undefined ? [] : [yield* tool.readText(file)];
    const wanted = options.get('verify_hostname');
    const mismatch = wanted !== undefined && !isForHost(pem, wanted);
    const problem = chainProblem(pem, trusted, tool.p.now) ?? (mismatch ? HOSTNAME : undefined);
    yield* depthLines(tool, pem, problem);
    tool.put(sessionText(pem, problem));
    yield* tool.flush();
    // It reads until the end of its input.
    while ((yield* tool.read(0)).length > 0);
    yield* tool.complain('DONE\n');
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = NUMBERS[error.code];
    if (number === undefined) throw error;
    yield* tool.complain(
      `${thread(tool)}:error:8000006F:system library:BIO_connect:${error.text}:../crypto/bio/bio_sock2.c:114:calling connect()\n${thread(tool)}:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:116:\nconnect:errno=${number}\n`,
    );
    return 1;
  }
}

function* depthLines(tool: Tool, pem: string, problem: ChainProblem | undefined): Task {
  const subject = nameText(partsOf(pem)?.subject ?? new Uint8Array(0));
  const error = problem
    ? `verify error:num=${problem.code}:${problem.text}\nverify return:1\ndepth=0 ${subject}\n`
    : '';
  yield* tool.complain(`depth=0 ${subject}\n${error}verify return:1\n`);
}

function sessionText(pem: string, problem: ChainProblem | undefined): string {
  const parts = partsOf(pem);
  const facts = readCertificate(pem);
  const subject = nameText(parts?.subject ?? new Uint8Array(0));
  const issuer = nameText(parts?.issuer ?? new Uint8Array(0));
  const bits = (modulusOf(pem)?.length ?? 0) * 8;
  return `CONNECTED(00000003)
---
Certificate chain
 0 s:${subject}
   i:${issuer}
   a:PKEY: rsaEncryption, ${bits} (bit); sigalg: RSA-SHA256
   v:NotBefore: ${dateText(facts?.notBefore ?? 0)}; NotAfter: ${dateText(facts?.notAfter ?? 0)}
---
Server certificate
${pem.trim()}
subject=${subject}
issuer=${issuer}
---
No client certificate CA names sent
Peer signing digest: SHA256
Peer signature type: RSA-PSS
Server Temp Key: X25519, 253 bits
---
SSL handshake has read ${pem.length + 350} bytes and written 400 bytes
Verification${problem ? ` error: ${problem.text}` : ': OK'}
---
New, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256
Server public key is ${bits} bit
Secure Renegotiation IS NOT supported
Compression: NONE
Expansion: NONE
No ALPN negotiated
Early data was not sent
Verify return code: ${problem?.code ?? 0} (${problem?.text ?? 'ok'})
---
`;
}

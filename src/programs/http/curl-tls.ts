import type { ServerTls } from '../../world/network/namespace.ts';
import { readCertificate } from '../../world/pki/certificate.ts';
import { type ChainProblem, chainProblem, isForHost, NO_ISSUER, nameForHost } from '../../world/pki/verify.ts';
import type { Task } from '../../world/task.ts';
import { CERTIFICATE_HELP, CurlError } from './curl-texts.ts';
import { nameText, opensslTime } from './server-certificate.ts';

export interface Handshake {
  readonly host: string;
  /** What is sent as SNI: nothing for an address. */
  readonly serverName: string | undefined;
  /** `-k`. */
  readonly insecure: boolean;
  /** The text of --cacert. */
  readonly authorities: string | undefined;
  /** The simulated internet knows the host: an authority that all trust has signed its certificate. */
  readonly publiclyKnown: boolean;
  readonly now: number;
  /** A line of `-v`. */
  readonly note: (text: string) => Task;
}

/** What `-v` shows of a server's certificate, and whether it is trusted. Raises CurlError. */
export function* shakeHands(tls: ServerTls, handshake: Handshake): Task {
  const { host, insecure, authorities, note } = handshake;
  const pem = tls.certificate?.(handshake.serverName);
  const problem = pem === undefined ? unknownIssuer(handshake) : chainProblem(pem, [authorities ?? ''], handshake.now);
  if (problem === undefined || insecure) {
    yield* note('SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / RSASSA-PSS');
    yield* note('ALPN: server accepted h2');
    yield* showCertificate(pem, insecure ? undefined : host, note);
  }
  if (insecure) {
    if (problem === undefined) return;
    return yield* note(` SSL certificate verify result: ${problem.text} (${problem.code}), continuing anyway.`);
  }
  const wrong = problem === undefined ? wrongName(pem, host) : `SSL certificate problem: ${problem.text}`;
  if (wrong === undefined) {
    if (pem !== undefined) yield* note(' SSL certificate verify ok.');
    return;
  }
  yield* note(wrong);
  yield* note('Closing connection');
  throw new CurlError(60, wrong, CERTIFICATE_HELP);
}

/** Servers whose certificates the world does not keep are trusted with any --cacert. */
function unknownIssuer({ authorities, publiclyKnown }: Handshake): ChainProblem | undefined {
  return authorities !== undefined || publiclyKnown ? undefined : NO_ISSUER;
}

function wrongName(pem: string | undefined, host: string): string | undefined {
  if (pem === undefined || isForHost(pem, host)) return undefined;
  return `SSL: no alternative certificate subject name matches target host name '${host}'`;
}

/** `host`: the name that it was checked for. */
function* showCertificate(pem: string | undefined, host: string | undefined, note: Handshake['note']): Task {
  const certificate = pem === undefined ? undefined : readCertificate(pem);
  if (!certificate) return;
  yield* note('Server certificate:');
  yield* note(` subject: ${nameText(certificate.subject)}`);
  yield* note(` start date: ${opensslTime(certificate.notBefore)}`);
  yield* note(` expire date: ${opensslTime(certificate.notAfter)}`);
  const name = host === undefined || pem === undefined ? undefined : nameForHost(pem, host);
  if (name !== undefined && certificate.names.includes(name))
    yield* note(` subjectAltName: host "${host}" matched cert's "${name}"`);
  yield* note(` issuer: ${nameText(certificate.issuer)}`);
}

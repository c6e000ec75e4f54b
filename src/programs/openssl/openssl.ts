import { Fail } from '../../shell/utilities/fail.ts';
import { type Options, optionSpec, parseOptions, Usage } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { Errno } from '../../world/errno.ts';
import { fingerprint, readCertificate, toPem } from '../../world/pki/certificate.ts';
import { makeKey, makeRequest, modulusOf, partsOf, publicKeyOf, signCertificate } from '../../world/pki/keys.ts';
import { chainProblem } from '../../world/pki/verify.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { authorityExtensions, colons, extensionLines, parseExtension } from './extensions.ts';
import { nameText, parseSubject } from './names.ts';
import { sClient } from './s-client.ts';
import { certificateText, dateText, requestText } from './text.ts';

const VERSION = 'OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)';

/** A command of openssl; its options are written with one dash. */
interface Command {
  readonly options: readonly string[];
  readonly run: (tool: Tool, options: Options) => Task<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  genrsa: { options: ['out=', 'traditional', 'aes256', 'passout='], run: genrsa },
  req: {
    options: [
      'new',
      'x509',
      'nodes',
      'noenc',
      'newkey=',
      'key=',
      'keyout=',
      'in=',
      'out=',
      'subj=',
      'addext=',
      'days=',
      'noout',
      'text',
      'subject',
      'config=',
      'verify',
      'sha256',
      'batch',
      'pubkey',
    ],
    run: req,
  },
  x509: {
    options: [
      'in=',
      'out=',
      'noout',
      'text',
      'subject',
      'issuer',
      'dates',
      'startdate',
      'enddate',
      'serial',
      'fingerprint',
      'ext=',
      'checkend=',
      'req',
      'CA=',
      'CAkey=',
      'CAcreateserial',
      'CAserial=',
      'set_serial=',
      'days=',
      'extfile=',
      'extensions=',
      'copy_extensions=',
      'sha256',
      'modulus',
      'nameopt=',
      'inform=',
      'outform=',
    ],
    run: x509,
  },
  verify: { options: ['CAfile=', 'untrusted=', 'purpose='], run: verify },
  rsa: { options: ['in=', 'check', 'noout', 'modulus', 'out=', 'pubout'], run: rsa },
  rand: { options: ['hex', 'base64', 'out='], run: rand },
  s_client: {
    options: [
      'connect=',
      'servername=',
      'verify_hostname=',
      'CAfile=',
      'showcerts',
      'brief',
      'quiet',
      'verify_return_error',
      'cert=',
      'key=',
      'tls1_2',
      'tls1_3',
      'alpn=',
    ],
    run: sClient,
  },
  version: {
    options: ['a'],
    *run(tool) {
      tool.put(`${VERSION}\n`);
      return 0;
    },
  },
};

/** openssl: the commands of the CKA's certificates, and a look at servers. Signatures are the world's own. */
export const openssl = utility({
  name: 'openssl',
  usage: 'command [options ...] [parameters ...]',
  about: 'OpenSSL command line program',
  *run(tool) {
    const [name = 'help', ...words] = tool.args;
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      if (name === 'help') tool.put(`Commands that kubetutor models: ${Object.keys(COMMANDS).join(' ')}\n`);
      else yield* tool.complain(`Invalid command '${name}'; type "help" for a list.\n`);
      return name === 'help' ? 0 : 1;
    }
    try {
      const specs = command.options.map((option) => optionSpec(`--${option}`));
      const status = yield* command.run(
        tool,
        parseOptions(
          words.map((word) => (/^-[A-Za-z]/.test(word) ? `-${word}` : word)),
          specs,
        ),
      );
      return status;
    } catch (error) {
      if (error instanceof LoadError) {
        yield* tool.complain(`${error.message}\n`);
        return 1;
      }
      if (!(error instanceof Usage)) throw error;
      const option = /'--?([^']*)'/.exec(error.message)?.[1] ?? '';
      yield* tool.complain(`${name}: Unknown option or cipher: ${option}\n${name}: Use -help for summary.\n`);
      return 1;
    }
  },
});

/** What openssl prints when a file is not there or holds something else. */
class LoadError extends Error {}

function* load(
  tool: Tool,
  path: string | undefined,
  what: 'certificate' | 'private key' | 'certificate request',
): Task<string> {
  let text: string;
  try {
    text = yield* tool.readText(path ?? '-');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const thread = `40${tool.p.pid.toString(16).toUpperCase().padStart(8, '7')}7F0000`;
    yield* tool.complain(
      `Could not open file or uri for loading ${what} from ${path}\n${thread}:error:16000069:STORE routines:ossl_store_get0_loader_int:unregistered scheme:../crypto/store/store_register.c:237:scheme=file\n${thread}:error:80000002:system library:file_open:${error.text}:../providers/implementations/storemgmt/file_store.c:267:calling stat(${path})\n`,
    );
    throw new LoadError(`Unable to load ${what}`);
  }
  const label = {
    certificate: /BEGIN CERTIFICATE-/,
    'private key': /PRIVATE KEY-/,
    'certificate request': /CERTIFICATE REQUEST-/,
  }[what];
  if (!label.test(text)) {
    yield* tool.complain(`Could not read ${what} from ${path ?? '<stdin>'}\n`);
    throw new LoadError(`Unable to load ${what}`);
  }
  return text;
}

function* save(tool: Tool, path: string | undefined, text: string, mode = 0o644): Task {
  if (path === undefined) return tool.put(text);
  tool.files.writeFile(tool.path(path), text, tool.who, mode);
}

function random(process: Process) {
  return process.machine.world.random;
}

function* genrsa(tool: Tool, options: Options): Task<number> {
  const bits = Number(options.operands[0] ?? '2048');
  if (!Number.isInteger(bits) || bits < 512 || bits > 8192)
    throw new Fail(`genrsa: Can't parse "${options.operands[0]}" as a number`);
  yield* tool.p.cpu(bits / 10);
  yield* save(tool, options.get('out'), makeKey(random(tool.p), bits), 0o600);
  return 0;
}

function* req(tool: Tool, options: Options): Task<number> {
  if (!options.has('new', 'x509', 'newkey')) {
    const text = yield* load(tool, options.get('in'), 'certificate request');
    const parts = partsOf(text);
    if (!parts) throw new LoadError('Unable to load X509 request');
    if (options.has('verify')) yield* tool.complain('Certificate request self-signature verify OK\n');
    if (options.has('text')) tool.put(requestText(text, parts));
    if (options.has('subject')) tool.put(`subject=${nameText(parts.subject)}\n`);
    if (!options.has('noout')) yield* save(tool, options.get('out'), text);
    return 0;
  }
  const given = options.get('subj');
  if (given === undefined) throw new Fail('kubetutor does not model the questions of openssl req: say -subj /CN=...');
  const subject = parseSubject(given);
  if (!subject)
    throw new Fail(
      `req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${given}'`,
    );
  let key: string;
  if (options.has('key')) key = yield* load(tool, options.get('key'), 'private key');
  else {
    const bits = Number(/^rsa:(\d+)$/.exec(options.get('newkey') ?? 'rsa:2048')?.[1] ?? '2048');
    key = makeKey(random(tool.p), bits);
    yield* tool.p.cpu(bits / 10);
    yield* save(tool, options.get('keyout') ?? 'privkey.pem', key, 0o600);
    yield* tool.complain('-----\n');
  }
  const modulus = modulusOf(key) ?? new Uint8Array(0);
  const extensions = options.all('addext').flatMap((text) => parseExtension(text) ?? []);
  if (!options.has('x509')) {
    yield* save(tool, options.get('out'), makeRequest(modulus, subject, extensions));
    return 0;
  }
  const certificate = signCertificate({
    issuer: subject,
    issuerModulus: modulus,
    subject,
    publicKey: publicKeyOf(modulus),
    extensions: [...authorityExtensions(modulus), ...extensions],
    serial: serialNumber(tool.p),
    now: tool.p.now,
    days: Number(options.get('days') ?? '30'),
  });
  yield* save(tool, options.get('out'), certificate);
  return 0;
}

function serialNumber(process: Process): Uint8Array {
  const bytes = random(process).bytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x10;
  return bytes;
}

function* x509(tool: Tool, options: Options): Task<number> {
  if (options.has('req')) return yield* signRequest(tool, options);
  const text = yield* load(tool, options.get('in'), 'certificate');
  const parts = partsOf(text);
  const facts = readCertificate(text);
  if (!parts || !facts) throw new LoadError('Unable to load certificate');
  const shown: Readonly<Record<string, () => string>> = {
    subject: () => `subject=${nameText(parts.subject)}\n`,
    issuer: () => `issuer=${nameText(parts.issuer)}\n`,
    dates: () => `notBefore=${dateText(facts.notBefore)}\nnotAfter=${dateText(facts.notAfter)}\n`,
    startdate: () => `notBefore=${dateText(facts.notBefore)}\n`,
    enddate: () => `notAfter=${dateText(facts.notAfter)}\n`,
    serial: () => `serial=${colons(parts.serial).replaceAll(':', '')}\n`,
    fingerprint: () => `sha256 Fingerprint=${(fingerprint(text).match(/../g) ?? []).join(':').toUpperCase()}\n`,
    ext: () => {
      const lines = extensionLines(parts.extensions, '');
      const wanted =
        {
          subjectAltName: 'Alternative',
          basicConstraints: 'Constraints',
          extendedKeyUsage: 'Extended Key',
          keyUsage: 'X509v3 Key Usage',
          subjectKeyIdentifier: 'Subject Key',
          authorityKeyIdentifier: 'Authority Key',
        }[options.get('ext') ?? ''] ?? 'none';
      const at = lines.findIndex((line) => line.includes(wanted));
      return at < 0 ? 'No extensions in certificate\n' : `${lines.slice(at, at + 2).join('\n')}\n`;
    },
    modulus: () => `Modulus=${colons(modulusOf(text) ?? new Uint8Array(0)).replaceAll(':', '')}\n`,
    text: () => certificateText(text, parts),
  };
  for (const { key } of options.given) tool.put(shown[key]?.() ?? '');
  if (options.has('checkend')) {
    const expires = facts.notAfter < tool.p.now + Number(options.get('checkend')) * 1000;
    tool.put(`Certificate will ${expires ? '' : 'not '}expire\n`);
    return expires ? 1 : 0;
  }
  if (!options.has('noout')) yield* save(tool, options.get('out'), text);
  return 0;
}

function* signRequest(tool: Tool, options: Options): Task<number> {
  const request = yield* load(tool, options.get('in'), 'certificate request');
  const parts = partsOf(request);
  if (!parts) throw new LoadError('Unable to load certificate request');
  if (!options.has('CA')) throw new Fail('x509: We need a private key to sign with');
  const authority = yield* load(tool, options.get('CA'), 'certificate');
  const key = yield* load(tool, options.get('CAkey') ?? options.get('CA'), 'private key');
  const issuer = partsOf(authority);
  const [own, other] = [modulusOf(authority), modulusOf(key)];
  if (!issuer || !own || !other || own.some((byte, index) => byte !== other[index])) {
    yield* tool.complain('x509: CA certificate and CA private key do not match\n');
    return 1;
  }
  yield* tool.complain(`Certificate request self-signature ok\nsubject=${nameText(parts.subject)}\n`);
  const file = options.get('extfile');
  const lines = file === undefined ? [] : (yield* tool.readText(file)).split('\n');
  const copied = options.get('copy_extensions')?.startsWith('copy') ? parts.extensions.map(({ whole }) => whole) : [];
  const certificate = signCertificate({
    issuer: issuer.subject,
    issuerModulus: own,
    subject: parts.subject,
    publicKey: parts.publicKey,
    extensions: [...lines.flatMap((line) => parseExtension(line) ?? []), ...copied],
    serial: serialNumber(tool.p),
    now: tool.p.now,
    days: Number(options.get('days') ?? '30'),
  });
  yield* save(tool, options.get('out'), certificate);
  return 0;
}

function* verify(tool: Tool, options: Options): Task<number> {
  const trusted = options.has('CAfile') ? [yield* load(tool, options.get('CAfile'), 'certificate')] : [];
  let status = 0;
  for (const path of options.operands) {
    const text = yield* load(tool, path, 'certificate');
    const problem = chainProblem(text, trusted, tool.p.now);
    if (!problem) {
      tool.put(`${path}: OK\n`);
      continue;
    }
    status = 2;
    const parts = partsOf(text);
    yield* tool.complain(
      `${nameText(parts?.subject ?? new Uint8Array(0))}\nerror ${problem.code} at 0 depth lookup: ${problem.text}\nerror ${path}: verification failed\n`,
    );
  }
  return status;
}

function* rsa(tool: Tool, options: Options): Task<number> {
  const text = yield* load(tool, options.get('in'), 'private key');
  if (options.has('modulus')) tool.put(`Modulus=${colons(modulusOf(text) ?? new Uint8Array(0)).replaceAll(':', '')}\n`);
  if (options.has('check')) tool.put('RSA key ok\n');
  if (!options.has('noout')) {
    yield* tool.complain('writing RSA key\n');
    const modulus = options.has('pubout') ? modulusOf(text) : undefined;
    if (modulus) yield* save(tool, options.get('out'), toPem('PUBLIC KEY', publicKeyOf(modulus)));
    else yield* save(tool, options.get('out'), text, 0o600);
  }
  return 0;
}

function* rand(tool: Tool, options: Options): Task<number> {
  const bytes = random(tool.p).bytes(Math.min(65536, Number(options.operands[0] ?? '0')));
  if (options.has('hex')) tool.put(`${colons(bytes, false).replaceAll(':', '')}\n`);
  else if (options.has('base64'))
    tool.put(`${(btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? []).join('\n')}\n`);
  else tool.put(bytes);
  return 0;
}

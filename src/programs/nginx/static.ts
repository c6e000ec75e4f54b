import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { Directory, RegularFile } from '../../world/files/inode.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Answer, Exchange } from './exchange.ts';
import { mimeType } from './pages.ts';
import type { Settings } from './settings.ts';

/** What a static location makes of a path: an answer, a status for a page, or another path to look for. */
export type Found =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'status'; readonly status: number; readonly complaint?: string; readonly location?: string }
  | { readonly kind: 'path'; readonly path: string };

/** The file that a path stands for. */
export function fileOf(exchange: Exchange, settings: Settings, prefix: string, path: string): string {
  const base =
    settings.alias === undefined
      ? exchange.expand(settings.root) + path
      : exchange.expand(settings.alias) + path.slice(prefix.length);
  return joinPath('/', base);
}

/** nginx: src/http/modules/ngx_http_static_module.c, with index and autoindex. */
export function serveFile(exchange: Exchange, settings: Settings, prefix: string, path: string): Found {
  const { process } = exchange;
  const { files } = process.machine;
  const target = fileOf(exchange, settings, prefix, path);
  const inode = files.tryStat(target, process.credentials);
  if (!(inode instanceof Directory)) return inode ? content(process, settings, target) : missing(target);
  if (!path.endsWith('/')) return { kind: 'status', status: 301, location: `${path}/` };
  for (const name of settings.index) {
    if (name.startsWith('/')) return { kind: 'path', path: name };
    if (files.tryStat(`${target}/${name}`, process.credentials) instanceof RegularFile)
      return { kind: 'path', path: path + name };
  }
  if (settings.autoindex) return { kind: 'answer', answer: listing(process, target, path) };
  return { kind: 'status', status: 403, complaint: `directory index of "${target.replace(/\/?$/, '/')}" is forbidden` };
}

function missing(target: string): Found {
  return { kind: 'status', status: 404, complaint: `open() "${target}" failed (2: No such file or directory)` };
}

function content(process: Process, settings: Settings, path: string): Found {
  const { files } = process.machine;
  try {
    const bytes = files.readFile(path, process.credentials);
    const { mtime } = files.stat(path);
    const type = mimeType(path) ?? settings.defaultType;
    const headers: [string, string][] = [
      [
        'content-type',
        settings.charset !== '' && type.startsWith('text/') ? `${type}; charset=${settings.charset}` : type,
      ],
      ['last-modified', new Date(mtime).toUTCString()],
      ['etag', `"${Math.floor(mtime / 1000).toString(16)}-${bytes.length.toString(16)}"`],
      ['accept-ranges', 'bytes'],
    ];
    return { kind: 'answer', answer: { status: 200, headers, body: { kind: 'bytes', bytes } } };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code !== 'EACCES') return missing(path);
    return { kind: 'status', status: 403, complaint: `open() "${path}" failed (13: Permission denied)` };
  }
}

function listing(process: Process, target: string, path: string): Answer {
  const names = process.machine.files.readDirectory(target, process.credentials);
  const lines = names.map((name) => `<a href="${name}">${name}</a>`).join('\r\n');
  const html = `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${lines}\r\n</pre><hr></body>\r\n</html>\r\n`;
  return { status: 200, headers: [['content-type', 'text/html']], body: { kind: 'bytes', bytes: encode(html) } };
}

import { encode } from '../../world/bytes.ts';

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: Uint8Array;
}

/** Titles and texts; `detail` is the place of a redirect, the method, or the reason of a proxy. httpd: modules/http/http_protocol.c get_canned_error_string */
const PAGES: Readonly<Record<number, (detail: string) => readonly [string, string]>> = {
  301: (to) => ['Moved Permanently', `The document has moved <a href="${to}">here</a>.`],
  302: (to) => ['Found', `The document has moved <a href="${to}">here</a>.`],
  303: (to) => ['See Other', `The answer to your request is located <a href="${to}">here</a>.`],
  307: (to) => ['Temporary Redirect', `The document has moved <a href="${to}">here</a>.`],
  308: (to) => ['Permanent Redirect', `The document has moved <a href="${to}">here</a>.`],
  401: () => [
    'Unauthorized',
    "This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\ncredentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.",
  ],
  403: () => ['Forbidden', "You don't have permission to access this resource."],
  404: () => ['Not Found', 'The requested URL was not found on this server.'],
  405: (method) => ['Method Not Allowed', `The requested method ${method} is not allowed for this URL.`],
  410: () => [
    'Gone',
    'The requested resource is no longer available on this server and there is no forwarding address.\nPlease remove all references to this resource.',
  ],
  500: () => [
    'Internal Server Error',
    'The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.</p>\n<p>Please contact the server administrator at \n you@example.com to inform them of the time this error occurred,\n and the actions you performed just before this error.</p>\n<p>More information about this error may be available\nin the server error log.',
  ],
  502: (reason) => [
    'Proxy Error',
    `The proxy server received an invalid\nresponse from an upstream server.<br />\nThe proxy server could not handle the request<p>Reason: <strong>${reason}</strong></p>`,
  ],
  503: () => [
    'Service Unavailable',
    'The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.',
  ],
  504: () => [
    'Gateway Timeout',
    'The gateway did not receive a timely response\nfrom the upstream server or application.',
  ],
};

/** The page of a status. */
export function page(status: number, detail = ''): Answer {
  const [reason, text] = PAGES[status]?.(detail) ?? ['', ''];
  const html = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n<h1>${reason}</h1>\n<p>${text}</p>\n</body></html>\n`;
  return { status, headers: [['content-type', 'text/html; charset=iso-8859-1']], bytes: encode(html) };
}

/** The names of errno.h that calls of the world fail with, and glibc's texts for them. */
const TEXTS = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EINTR: 'Interrupted system call',
  EIO: 'Input/output error',
  E2BIG: 'Argument list too long',
  ENOEXEC: 'Exec format error',
  EBADF: 'Bad file descriptor',
  ECHILD: 'No child processes',
  EAGAIN: 'Resource temporarily unavailable',
  ENOMEM: 'Cannot allocate memory',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EXDEV: 'Invalid cross-device link',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  EMFILE: 'Too many open files',
  ENOTTY: 'Inappropriate ioctl for device',
  ETXTBSY: 'Text file busy',
  EFBIG: 'File too large',
  ENOSPC: 'No space left on device',
  ESPIPE: 'Illegal seek',
  EROFS: 'Read-only file system',
  EPIPE: 'Broken pipe',
  ENAMETOOLONG: 'File name too long',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENETUNREACH: 'Network is unreachable',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
} as const;

export type ErrnoCode = keyof typeof TEXTS;

/** A failed system call. Programs catch it and word it as the real program does. */
export class Errno extends Error {
  constructor(
    readonly code: ErrnoCode,
    readonly path?: string,
  ) {
    // Where it was raised in our own code tells nobody anything, and looking up the way there costs more than the call that failed.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(path === undefined ? TEXTS[code] : `${path}: ${TEXTS[code]}`);
    Error.stackTraceLimit = limit;
  }

  /** `No such file or directory` and the like. */
  get text(): string {
    return TEXTS[this.code];
  }
}

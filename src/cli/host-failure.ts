import { StorageError } from '../course/storage/storage.ts';
import type { Text } from '../course/text.ts';
import { sanitiseLine } from '../tui/sanitise.ts';
import { cliLanguage } from './locale/messages.ts';

const REASONS: Readonly<Record<string, Text>> = {
  ENOSPC: { en: 'the disk is full', ko: '디스크가 가득 찼습니다' },
  EDQUOT: { en: 'the quota of the disk is used up', ko: '디스크 할당량을 다 썼습니다' },
  EROFS: { en: 'the disk is read-only', ko: '읽기 전용 디스크입니다' },
  EACCES: { en: 'no permission', ko: '권한이 없습니다' },
  EPERM: { en: 'no permission', ko: '권한이 없습니다' },
  ENOENT: { en: 'there is no such folder or file', ko: '그런 폴더나 파일이 없습니다' },
  ENOTDIR: { en: 'a part of the path is no folder', ko: '경로에 폴더가 아닌 것이 있습니다' },
  EISDIR: { en: 'it is a folder', ko: '폴더입니다' },
  EEXIST: { en: 'it is there already', ko: '이미 있습니다' },
  ENAMETOOLONG: { en: 'the name is too long', ko: '이름이 너무 깁니다' },
};

/** What the host refused, in a line; undefined for any other error. */
export function hostFailure(error: unknown): string | undefined {
  if (error instanceof StorageError) return said(error.path, error.detail);
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  return said('path' in error ? String(error.path) : '', error.message);
}

function said(place: string, detail: string): string {
  const code = /^([A-Z]+):/.exec(detail)?.[1] ?? '';
  const reason = REASONS[code]?.[cliLanguage()] ?? detail;
  return sanitiseLine(place === '' ? reason : `${place}: ${reason}`);
}

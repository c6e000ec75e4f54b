/** Linux: include/uapi/linux/capability.h, by number, without `CAP_`. */
const NAMES =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'.split(
    ' ',
  );

/** All that a kernel knows: what root of a machine has. */
export const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set(NAMES);

/** The sixteen digits that /proc/PID/status shows. */
export function capabilityMask(capabilities: ReadonlySet<string>): string {
  let mask = 0n;
  for (const [index, name] of NAMES.entries()) if (capabilities.has(name)) mask |= 1n << BigInt(index);
  return mask.toString(16).padStart(16, '0');
}

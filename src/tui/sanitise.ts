/** Text from lessons, YAML and logs may hold anything; on the host's screen it must be inert. */

// CSI, OSC/DCS/APC/PM/SOS strings, other escapes; the 8-bit forms go with the C1 controls below.
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g;
// C0 without LF and TAB, DEL, C1, and the marks that reverse the direction of text (they could hide a command).
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const TAB = 8;

/** Plain text: no escape sequences, no control characters but LF, tabs expanded to columns of eight. */
export function sanitise(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n').replace(ESCAPES, '').replace(CONTROLS, '');
  return plain.includes('\t') ? plain.split('\n').map(expandTabs).join('\n') : plain;
}

function expandTabs(line: string): string {
  let result = '';
  for (const part of line.split(/(\t)/)) result += part === '\t' ? ' '.repeat(TAB - (result.length % TAB)) : part;
  return result;
}

/** The same on one line. */
export const sanitiseLine = (text: string): string => sanitise(text).replace(/\n+/g, ' ');

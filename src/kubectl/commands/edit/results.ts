import { StatusError } from '../../errors.ts';
import { qualifiedPlural } from '../../mapper.ts';
import { type Info, mappingOf } from '../../resource/info.ts';

/** Why a file must be edited again. */
interface Reason {
  readonly head: string;
  readonly others: readonly string[];
}

/** What one round of editing led to. kubernetes: kubectl/pkg/cmd/util/editor/editoptions.go editResults */
export class EditResults {
  readonly reasons: Reason[] = [];
  /** Objects that the server refused for good, that it does not have, and that may be tried again. */
  invalid = 0;
  notFound = 0;
  retryable = 0;

  constructor(readonly file: string) {}

  /** Notes an error; the line to say of it. */
  addError(error: Error, info: Info): string {
    const named = `${qualifiedPlural(mappingOf(info))} ${JSON.stringify(info.name)}`;
    const status = error instanceof StatusError ? error : undefined;
    if (status?.reason === 'Invalid') {
      const causes = status.status.details?.causes ?? [];
      this.addInvalid(
        named,
        causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`),
      );
      return `error: ${named} is invalid\n`;
    }
    if (status?.notFound) {
      this.notFound++;
      return `error: ${named} could not be found on the server\n`;
    }
    this.retryable++;
    return `error: ${named} could not be patched: ${error.message}\n`;
  }

  /** Notes that the text itself is not an object. */
  addMalformed(problem: string, info: Info): string {
    const named = `${qualifiedPlural(mappingOf(info))} ${JSON.stringify(info.name)}`;
    this.addInvalid(named, [`<nil>: Invalid value: "The edited file failed validation": ${problem}`]);
    return `error: ${named} is invalid\n`;
  }

  /** A text that is no object: it goes back to the editor. */
  addSyntaxError(text: string): void {
    this.invalid++;
    this.reasons.push({ head: `The edited file had a syntax error: ${text}`, others: [] });
  }

  private addInvalid(named: string, others: readonly string[]): void {
    this.invalid++;
    this.reasons.push({ head: `${named} was not valid`, others });
  }

  /** The reasons as comment lines. */
  header(): string {
    return this.reasons
      .map(({ head, others }) => {
        const first = `# ${commented(head)}${others.length > 0 ? ':' : ''}\n`;
        return `${first}${others.map((one) => `# * ${commented(one)}\n`).join('')}#\n`;
      })
      .join('');
  }
}

/** Text whose further lines are comments too. */
function commented(text: string): string {
  return text.replace(/\n(?=[^#])/g, '\n# ');
}

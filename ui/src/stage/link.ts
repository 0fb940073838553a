import { readReport, type Report } from './reports';
import type { Theme } from './theme';
import type { Patch } from './types';

/** The way to a frame that is there. */
export interface Link {
  paint(patches: Patch[], seq: number): void;
  dress(theme: Theme): void;
  /** Keys that are not for the program, wherever the focus is. */
  reserve(keys: readonly string[]): void;
  /** The focus goes back to where it was in the frame. */
  enter(): void;
  close(): void;
}

/** What a frame's window offers: the first word to it carries the port. */
type Target = { postMessage(message: string, origin: string, ports: MessagePort[]): void };

/**
 * Hands a frame the one port it will listen to. Nothing else that arrives at the page is heard, so
 * there is no sender to check: only the frame has the other end.
 */
export function openLink(target: Target, onreport: (report: Report) => void): Link {
  const { port1: port, port2 } = new MessageChannel();
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const report = readReport(data);
    if (report) onreport(report);
  };
  // An opaque origin has no name that could be given here.
  target.postMessage('stage', '*', [port2]);
  return {
    paint: (patches, seq) => port.postMessage({ type: 'patches', patches, seq }),
    dress: (theme) => port.postMessage({ type: 'theme', ...theme }),
    reserve: (keys) => port.postMessage({ type: 'shortcuts', keys }),
    enter: () => port.postMessage({ type: 'enter' }),
    close: () => port.close(),
  };
}

/** A line of a terminal that is written again and again. */
export interface LiveLine {
  columns(): number;
  show(text: string): void;
  /** Leaves the line empty, for what comes next. */
  end(): void;
}

/** Null where what is written is read by no person at a terminal. */
export function liveLine(stream: NodeJS.WriteStream): LiveLine | null {
  if (!stream.isTTY || process.env.TERM === "dumb") return null;
  let ended = false;
  let begun = false;
  const write = (text: string) => void stream.write(`\r\x1b[K${text}`);
  return {
    columns: () => stream.columns || 80,
    show(text) {
      // An answer may come when all is over.
      if (ended) return;
      begun = true;
      write(text);
    },
    end() {
      ended = true;
      if (begun) write("");
    },
  };
}

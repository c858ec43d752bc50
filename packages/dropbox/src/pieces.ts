/** Bytes on their way from one who pushes them to one who takes them, in order. */
export class Pieces implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  readonly #counted: (bytes: number) => void;
  #ending: { readonly error: unknown } | "whole" | null = null;
  #isClosed = false;
  #wake: () => void = () => undefined;

  /** @param counted hears how many bytes more wait, or fewer */
  constructor(counted: (bytes: number) => void) {
    this.#counted = counted;
  }

  push(piece: Uint8Array): void {
    if (this.#isClosed || piece.length === 0) return;
    this.#waiting.push(piece);
    this.#counted(piece.length);
    this.#wake();
  }

  /** All has been pushed. */
  end(): void {
    this.#ending ??= "whole";
    this.#wake();
  }

  /** Nothing more comes, though something is missing. Does nothing after `end`. */
  fail(error: unknown): void {
    this.#ending ??= { error };
    this.#wake();
  }

  /** Nobody takes anything any more. */
  close(): void {
    this.#isClosed = true;
    for (const { length } of this.#waiting.splice(0)) this.#counted(-length);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) {
        this.#counted(-piece.length);
        yield piece;
      } else if (this.#ending === "whole" || this.#isClosed) return;
      else if (this.#ending !== null) throw this.#ending.error;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

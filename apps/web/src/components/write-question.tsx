import { type ReactNode, useEffect, useRef, useState } from "react";
import type { AskWriteChoice, WriteChoice } from "../write-file.ts";

interface Question {
  readonly sentence: string;
  answer(choice: WriteChoice): void;
}

/** Asks what to do where something else is already; `question` is to be shown somewhere on the page. */
export function useWriteQuestion(): { readonly ask: AskWriteChoice; readonly question: ReactNode } {
  const [open, setOpen] = useState<Question | null>(null);
  const ask: AskWriteChoice = (sentence) =>
    new Promise((resolve) => {
      setOpen({
        sentence,
        answer(choice) {
          setOpen(null);
          resolve(choice);
        },
      });
    });
  return { ask, question: open === null ? null : <WriteQuestion {...open} /> };
}

function WriteQuestion({ sentence, answer }: Question) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label="Something else is there"
      // Escape is the careful answer.
      onCancel={() => answer("leave")}
    >
      <p>{sentence}. What is to be there?</p>
      <div className="row">
        <button type="button" className="primary" onClick={() => answer("keep both")}>
          Keep both
        </button>
        <button type="button" onClick={() => answer("replace")}>
          Replace it
        </button>
        <button type="button" onClick={() => answer("leave")}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}

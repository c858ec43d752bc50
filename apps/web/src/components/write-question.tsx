import { type ReactNode, useRef, useState } from "react";
import type { AskWriteChoice, WriteChoice } from "../write-file.ts";
import { Dialog } from "./dialog.tsx";

interface Question {
  readonly sentence: string;
  /** Whether the answer may be meant for others, too. */
  readonly forMany: boolean;
  answer(choice: WriteChoice, forAll: boolean): void;
}

/** Asks what to do where something else is already; `question` is to be shown somewhere on the page. */
export function useWriteQuestion(): {
  readonly ask: AskWriteChoice;
  /** For several files: one question at a time, and none after an answer that is meant for all. */
  readonly askForMany: () => AskWriteChoice;
  readonly question: ReactNode;
} {
  const [open, setOpen] = useState<Question | null>(null);
  const put = (sentence: string, forMany: boolean) =>
    new Promise<{ readonly choice: WriteChoice; readonly forAll: boolean }>((resolve) => {
      setOpen({
        sentence,
        forMany,
        answer(choice, forAll) {
          setOpen(null);
          resolve({ choice, forAll });
        },
      });
    });
  const askForMany = (): AskWriteChoice => {
    let last = Promise.resolve<{ readonly choice: WriteChoice; readonly forAll: boolean } | null>(null);
    return async (sentence) => {
      const answered = last.then((known) => (known?.forAll === true ? known : put(sentence, true)));
      last = answered;
      return (await answered).choice;
    };
  };
  return {
    ask: async (sentence) => (await put(sentence, false)).choice,
    askForMany,
    question: open === null ? null : <WriteQuestion key={open.sentence} {...open} />,
  };
}

function WriteQuestion({ sentence, forMany, answer }: Question) {
  const [forAll, setForAll] = useState(false);
  const answered = useRef(false);
  const choose = (choice: WriteChoice) => {
    if (answered.current) return;
    answered.current = true;
    answer(choice, forAll);
  };
  return (
    // Escape is the careful answer.
    <Dialog title="Something else is there" onClose={() => choose("leave")}>
      <p>{sentence}. What is to be there?</p>
      {forMany && (
        <label className="check">
          <input type="checkbox" checked={forAll} onChange={(event) => setForAll(event.target.checked)} /> The same for
          all others of this upload
        </label>
      )}
      <div className="row">
        <button type="button" className="primary" onClick={() => choose("keep both")}>
          Keep both
        </button>
        <button type="button" onClick={() => choose("replace")}>
          Replace it
        </button>
        <button type="button" onClick={() => choose("leave")}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}

import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { createProgram } from "./program/program.ts";

/** Runs the command that the process was started with, and ends the process with its exit code. */
export async function run(): Promise<never> {
  try {
    await createProgram().parseAsync();
    return process.exit(EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    const { describeFailure } = await import("./failure.ts");
    const { exitCode, message } = describeFailure(error);
    console.error(`twinfold: ${message}`);
    return process.exit(exitCode);
  }
}

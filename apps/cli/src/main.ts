#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { createProgram } from "./program/program.ts";

createProgram()
  .parseAsync()
  .then(
    () => process.exit(EXIT.ok),
    async (error: unknown) => {
      if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
      const { describeFailure } = await import("./failure.ts");
      const { exitCode, message } = describeFailure(error);
      console.error(`twinfold: ${message}`);
      process.exit(exitCode);
    },
  );

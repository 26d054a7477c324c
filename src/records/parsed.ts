// How records are parsed: values with a validator of their own, and the type of a schema that keeps unknown fields.

import {z, type ZodType} from "zod";
import {InputError, invalid} from "../check.js";

/** The schema of what `parse` returns; the error that it throws says what is wrong. */
export const parsedBy = <T>(parse: (value: unknown) => T): ZodType<T> =>
  z.unknown().transform((value, context): T => {
    try {
      return parse(value);
    } catch (error) {
      const {message} = error as Error;
      context.addIssue({
        code: "custom",
        message: error instanceof InputError ? message : `not to be read (${message})`,
      });
      return z.NEVER;
    }
  });

/** A value that is an object, for a parser of its fields. */
export function objectOf(what: string, value: unknown): object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(what, value, "a record");
  return value;
}

/** What a loose schema names: unknown fields are kept in the file and not offered by the type, so that a misspelt name is an error. */
export type KnownFields<T> = {[K in keyof T as string extends K ? never : K]: T[K]};

import { type ErrorCode, VitrineError } from "./errors.ts";

/** What a file or folder is for: which error it is when the system refuses it, and what a person does about it. */
export interface FilePurpose {
  readonly code: ErrorCode;
  /** A sentence: `Choose another folder with --out.` */
  readonly remedy: string;
}

const generalPurpose: FilePurpose = { code: "FILE_FAILED", remedy: "Make room or another place for it." };

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than this system allows",
  EACCES: "its folder is not writable for this user",
  EPERM: "its folder is not writable for this user",
  EROFS: "the file system is read-only",
  ENOENT: "there is no such folder, and none can be made there",
  ENAMETOOLONG: "its name is longer than this system allows",
  ENOTDIR: "a part of the path is a file",
  EISDIR: "a folder has this name",
  EEXIST: "a file has this name",
  ELOOP: "a link on the path leads back to itself",
};

/** Whether the file system has refused something for a reason that lies with the machine. */
export const isFileFault = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && "syscall" in error && "code" in error && String(error.code) in reasons;

/** Errors of the file system as sentences about `path`; every other error passes as it is. */
export function toFileError(
  error: unknown,
  path: string,
  purpose: FilePurpose = generalPurpose,
  deed: "written" | "made" = "written",
): unknown {
  if (!isFileFault(error)) return error;
  return new VitrineError(
    purpose.code,
    `${path} cannot be ${deed}: ${reasons[error.code]}. ${purpose.remedy}`,
    {
      cause: error,
      details: { path },
    },
  );
}

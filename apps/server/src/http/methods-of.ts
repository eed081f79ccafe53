import { ROUTES } from "@swoosh/protocol";

/** Each path of the protocol as a pattern: a parameter is one piece, or the rest. */
const PATTERNS = ROUTES.map(({ method, path, pathParameters }) => {
  const piece = pathParameters[0]?.rest === true ? ".+" : "[^/]+";
  const pattern = path.replaceAll(".", "\\.").replace(/\{[a-z]+\}/, piece);
  return { method, pattern: new RegExp(`^${pattern}$`) };
});

/** Methods that a path has, HEAD with GET; [] where there is no such path. */
export function methodsOf(path: string): readonly string[] {
  const methods = PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

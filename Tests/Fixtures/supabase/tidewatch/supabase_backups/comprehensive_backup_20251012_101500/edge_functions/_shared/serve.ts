export const serve = (handler: (request: Request) => Promise<Response>) => Deno.serve(handler);

import { serve } from "../_shared/serve.ts";

// invoice-sync-52
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-sync-52", id }));
});

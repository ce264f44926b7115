import { serve } from "../_shared/serve.ts";

// invoice-sync-17
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-sync-17", id }));
});

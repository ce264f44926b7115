import { serve } from "../_shared/serve.ts";

// invoice-get-45
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-get-45", id }));
});

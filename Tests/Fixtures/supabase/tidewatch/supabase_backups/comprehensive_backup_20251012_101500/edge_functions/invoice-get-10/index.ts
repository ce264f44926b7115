import { serve } from "../_shared/serve.ts";

// invoice-get-10
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-get-10", id }));
});

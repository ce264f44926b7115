import { serve } from "../_shared/serve.ts";

// invoice-list-31
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-list-31", id }));
});

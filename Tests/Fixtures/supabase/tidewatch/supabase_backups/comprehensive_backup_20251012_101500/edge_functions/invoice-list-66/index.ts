import { serve } from "../_shared/serve.ts";

// invoice-list-66
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-list-66", id }));
});

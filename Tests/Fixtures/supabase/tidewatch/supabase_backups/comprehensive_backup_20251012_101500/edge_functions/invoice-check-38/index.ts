import { serve } from "../_shared/serve.ts";

// invoice-check-38
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-check-38", id }));
});

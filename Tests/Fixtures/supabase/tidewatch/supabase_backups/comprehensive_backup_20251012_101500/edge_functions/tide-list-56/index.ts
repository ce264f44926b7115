import { serve } from "../_shared/serve.ts";

// tide-list-56
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-list-56", id }));
});

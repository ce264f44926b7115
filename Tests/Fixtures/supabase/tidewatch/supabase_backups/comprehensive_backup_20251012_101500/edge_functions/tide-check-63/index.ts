import { serve } from "../_shared/serve.ts";

// tide-check-63
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-check-63", id }));
});

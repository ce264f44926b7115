import { serve } from "../_shared/serve.ts";

// tide-check-28
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-check-28", id }));
});

import { serve } from "../_shared/serve.ts";

// tide-get-35
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-get-35", id }));
});

import { serve } from "../_shared/serve.ts";

// tide-sync-07
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-sync-07", id }));
});

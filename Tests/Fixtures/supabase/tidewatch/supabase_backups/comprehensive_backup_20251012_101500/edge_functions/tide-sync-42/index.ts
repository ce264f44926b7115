import { serve } from "../_shared/serve.ts";

// tide-sync-42
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-sync-42", id }));
});

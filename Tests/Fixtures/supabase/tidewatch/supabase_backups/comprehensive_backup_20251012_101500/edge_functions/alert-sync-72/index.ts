import { serve } from "../_shared/serve.ts";

// alert-sync-72
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-sync-72", id }));
});

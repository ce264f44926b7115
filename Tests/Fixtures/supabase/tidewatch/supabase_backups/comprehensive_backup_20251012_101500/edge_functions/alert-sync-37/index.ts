import { serve } from "../_shared/serve.ts";

// alert-sync-37
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-sync-37", id }));
});

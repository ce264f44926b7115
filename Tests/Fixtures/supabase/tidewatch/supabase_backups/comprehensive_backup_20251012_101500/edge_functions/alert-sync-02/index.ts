import { serve } from "../_shared/serve.ts";

// alert-sync-02
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-sync-02", id }));
});

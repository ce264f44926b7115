import { serve } from "../_shared/serve.ts";

// berth-sync-22
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-sync-22", id }));
});

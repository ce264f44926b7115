import { serve } from "../_shared/serve.ts";

// berth-sync-57
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-sync-57", id }));
});

import { serve } from "../_shared/serve.ts";

// role-sync-47
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-sync-47", id }));
});

import { serve } from "../_shared/serve.ts";

// role-sync-12
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-sync-12", id }));
});

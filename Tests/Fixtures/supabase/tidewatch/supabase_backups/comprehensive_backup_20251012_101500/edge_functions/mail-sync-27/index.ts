import { serve } from "../_shared/serve.ts";

// mail-sync-27
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "mail-sync-27", id }));
});

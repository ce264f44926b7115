import { serve } from "../_shared/serve.ts";

// berth-list-71
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-list-71", id }));
});

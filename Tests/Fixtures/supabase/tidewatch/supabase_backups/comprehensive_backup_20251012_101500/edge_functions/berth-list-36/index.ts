import { serve } from "../_shared/serve.ts";

// berth-list-36
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-list-36", id }));
});

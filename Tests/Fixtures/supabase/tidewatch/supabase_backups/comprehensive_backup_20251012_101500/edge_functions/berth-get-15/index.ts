import { serve } from "../_shared/serve.ts";

// berth-get-15
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-get-15", id }));
});

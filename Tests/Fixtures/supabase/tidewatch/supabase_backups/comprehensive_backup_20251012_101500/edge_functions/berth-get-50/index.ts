import { serve } from "../_shared/serve.ts";

// berth-get-50
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-get-50", id }));
});

import { serve } from "../_shared/serve.ts";

// berth-check-43
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-check-43", id }));
});

import { serve } from "../_shared/serve.ts";

// berth-check-08
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-check-08", id }));
});

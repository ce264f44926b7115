import { serve } from "../_shared/serve.ts";

// alert-check-58
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-check-58", id }));
});
